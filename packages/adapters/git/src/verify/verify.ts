import type { Repository } from '../repository/repository.js';
import type { Receipts } from '../receipts/receipts.js';

/** File with the keys that may approve, in the tree of the target branch. */
export const APPROVERS_FILE = '.airlock/approvers';

/** Configuration variable with a trusted key, `b64u`; may be given more than once. */
export const APPROVER_VARIABLE = 'airlock.approver';

/** Why a commit counts as not approved. */
export const VERIFY_REASONS = [
  'no_receipt',
  'untrusted_key',
  'receipt_unreadable',
  'bad_signature',
  'wrong_repository',
  'commit_differs',
  'diff_differs',
  'approvers_change',
] as const;
/** One of {@link VERIFY_REASONS}. */
export type VerifyReason = (typeof VERIFY_REASONS)[number];

/** The verdict on one commit. */
export interface CommitVerdict {
  readonly id: string;
  readonly ok: boolean;
  /** Of the receipt that counts; null without one. */
  readonly signerKeyId: string | null;
  readonly requestId: string | null;
  /** Null when it is approved. */
  readonly reason: VerifyReason | null;
  /** Untrusted detail for the human; null when there is nothing to add. */
  readonly detail: string | null;
}

/** Whose approvals count, and for which repository. */
export interface Trust {
  /** Raw Ed25519 keys, `b64u`. */
  readonly keys: ReadonlySet<string>;
  /** Identities under which this repository may have been approved. */
  readonly repositories: ReadonlySet<string>;
}

/** What verification works with. */
export interface VerifyPorts {
  readonly repository: Repository;
  readonly receipts: Receipts;
}

/** Judges every commit in turn against receipts of trusted keys: fields, tree and the whole change that was shown. */
export async function verifyCommits(
  _commits: readonly string[],
  _trust: Trust,
  _ports: VerifyPorts,
): Promise<readonly CommitVerdict[]> {
  throw new Error('not built yet');
}

/**
 * Trust from configuration (`airlock.approver`, `airlock.repository`, or what the caller gives) or else from
 * `.airlock/approvers` as it stands at `base`, before the change.
 * @throws GitError `approvers_missing`, `repository_unknown`
 */
export async function trustAt(
  _base: string | null,
  _given: { readonly keys: readonly string[]; readonly repositories: readonly string[] },
  _repository: Repository,
): Promise<Trust> {
  throw new Error('not built yet');
}
