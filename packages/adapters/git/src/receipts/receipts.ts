import type { Receipt } from '@airlock/protocol';
import type { Repository } from '../repository/repository.js';

/** Where receipts travel: notes on commits, each line one receipt. */
export const RECEIPTS_REF = 'refs/notes/airlock';

/** Receipts of one repository in `refs/notes/airlock`. Every method throws `GitError`. */
export interface Receipts {
  /** Of commits that have any, every well-formed line of their note; from this ref or, for a server, from a pushed object. */
  of(commits: readonly string[], at?: string): Promise<ReadonlyMap<string, readonly Receipt[]>>;
  /** Adds a receipt to commits; one that is there already is not added again. Safe beside other writers. */
  add(receipt: Receipt, commits: readonly string[]): Promise<void>;
  /** Keeps a receipt until its commits are on a branch, or the update was given up. */
  keep(receipt: Receipt, commits: readonly string[]): Promise<void>;
  /** Adds what was kept and is on a branch by now; forgets what has no commit any more. */
  settle(): Promise<void>;
  /** Brings the receipts of a remote and ours together: fetches, unites line by line, pushes; never loses a receipt. */
  exchange(remote: string): Promise<void>;
}

export function openReceipts(_repository: Repository): Receipts {
  throw new Error('not built yet');
}
