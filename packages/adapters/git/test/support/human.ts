import { type GitCommit, gitCommitAction, gitDiff } from '@airlock/actions';
import type { Receipt } from '@airlock/protocol';
import { receiptSigner } from '@airlock/testkit/receipt-signer';
import type { Repository } from '../../src/index.js';

export const IDENTITY = 'example.org/ada/widgets';
const NOW = Date.parse('2026-03-02T14:00:31.000Z');

/** What a test wants to be otherwise than in an honest receipt. */
export interface Approval {
  readonly repository?: string;
  /** What the human is shown instead of the truth. */
  readonly lie?: (commit: GitCommit) => GitCommit;
  readonly decision?: 'approve' | 'reject';
  /** Changes the content after the commits are in it, before it is hashed and signed. */
  readonly edit?: (content: Record<string, unknown>) => Record<string, unknown>;
}

/** A human with a real key who approves what a test says. */
export interface Human {
  /** Raw Ed25519 key, `b64u`. */
  readonly publicKey: string;
  readonly signerKeyId: string;
  /** A receipt for commits of a repository, byte for byte as the gate and an approver make it. */
  approve(repository: Repository, commits: readonly string[], approval?: Approval): Promise<Receipt>;
}

/** @param seed another seed is another human */
export function human(seed: number): Human {
  const { publicKey, signerKeyId, sign } = receiptSigner(seed, NOW);
  return {
    publicKey,
    signerKeyId,
    async approve(repository, ids, { repository: identity = IDENTITY, lie, decision = 'approve', edit } = {}) {
      const commits = (await shown(repository, ids)).map((commit) => lie?.(commit) ?? commit);
      const refs = [{ ref: 'refs/heads/main', before: null, after: ids.at(-1) ?? '', isForced: false }];
      const content = gitCommitAction({ repository: identity, commits, refs });
      return sign({ content: edit?.({ ...content }) ?? content, decision });
    },
  };
}

async function shown(repository: Repository, ids: readonly string[]): Promise<readonly GitCommit[]> {
  const commits = await repository.commits(ids);
  return await Promise.all(
    [...commits.values()].map(async (commit) => {
      const { changes, blobs } = await repository.changesOf(commit);
      return { ...commit, diff: gitDiff(changes, blobs) };
    }),
  );
}
