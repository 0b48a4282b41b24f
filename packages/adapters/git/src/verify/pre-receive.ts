import type { RefLine } from '../repository/repository.js';
import type { CommitVerdict, VerifyPorts } from './verify.js';

/** What a server answers to a push. */
export interface PushVerdict {
  readonly ok: boolean;
  /** For the pusher, one line each. */
  readonly problems: readonly string[];
  readonly commits: readonly CommitVerdict[];
}

/** Judges every reference of a push; receipts count from the repository and from the push itself. */
export async function judgePush(_lines: readonly RefLine[], _ports: VerifyPorts): Promise<PushVerdict> {
  throw new Error('not built yet');
}
