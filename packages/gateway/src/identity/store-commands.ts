/** Store commands of users, tokens, apps and consents. */
export const identityCommands = {} as const;
