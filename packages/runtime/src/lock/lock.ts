import { createRequire } from 'node:module';
import type { DatabaseSync as PortableDatabase } from '@photostructure/sqlite';
import { RuntimeError } from '../errors.js';
import { reserveLockFile } from '../files/foreign-file.js';
import { createSecure } from '../files/secure-file.js';

/**
 * An exclusive lock that the kernel gives back when its process ends, however it ends: an EXCLUSIVE transaction on an
 * empty SQLite database. Nothing is ever written to it, and no journal is on
 * disk: this file is all that SQLite locks. It is a POSIX lock, which its process loses by closing the file anywhere else:
 * what others name is opened by `openForeign`.
 */
export interface Lock {
  readonly held: boolean;
  /** Throws `lock_held` when somebody else has it after `waitMs`, `lock_unavailable` when it cannot be taken at all. */
  acquire(): void;
  release(): void;
  close(): void;
}

const SQLITE_BUSY = 5;

interface LockDatabase {
  exec(sql: string): void;
  close(): void;
}

type OpenDatabase = (path: string, waitMs: number) => LockDatabase;

let opener: OpenDatabase | undefined;

function loadOpener(): OpenDatabase {
  const builtin = process.getBuiltinModule?.('node:sqlite') as { DatabaseSync?: typeof PortableDatabase } | undefined;
  const constructor =
    builtin?.DatabaseSync ??
    (createRequire(import.meta.url)('@photostructure/sqlite') as { DatabaseSync: typeof PortableDatabase })
      .DatabaseSync;
  return (path, waitMs) => new constructor(path, { timeout: waitMs });
}

/** Opens the lock file; nothing is locked yet. Throws `lock_unavailable`. */
export function openLock(path: string, waitMs = 0): Lock {
  let giveBack: (() => void) | undefined;
  try {
    createSecure(path);
    giveBack = reserveLockFile(path);
    opener ??= loadOpener();
    return new SqliteLock(path, opener(path, waitMs), giveBack);
  } catch (cause) {
    giveBack?.();
    throw lockError(path, cause);
  }
}

function lockError(path: string, cause: unknown): RuntimeError {
  const busy = cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
  if (busy) return new RuntimeError('lock_held', `another process holds ${path}`, { cause, file: path });
  return new RuntimeError('lock_unavailable', `${path} cannot be locked`, { cause, file: path, fix: 'airlock doctor' });
}

class SqliteLock implements Lock {
  readonly #path: string;
  readonly #database: LockDatabase;
  readonly #giveBack: () => void;
  #held = false;
  #prepared = false;

  constructor(path: string, database: LockDatabase, giveBack: () => void) {
    this.#path = path;
    this.#database = database;
    this.#giveBack = giveBack;
  }

  get held(): boolean {
    return this.#held;
  }

  acquire(): void {
    if (this.#held) return;
    try {
      if (!this.#prepared) this.#database.exec('PRAGMA journal_mode=MEMORY');
      this.#prepared = true;
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      throw lockError(this.#path, cause);
    }
    this.#held = true;
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#database.exec('ROLLBACK');
  }

  close(): void {
    this.#held = false;
    this.#database.close();
    this.#giveBack();
  }
}
