import process from 'node:process';
import type { Row, SqlValue, StoreDatabase } from './database.js';

interface DriverStatement {
  get(...parameters: readonly SqlValue[]): unknown;
  all(...parameters: readonly SqlValue[]): unknown[];
  run(...parameters: readonly SqlValue[]): { readonly changes: number | bigint };
}

/** The part of the `node:sqlite` API that we use; the package for Node 20 has the same. */
export interface Driver {
  prepare(sql: string): DriverStatement;
  exec(sql: string): void;
  close(): void;
}

interface DriverModule {
  readonly DatabaseSync: new (path: string) => Driver;
}

function isDriverModule(module: unknown): module is DriverModule {
  return typeof module === 'object' && module !== null && 'DatabaseSync' in module;
}

/** Built in from Node 22.13 on, from the package before that. */
async function driverModule(): Promise<DriverModule> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) {
    const builtin: unknown = process.getBuiltinModule('node:sqlite');
    if (isDriverModule(builtin)) return builtin;
  }
  const fallback: unknown = await import('@photostructure/sqlite');
  if (isDriverModule(fallback)) return fallback;
  throw new TypeError('no SQLite driver');
}

/** Opens a database file that is created when absent. */
export async function openDriver(path: string): Promise<Driver> {
  const { DatabaseSync } = await driverModule();
  return new DatabaseSync(path);
}

/** SQLite result code of a failed statement, when the failure came from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

/** Wraps a driver; prepared statements are kept, because the set of texts is small and fixed. */
export function storeDatabase(driver: Driver): StoreDatabase {
  const statements = new Map<string, DriverStatement>();
  const statement = (sql: string): DriverStatement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = driver.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    get: (sql, ...parameters) => {
      const row = statement(sql).get(...parameters);
      return isRow(row) ? row : undefined;
    },
    all: (sql, ...parameters) =>
      statement(sql)
        .all(...parameters)
        .filter(isRow),
    run: (sql, ...parameters) => Number(statement(sql).run(...parameters).changes),
    exec: (sql) => driver.exec(sql),
  };
}
