import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { identityMigrations } from '../identity/migrations.js';
import { StartupError } from '../errors.js';
import { baseMigrations } from './base-migrations.js';
import type { StoreDatabase } from './database.js';
import type { Migration } from './migration.js';
import { type Driver, openDriver, sqliteCode, storeDatabase } from './sqlite.js';

export interface OpenedDatabase {
  readonly db: StoreDatabase;
  readonly close: () => void;
}

/** Makes the data directory private to this user. @throws StartupError `data_dir_unsafe` when it belongs to somebody else */
export function prepareDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const status = statSync(dataDir);
  if (process.getuid !== undefined && status.uid !== process.getuid()) {
    throw new StartupError(
      'data_dir_unsafe',
      `The data directory ${dataDir} belongs to another user. Choose one of your own with --data-dir.`,
    );
  }
  if ((status.mode & 0o077) !== 0) chmodSync(dataDir, 0o700);
}

function migrate(db: StoreDatabase, migrations: readonly Migration[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY) STRICT');
  for (const migration of migrations) {
    db.exec('BEGIN IMMEDIATE');
    try {
      if (db.get('SELECT 1 FROM migrations WHERE id = ?', migration.id) === undefined) {
        db.exec(migration.sql);
        db.run('INSERT INTO migrations (id) VALUES (?)', migration.id);
      }
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** Brings everything into the one file before it is closed, so that a copy of it is whole. */
function closeWhole(driver: Driver): void {
  try {
    driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    // What could not be moved stays in the WAL, which is as durable.
    if (sqliteCode(error) === undefined) throw error;
  }
  driver.close();
}

/** File that holds everything the gateway stores, inside the data directory. */
export function databasePath(dataDir: string): string {
  return join(dataDir, 'gateway.sqlite');
}

/** Opens a connection and makes it ready. @throws StartupError `store_unusable` */
async function connect(
  dataDir: string,
  prepare: (db: StoreDatabase) => void,
): Promise<{ readonly driver: Driver; readonly db: StoreDatabase }> {
  const path = databasePath(dataDir);
  let driver: Driver | undefined;
  try {
    // Made before SQLite does, which would take the umask; its WAL and SHM files copy the mode.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    driver = await openDriver(path);
    const db = storeDatabase(driver);
    prepare(db);
    return { driver, db };
  } catch (error) {
    driver?.close();
    const said = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      'store_unusable',
      `The store ${path} cannot be used (${said}). Nothing was changed. Check the disk and the file, or restore a backup with: airlock gateway restore FILE`,
      { cause: error },
    );
  }
}

/**
 * Opens the database of a prepared data directory: WAL, every commit synced, schema brought up to date, mode 0600.
 * @throws StartupError `store_unusable`
 */
export async function openDatabase(dataDir: string): Promise<OpenedDatabase> {
  const { driver, db } = await connect(dataDir, (opened) => {
    opened.exec('PRAGMA busy_timeout = 5000');
    opened.exec('PRAGMA journal_mode = WAL');
    opened.exec('PRAGMA synchronous = FULL');
    opened.exec('PRAGMA foreign_keys = ON');
    migrate(opened, [...baseMigrations, ...identityMigrations]);
  });
  return { db, close: () => closeWhole(driver) };
}

/**
 * Opens a second connection that refuses to write, beside one of {@link openDatabase}: in WAL mode it neither waits for
 * the writer nor holds it up.
 * @throws StartupError `store_unusable`
 */
export async function openReadOnly(dataDir: string): Promise<OpenedDatabase> {
  const { driver, db } = await connect(dataDir, (opened) => {
    // Only a recovery or the last step of a checkpoint can make a reader wait; it does so on the event loop.
    opened.exec('PRAGMA busy_timeout = 1000');
    opened.exec('PRAGMA query_only = ON');
  });
  return { db, close: () => driver.close() };
}
