import { type GitCommit, gitCommitAction, gitDiff } from '@airlock/actions';
import { artifactHash, contentSha256 } from '@airlock/crypto';
import { canonicalize, formatTime, type Receipt, utf8Encode } from '@airlock/protocol';
import { seededRng, scriptedApprover } from '@airlock/testkit';
import type { Repository } from '../../src/index.js';

export const IDENTITY = 'example.org/ada/widgets';
const NOW = Date.parse('2026-03-02T14:00:31.000Z');

/** What a test wants to be otherwise than in an honest receipt. */
export interface Approval {
  readonly repository?: string;
  /** What the human is shown instead of the truth. */
  readonly lie?: (commit: GitCommit) => GitCommit;
  readonly decision?: 'approve' | 'reject';
  /** Changes the action after the commits are in it, before it is hashed and signed. */
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
  const rng = seededRng(seed);
  const approver = scriptedApprover(rng);
  return {
    publicKey: approver.publicKey,
    signerKeyId: approver.signerKeyId(),
    async approve(repository, ids, { repository: identity = IDENTITY, lie, decision = 'approve', edit } = {}) {
      const commits = (await shown(repository, ids)).map((commit) => lie?.(commit) ?? commit);
      const refs = [{ ref: 'refs/heads/main', before: null, after: ids.at(-1) ?? '', isForced: false }];
      const content = gitCommitAction({ repository: identity, commits, refs });
      const action = { ...common(rng), ...content };
      const edited = edit?.(action) ?? action;
      const artifact = canonicalize({ ...edited, contentSha256: contentSha256(edited) });
      const { requestId, repoRef } = action;
      const hash = artifactHash(utf8Encode(artifact));
      const signed = approver.decide({ requestId, artifactHash: hash, decision, repoRef, at: NOW });
      const signer = { keyId: approver.signerKeyId(), publicKey: approver.publicKey };
      return { type: 'airlock.receipt', v: 1, artifact, decision: signed, signer };
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

function common(rng: ReturnType<typeof seededRng>) {
  return {
    type: 'airlock.action',
    v: 1,
    requestId: `req-${rng.uuid()}`,
    artifactType: 'commit.review',
    createdAt: formatTime(NOW),
    expiresAt: formatTime(NOW + 600_000),
    salt: rng.base64Url(16),
    enforcerId: `enf-${rng.uuid()}`,
    workspaceId: `ws-${rng.uuid()}`,
    workspace: 'widgets',
    repoName: 'widgets',
    repoRef: 'repo:ada/widgets',
    source: 'git',
    policyVersion: 0,
    policySha256: '0'.repeat(64),
  };
}
