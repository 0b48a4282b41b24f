import type { WireCode } from '@airlock/protocol';
import { type Command, Refusal, type RefusalDetails } from './command.js';
import { commands } from './commands.js';
import type { StoreDatabase } from './database.js';
import { sqliteCode } from './sqlite.js';

/** One queued command; crosses a thread. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
}

/** What became of a call. `cause` is for the log, never for the caller. */
export type Outcome =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: WireCode;
      readonly message: string;
      readonly more: RefusalDetails;
      readonly cause?: string;
    };

const registry: ReadonlyMap<string, Command<never, unknown>> = new Map(
  Object.entries<Command<never, unknown>>(commands),
);

const SQLITE_ERROR = 1;
const SQLITE_CONSTRAINT = 19;
const SQLITE_MISMATCH = 20;

/** True when the file, the disk or the lock failed, so that nothing of the batch can be relied on. */
function isStorageFailure(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && code !== SQLITE_ERROR && code !== SQLITE_CONSTRAINT && code !== SQLITE_MISMATCH;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function refused(id: number, error: unknown): Outcome {
  if (error instanceof Refusal) {
    return { id, ok: false, code: error.code, message: error.message, more: error.more };
  }
  const cause = describe(error);
  return { id, ok: false, code: 'internal_error', message: 'Internal error', more: {}, cause };
}

function unavailable(id: number, error: unknown): Outcome {
  return {
    id,
    ok: false,
    code: 'unavailable',
    message: 'The store cannot commit at the moment',
    more: {},
    cause: describe(error),
  };
}

function executeOne(db: StoreDatabase, call: Call): Outcome {
  const command = registry.get(call.name);
  if (command === undefined) return refused(call.id, new TypeError(`no command ${call.name}`));
  db.exec('SAVEPOINT command');
  try {
    // The typed front (StoreEngine.run) is the only source of calls, so the arguments fit the command.
    const value = command(db, call.args as never);
    db.exec('RELEASE command');
    return { id: call.id, ok: true, value };
  } catch (error) {
    if (isStorageFailure(error)) throw error;
    db.exec('ROLLBACK TO command');
    db.exec('RELEASE command');
    return refused(call.id, error);
  }
}

/**
 * Group commit: one transaction for all calls, each in its own savepoint, one fsync for all of them. An outcome that is
 * `ok` is on disk when this returns. When the storage itself fails every call of the batch is `unavailable`.
 */
export function executeBatch(db: StoreDatabase, calls: readonly Call[]): readonly Outcome[] {
  let open = false;
  try {
    db.exec('BEGIN IMMEDIATE');
    open = true;
    const outcomes = calls.map((call) => executeOne(db, call));
    db.exec('COMMIT');
    return outcomes;
  } catch (error) {
    if (open) rollBack(db);
    return calls.map((call) => unavailable(call.id, error));
  }
}

function rollBack(db: StoreDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch (error) {
    // SQLite rolls back by itself on a full disk or a broken file; then no transaction is open any more.
    if (sqliteCode(error) !== SQLITE_ERROR) throw error;
  }
}
