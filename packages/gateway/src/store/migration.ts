/** One step of the schema. Applied once, in order, inside a transaction; never edited after release. */
export interface Migration {
  /** Unique and stable, for example `0001-base`. */
  readonly id: string;
  readonly sql: string;
}
