import { identityReads, identityWrites } from '../identity/store-commands.js';
import { approverReads, approverWrites } from './commands/approvers.js';
import { auditReads, auditWrites } from './commands/audit.js';
import { policyReads, policyWrites } from './commands/dnd-policies.js';
import { exchangeDecideWrites } from './commands/exchange-decide.js';
import { exchangeEndWrites, exchangeWaitReads } from './commands/exchange-end.js';
import { exchangeReads, inboxWrites } from './commands/exchange-read.js';
import { exchangeSubmitWrites } from './commands/exchange-submit.js';
import { pairingLifeReads, pairingLifeWrites } from './commands/pairing-session-life.js';
import { pairingSessionWrites } from './commands/pairing-sessions.js';
import { pairingReads, pairingWrites } from './commands/pairings.js';
import { settingReads, settingWrites } from './commands/settings.js';

/**
 * The commands that never write, by name. They run in the thread that asks, on a connection that refuses to write, and
 * see what is committed: which is all that anybody was promised, because no 2xx precedes its commit (GW-180).
 */
export const reads = {
  ...approverReads,
  ...auditReads,
  ...exchangeReads,
  ...exchangeWaitReads,
  ...identityReads,
  ...pairingLifeReads,
  ...pairingReads,
  ...policyReads,
  ...settingReads,
} as const;

/** The commands that may write, by name. They run in the writer, in order, in group commits. */
export const writes = {
  ...approverWrites,
  ...auditWrites,
  ...exchangeDecideWrites,
  ...exchangeEndWrites,
  ...exchangeSubmitWrites,
  ...identityWrites,
  ...inboxWrites,
  ...pairingLifeWrites,
  ...pairingSessionWrites,
  ...pairingWrites,
  ...policyWrites,
  ...settingWrites,
} as const;

type Commands = typeof reads & typeof writes;
export type CommandName = keyof Commands;
export type ReadName = keyof typeof reads;
export type CommandArgs<N extends CommandName> = Parameters<Commands[N]>[1];
export type CommandResult<N extends CommandName> = ReturnType<Commands[N]>;

/** Tells whether a command is one of {@link reads}. */
export function isRead(name: CommandName): name is ReadName {
  return Object.hasOwn(reads, name);
}
