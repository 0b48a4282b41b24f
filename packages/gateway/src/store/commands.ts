import { identityCommands } from '../identity/store-commands.js';
import { approverCommands } from './commands/approvers.js';
import { auditCommands } from './commands/audit.js';
import { policyCommands } from './commands/dnd-policies.js';
import { exchangeDecideCommands } from './commands/exchange-decide.js';
import { exchangeEndCommands } from './commands/exchange-end.js';
import { exchangeReadCommands } from './commands/exchange-read.js';
import { exchangeSubmitCommands } from './commands/exchange-submit.js';
import { pairingLifeCommands } from './commands/pairing-session-life.js';
import { pairingSessionCommands } from './commands/pairing-sessions.js';
import { pairingCommands } from './commands/pairings.js';
import { settingCommands } from './commands/settings.js';

/** Every command of the store, by name. */
export const commands = {
  ...approverCommands,
  ...auditCommands,
  ...exchangeDecideCommands,
  ...exchangeEndCommands,
  ...exchangeReadCommands,
  ...exchangeSubmitCommands,
  ...identityCommands,
  ...pairingCommands,
  ...pairingLifeCommands,
  ...pairingSessionCommands,
  ...policyCommands,
  ...settingCommands,
} as const;

export type Commands = typeof commands;
export type CommandName = keyof Commands;
export type CommandArgs<N extends CommandName> = Parameters<Commands[N]>[1];
export type CommandResult<N extends CommandName> = ReturnType<Commands[N]>;
