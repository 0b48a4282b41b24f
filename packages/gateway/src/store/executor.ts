import type { WireCode } from '@airlock/protocol';
import { type Command, Refusal, type RefusalDetails } from './command.js';
import { reads, writes } from './commands.js';
import type { StoreDatabase } from './database.js';
import { sqliteCode } from './sqlite.js';

/** One queued command; crosses a thread. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
}

/** A call that was refused or could not be executed. `cause` is for the log, never for the caller. */
export interface FailedOutcome {
  readonly id: number;
  readonly ok: false;
  readonly code: WireCode;
  readonly message: string;
  readonly more: RefusalDetails;
  readonly cause?: string;
}

/** What became of a call. */
export type Outcome = { readonly id: number; readonly ok: true; readonly value: unknown } | FailedOutcome;

type Registry = ReadonlyMap<string, Command<never, unknown>>;

const readers: Registry = new Map(Object.entries<Command<never, unknown>>(reads));
const writers: Registry = new Map(Object.entries<Command<never, unknown>>(writes));

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

/** Runs one command inside an open transaction. @throws when the storage fails */
function executeOne(registry: Registry, db: StoreDatabase, call: Call): Outcome {
  const command = registry.get(call.name);
  if (command === undefined) return refused(call.id, new TypeError(`no command ${call.name}`));
  try {
    // The typed front (StoreEngine.run) is the only source of calls, so the arguments fit the command.
    return { id: call.id, ok: true, value: command(db, call.args as never) };
  } catch (error) {
    if (isStorageFailure(error)) throw error;
    return refused(call.id, error);
  }
}

function executeInSavepoint(db: StoreDatabase, call: Call): Outcome {
  db.run('SAVEPOINT command');
  const outcome = executeOne(writers, db, call);
  if (!outcome.ok) db.run('ROLLBACK TO command');
  db.run('RELEASE command');
  return outcome;
}

function executeGroup(db: StoreDatabase, calls: readonly Call[]): readonly Outcome[] {
  // A command that is alone has the transaction as its savepoint.
  const [first, ...others] = calls;
  if (first !== undefined && others.length === 0) return [executeOne(writers, db, first)];
  return calls.map((call) => executeInSavepoint(db, call));
}

/**
 * Group commit: one transaction for all calls, none of which sees or keeps what a refused one wrote, and one fsync for
 * all of them. An outcome that is `ok` is on disk when this returns.
 */
export function executeBatch(db: StoreDatabase, calls: readonly Call[]): readonly Outcome[] {
  let open = false;
  try {
    db.run('BEGIN IMMEDIATE');
    open = true;
    const outcomes = executeGroup(db, calls);
    db.run(outcomes.some((outcome) => outcome.ok) ? 'COMMIT' : 'ROLLBACK');
    return outcomes;
  } catch (error) {
    if (open) rollBack(db);
    return calls.map((call) => unavailable(call.id, error));
  }
}

/** Runs one read on one snapshot of what is committed. */
export function executeRead(db: StoreDatabase, call: Call): Outcome {
  let open = false;
  try {
    db.run('BEGIN');
    open = true;
    const outcome = executeOne(readers, db, call);
    db.run('COMMIT');
    return outcome;
  } catch (error) {
    if (open) rollBack(db);
    return unavailable(call.id, error);
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
