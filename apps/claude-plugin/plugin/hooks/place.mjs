export const socket = null;
export const home = null;
