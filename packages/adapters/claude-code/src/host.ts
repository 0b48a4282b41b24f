/** Path segment of the hook routes, and `source` of every request. */
export const HOST = 'claude-code';
