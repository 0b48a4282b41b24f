import { createHash } from 'node:crypto';
import { workspaceAround } from '@airlock/runtime/client';
import { openReceipts } from '../receipts/receipts.js';
import type { Repository } from '../repository/repository.js';
import { verifyCommits } from '../verify/verify.js';
import { placeInWorkspace } from './ask.js';
import type { GatePorts } from './ports.js';

/** Requests by the commit that they approved. */
export type ApprovedBefore = ReadonlyMap<string, string>;

/** An id of a key of ours has a part of the key's own fingerprint (PAIR-180). */
const KEY_ID = /^(?:key-|al1\.)([A-Za-z0-9_-]{16})(?:$|\.)/;

/** Commits with a receipt of the key that is pinned for this workspace, over exactly them and their true change. */
export async function approvedBefore(
  ids: readonly string[],
  context: { readonly identity: string; readonly repository: Repository; readonly ports: GatePorts },
): Promise<ApprovedBefore> {
  const { identity, repository, ports } = context;
  if (ids.length === 0) return new Map();
  const receipts = openReceipts(repository);
  const found = [...(await receipts.of(ids)).values()].flat();
  if (found.length === 0) return new Map();
  const pinned = await pinnedKeyId(repository, ports);
  const keys = new Set(
    found
      .map(({ signer }) => signer)
      .filter(({ keyId }) => keyId === pinned)
      .map(({ publicKey }) => publicKey),
  );
  const trusted = new Set([...keys].filter((key) => pinned !== null && isKeyOf(key, pinned)));
  if (trusted.size === 0) return new Map();
  const verdicts = await verifyCommits(
    ids,
    { keys: trusted, repositories: new Set([identity]) },
    { repository, receipts },
  );
  return new Map(
    verdicts.flatMap(({ id, ok, requestId }) => (ok && requestId !== null ? [[id, requestId] as const] : [])),
  );
}

/** The daemon alone knows which key is pinned. */
async function pinnedKeyId(repository: Repository, { connect, signal }: GatePorts): Promise<string | null> {
  const status = await (await connect(signal)).status({ signal });
  return workspaceAround(status, placeInWorkspace(status, repository))?.signerKeyId ?? null;
}

/** Whether a raw key, `b64u`, is the one that the id was made from. */
export function isKeyOf(key: string, keyId: string): boolean {
  const fingerprint = createHash('sha256').update(Buffer.from(key, 'base64url')).digest('base64url').slice(0, 16);
  return KEY_ID.exec(keyId)?.[1] === fingerprint;
}
