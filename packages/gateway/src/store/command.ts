import type { WireCode } from '@airlock/protocol';
import type { StoreDatabase } from './database.js';

/**
 * A store command: synchronous, deterministic (times, ids and tokens are arguments). A read runs on one snapshot; a write
 * runs inside one savepoint of a group commit, and what it returns reaches the caller only after the commit is on disk
 * (GW-180). Arguments and results cross a thread: plain data only.
 */
export type Command<Args, Result> = (db: StoreDatabase, args: Args) => Result;

/** Members of an error body beyond code and message. */
export interface RefusalDetails {
  readonly requestId?: string;
  readonly details?: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;
}

/** Thrown by a command to refuse: its own writes are rolled back and the caller gets a `GatewayError` with this code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: WireCode,
    message: string,
    readonly more: RefusalDetails = {},
  ) {
    super(message);
  }
}
