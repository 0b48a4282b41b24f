import type { Logger } from 'pino';
import type { StoreEngine } from './engine.js';
import { executeRead } from './executor.js';
import type { OpenedDatabase } from './open-database.js';
import { closedError, failureOf } from './pending-calls.js';

/** Answers reads at once, in this thread, from a connection of their own (`openReadOnly`): they never wait for a commit. */
export function reader(database: OpenedDatabase, log?: Logger): StoreEngine {
  let open = true;
  return {
    run: (name, args) => {
      if (!open) return Promise.reject(closedError(new Error('closed')));
      const outcome = executeRead(database.db, { id: 0, name, args });
      // The value is that of the command whose name `run` was given.
      return outcome.ok ? Promise.resolve(outcome.value as never) : Promise.reject(failureOf(outcome, log));
    },
    close: () => {
      open = false;
      database.close();
      return Promise.resolve();
    },
  };
}
