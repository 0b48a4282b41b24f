import type { CommandArgs, CommandName, CommandResult } from './commands.js';

/**
 * The Store port: named commands over plain data. The promise of a write resolves only after its transaction is durable;
 * a read sees every write that was resolved before it was issued, and may overtake one that was not.
 *
 * Rejections are `GatewayError`: the code of the command's own refusal, or `unavailable` when the store cannot commit
 * (disk full, broken file, closed). Nothing of a rejected command was stored.
 */
export interface StoreEngine {
  readonly run: <N extends CommandName>(name: N, args: CommandArgs<N>) => Promise<CommandResult<N>>;
  /** Commits what is queued, then closes the files. Later calls reject with `unavailable`. */
  readonly close: () => Promise<void>;
}
