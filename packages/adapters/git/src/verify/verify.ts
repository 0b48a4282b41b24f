import type { RawCommit } from '@airlock/actions';
import type { Receipt } from '@airlock/protocol';
import { nodeVerifier } from '@airlock/runtime/client';
import { GitError } from '../errors.js';
import type { Receipts } from '../receipts/receipts.js';
import type { Repository } from '../repository/repository.js';
import { ApproversGuard, changeApprovers } from './approvers-guard.js';
import { RECEIPT_FAULTS, type ReceiptFault, ReceiptJudge, type ReceiptVerdict } from './judge-receipt.js';
import type { Trust } from './trust.js';

/** Why a commit counts as not approved. */
export const VERIFY_REASONS = ['no_receipt', ...RECEIPT_FAULTS, 'commit_unreadable', 'approvers_change'] as const;
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

/** What verification works with. */
export interface VerifyPorts {
  readonly repository: Repository;
  readonly receipts: Receipts;
}

/** Commits whose receipts are in memory at one time. */
const WINDOW = 128;
/** Commits whose changes are read at one time. */
const LANES = 16;

/** Judges every commit in turn against receipts of trusted keys: fields, tree and the whole change that was shown. */
export async function verifyCommits(
  commits: readonly string[],
  trust: Trust,
  ports: VerifyPorts,
): Promise<readonly CommitVerdict[]> {
  const verification = new Verification(trust, ports);
  const verdicts: CommitVerdict[] = [];
  for (let at = 0; at < commits.length; at += WINDOW)
    verdicts.push(...(await verification.window(commits.slice(at, at + WINDOW))));
  return verdicts;
}

class Verification {
  readonly #repository: Repository;
  readonly #receipts: Receipts;
  readonly #judge: ReceiptJudge;
  readonly #guard: ApproversGuard;

  constructor(trust: Trust, { repository, receipts }: VerifyPorts) {
    this.#repository = repository;
    this.#receipts = receipts;
    this.#judge = new ReceiptJudge(trust, nodeVerifier());
    this.#guard = new ApproversGuard(trust, repository);
  }

  async window(ids: readonly string[]): Promise<readonly CommitVerdict[]> {
    const receipts = await this.#receipts.of(ids);
    const verdicts: CommitVerdict[] = [];
    for (let at = 0; at < ids.length; at += LANES) {
      const lanes = ids.slice(at, at + LANES).map((id) => this.#judged(id, receipts.get(id) ?? []));
      // The guard goes from parents to children, so one after the other.
      for (const judged of await Promise.all(lanes)) verdicts.push(await this.#guarded(judged));
    }
    return verdicts;
  }

  async #judged(id: string, receipts: readonly Receipt[]): Promise<Judged> {
    try {
      const commit = (await this.#repository.commits([id])).get(id);
      if (commit !== undefined) return await this.#approvals(commit, receipts);
      return refused(id, 'commit_unreadable', null);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      return refused(id, 'commit_unreadable', error.message);
    }
  }

  async #approvals(commit: RawCommit, receipts: readonly Receipt[]): Promise<Judged> {
    let nearest: { readonly fault: ReceiptFault; readonly detail: string | null } | null = null;
    let change: ReturnType<Repository['changesOf']> | null = null;
    const changeOf = () => (change ??= this.#repository.changesOf(commit));
    const approvals: Approval[] = [];
    let isAboutApprovers = false;
    for (const receipt of receipts) {
      const verdict = await this.#judge.judge(receipt, commit, changeOf);
      if (verdict.ok) {
        approvals.push(verdict);
        isAboutApprovers = changeApprovers((await changeOf()).changes);
        if (!isAboutApprovers) break;
      } else if (nearest === null || rank(verdict.fault) > rank(nearest.fault)) nearest = verdict;
    }
    const [approval] = approvals;
    if (approval !== undefined) return { commit, approval, approvals, isAboutApprovers };
    return refused(commit.id, nearest?.fault ?? 'no_receipt', nearest?.detail ?? null);
  }

  async #guarded(judged: Judged): Promise<CommitVerdict> {
    if ('ok' in judged) return judged;
    const { commit, approval, approvals, isAboutApprovers } = judged;
    const keys = approvals.map(({ receipt }) => receipt.signer.publicKey);
    const problem = isAboutApprovers
      ? await this.#guard.changeProblem(commit, keys)
      : await this.#guard.mergeProblem(commit);
    return problem === null ? approved(commit.id, approval) : refused(commit.id, 'approvers_change', problem);
  }
}

type Approval = Extract<ReceiptVerdict, { readonly ok: true }>;

/** A verdict, or a commit that has approvals and has yet to pass the guard. */
type Judged =
  | CommitVerdict
  | {
      readonly commit: RawCommit;
      readonly approval: Approval;
      readonly approvals: readonly Approval[];
      readonly isAboutApprovers: boolean;
    };

function rank(fault: ReceiptFault): number {
  return RECEIPT_FAULTS.indexOf(fault);
}

function approved(id: string, { receipt, requestId }: Approval): CommitVerdict {
  return { id, ok: true, signerKeyId: receipt.signer.keyId, requestId, reason: null, detail: null };
}

function refused(id: string, reason: VerifyReason, detail: string | null): CommitVerdict {
  return { id, ok: false, signerKeyId: null, requestId: null, reason, detail };
}
