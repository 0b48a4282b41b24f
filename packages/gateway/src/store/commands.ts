import { identityCommands } from '../identity/store-commands.js';

/** Every command of the store, by name. */
export const commands = {
  ...identityCommands,
} as const;

export type Commands = typeof commands;
export type CommandName = keyof Commands;
export type CommandArgs<N extends CommandName> = Parameters<Commands[N]>[1];
export type CommandResult<N extends CommandName> = ReturnType<Commands[N]>;
