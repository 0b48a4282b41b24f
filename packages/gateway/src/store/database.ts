/** What SQLite stores in a column. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** One row of a result, by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

/** The synchronous database that commands run on. Parameters are positional (`?`). */
export interface StoreDatabase {
  /** The first row, if there is one. */
  readonly get: (sql: string, ...parameters: readonly SqlValue[]) => Row | undefined;
  readonly all: (sql: string, ...parameters: readonly SqlValue[]) => readonly Row[];
  /** Runs a statement and returns the number of rows it changed. */
  readonly run: (sql: string, ...parameters: readonly SqlValue[]) => number;
  /** Runs one or more statements without parameters. */
  readonly exec: (sql: string) => void;
}

/** A text column that is never null. @throws TypeError when the column holds something else */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
}

/** A text column that may be null. */
export function optionalText(row: Row, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' ? value : undefined;
}

/** An integer column that is never null. @throws TypeError when the column holds something else */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'number') throw new TypeError(`column ${column} is not a number`);
  return value;
}

/** An integer column that may be null. */
export function optionalInteger(row: Row, column: string): number | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : integer(row, column);
}
