import { workspaceAround } from '@airlock/runtime/client';
import { openReceipts } from '../receipts/receipts.js';
import type { Repository } from '../repository/repository.js';
import { verifyCommits } from '../verify/verify.js';
import { placeInWorkspace } from './ask.js';
import type { GatePorts } from './ports.js';

/** Requests by the commit that they approved. */
export type ApprovedBefore = ReadonlyMap<string, string>;

/** Commits with a receipt of the key that is pinned for this workspace, over exactly them and their true change. */
export async function approvedBefore(
  ids: readonly string[],
  context: { readonly identity: string; readonly repository: Repository; readonly ports: GatePorts },
): Promise<ApprovedBefore> {
  const { identity, repository, ports } = context;
  if (ids.length === 0) return new Map();
  const receipts = openReceipts(repository);
  if ((await receipts.of(ids)).size === 0) return new Map();
  const pinned = await pinnedKey(repository, ports);
  if (pinned === null) return new Map();
  const trust = { keys: new Set([pinned]), repositories: new Set([identity]) };
  const verdicts = await verifyCommits(ids, trust, { repository, receipts });
  return new Map(
    verdicts.flatMap(({ id, ok, requestId }) => (ok && requestId !== null ? [[id, requestId] as const] : [])),
  );
}

/** Raw Ed25519 key, `b64u`; the daemon alone knows which one is pinned. */
async function pinnedKey(repository: Repository, { connect, signal }: GatePorts): Promise<string | null> {
  const status = await (await connect(signal)).status({ signal });
  return workspaceAround(status, placeInWorkspace(status, repository))?.signerPublicKey ?? null;
}
