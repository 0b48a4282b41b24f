import { gitCommitAction, gitDiff, type RawCommit } from '@airlock/actions';
import type { Repository } from '@airlock/adapter-git';
import { artifactHash, contentSha256 } from '@airlock/crypto';
import { canonicalize, formatTime, receiptLine, utf8Encode } from '@airlock/protocol';
import { scriptedApprover, seededRng } from '@airlock/testkit';

const NOW = Date.parse('2026-03-02T14:00:31.000Z');

/** A key that approves whatever it is given. */
export function benchKey() {
  const rng = seededRng(1);
  const approver = scriptedApprover(rng);
  return { rng, approver, publicKey: approver.publicKey };
}

/** A line with a receipt for every commit of `main`, as the gate and an approver make it. */
export async function approveEach(
  repository: Repository,
  { key, identity }: { readonly key: ReturnType<typeof benchKey>; readonly identity: string },
): Promise<ReadonlyMap<string, string>> {
  const ids = await repository.commitsOf('main');
  const lines = new Map<string, string>();
  for (const [id, commit] of await repository.commits(ids)) {
    const { changes, blobs } = await repository.changesOf(commit);
    lines.set(id, lineFor(commit, gitDiff(changes, blobs), { key, identity }));
  }
  return lines;
}

function lineFor(
  commit: RawCommit,
  diff: string,
  { key, identity }: { readonly key: ReturnType<typeof benchKey>; readonly identity: string },
): string {
  const { rng, approver } = key;
  const refs = [{ ref: 'refs/heads/main', before: null, after: commit.id, isForced: false }];
  const action = {
    ...common(rng),
    ...gitCommitAction({ repository: identity, commits: [{ ...commit, diff }], refs }),
  };
  const artifact = canonicalize({ ...action, contentSha256: contentSha256(action) });
  const { requestId, repoRef } = action;
  const hash = artifactHash(utf8Encode(artifact));
  const decision = approver.decide({ requestId, artifactHash: hash, decision: 'approve', repoRef, at: NOW });
  const signer = { keyId: approver.signerKeyId(), publicKey: approver.publicKey };
  return receiptLine({ type: 'airlock.receipt', v: 1, artifact, decision, signer });
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
    repoRef: 'repo:bench/widgets',
    source: 'git',
    policyVersion: 0,
    policySha256: '0'.repeat(64),
  };
}
