import type { Logger } from 'pino';
import type { StoreEngine } from './engine.js';
import { type Call, executeBatch } from './executor.js';
import type { OpenedDatabase } from './open-database.js';
import { pendingCalls } from './pending-calls.js';

/** The embedded engine in this thread: the same commands and group commit, but fsync blocks the event loop. */
export function inlineEngine(database: OpenedDatabase, log?: Logger): StoreEngine {
  let queue: Call[] = [];
  const flush = (): void => {
    const batch = queue;
    queue = [];
    pending.settle(executeBatch(database.db, batch));
  };
  const pending = pendingCalls((call) => {
    if (queue.push(call) === 1) setImmediate(flush);
  }, log);
  return {
    run: pending.run,
    close: async () => {
      await pending.idle();
      pending.fail(new Error('closed'));
      database.close();
    },
  };
}
