import { ActionError, approvedCommits, type ApprovedCommit, diffTells, type RawCommit } from '@airlock/actions';
import { checkReceipt, type ReceiptCheck, type ReceiptRefusal, type Verifier } from '@airlock/crypto';
import type { Receipt } from '@airlock/protocol';
import type { Repository } from '../repository/repository.js';
import type { Trust } from './trust.js';

/** Why a receipt does not approve a commit; the later in this list, the nearer it came. */
export const RECEIPT_FAULTS = [
  'receipt_unreadable',
  'untrusted_key',
  'bad_signature',
  'commit_differs',
  'wrong_repository',
  'diff_differs',
] as const;
/** One of {@link RECEIPT_FAULTS}. */
export type ReceiptFault = (typeof RECEIPT_FAULTS)[number];

/** What a receipt says about a commit. */
export type ReceiptVerdict =
  | { readonly ok: true; readonly receipt: Receipt; readonly requestId: string }
  | { readonly ok: false; readonly fault: ReceiptFault; readonly detail: string | null };

type Change = Awaited<ReturnType<Repository['changesOf']>>;

/** Judges receipts; what many commits share is verified once. */
export class ReceiptJudge {
  readonly #trust: Trust;
  readonly #verifier: Verifier;
  readonly #checked = new WeakMap<Receipt, Checked>();

  constructor(trust: Trust, verifier: Verifier) {
    this.#trust = trust;
    this.#verifier = verifier;
  }

  /**
   * Whether the receipt approves exactly this commit of this repository, its whole change shown.
   * @param changeOf reads what the commit changes; asked only for a receipt that is right in everything else
   */
  async judge(receipt: Receipt, commit: RawCommit, changeOf: () => Promise<Change>): Promise<ReceiptVerdict> {
    const checked = this.#check(receipt);
    if (!checked.ok) return { ok: false, fault: faultOf(checked.reason), detail: checked.reason };
    const entry = checked.commits.get(commit.id);
    if (entry === undefined) return { ok: false, fault: 'commit_differs', detail: 'it approves other commits' };
    const member = differingMember(entry, commit);
    if (member !== null) return { ok: false, fault: 'commit_differs', detail: `it approves another ${member}` };
    if (!this.#trust.repositories.has(entry.repository))
      return { ok: false, fault: 'wrong_repository', detail: entry.repository };
    const { changes, blobs } = await changeOf();
    const why = untold(entry.diff, { changes, blobs });
    if (why !== null) return { ok: false, fault: 'diff_differs', detail: why };
    return { ok: true, receipt, requestId: checked.requestId };
  }

  #check(receipt: Receipt): Checked {
    const known = this.#checked.get(receipt);
    if (known !== undefined) return known;
    const checked = withCommits(checkReceipt(receipt, { trusted: this.#trust.keys, verifier: this.#verifier }));
    this.#checked.set(receipt, checked);
    return checked;
  }
}

type Checked =
  | { readonly ok: true; readonly requestId: string; readonly commits: ReadonlyMap<string, ApprovedCommit> }
  | { readonly ok: false; readonly reason: ReceiptRefusal };

function withCommits(check: ReceiptCheck): Checked {
  if (!check.ok) return check;
  const commits = new Map(approvedCommits(check.action).map((commit) => [commit.id, commit]));
  return { ok: true, requestId: check.action.requestId, commits };
}

function faultOf(reason: ReceiptRefusal): ReceiptFault {
  switch (reason) {
    case 'untrusted_key':
      return 'untrusted_key';
    case 'artifact_unreadable':
    case 'decision_unreadable':
      return 'receipt_unreadable';
    case 'request_mismatch':
    case 'not_approved':
    case 'hash_mismatch':
    case 'unknown_key':
    case 'pipe_signature':
    case 'harp_missing':
    case 'harp_signature':
    case 'harp_mismatch':
      return 'bad_signature';
  }
}

function differingMember(entry: ApprovedCommit, commit: RawCommit): string | null {
  for (const member of ['tree', 'author', 'committer', 'message'] as const)
    if (entry[member] !== commit[member]) return member;
  return entry.parents.join(' ') === commit.parents.join(' ') ? null : 'parent';
}

/** Why a diff does not tell the change; null when it does. */
function untold(diff: string, { changes, blobs }: Change): string | null {
  try {
    return diffTells(diff, changes, blobs) ? null : 'the change that was shown is not the change of the commit';
  } catch (error) {
    if (error instanceof ActionError) return error.message;
    throw error;
  }
}
