import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { actionPlaintext, policyChangeAction } from '@airlock/actions';
import { decisionPipeText, ed25519PublicKey, ed25519Sign, nobleVerifier } from '@airlock/crypto';
import type { Requirement, Standing } from '@airlock/enforcer';
import type { SignedPolicyRecord } from '@airlock/policy';
import { base64UrlEncode, formatTime, utf8Encode } from '@airlock/protocol';
import { nodeFs, type FsPort } from '../../src/files/fs-port.js';
import { integrityWithKey } from '../../src/files/integrity.js';
import type { Lock } from '../../src/lock/lock.js';
import { FilePolicies } from '../../src/policy/file-policies.js';
import { PolicyRecords } from '../../src/policy/policy-records.js';
import { Restrictions } from '../../src/restrictions/restrictions.js';
import { fileSecretStore } from '../../src/secrets/file-store.js';

export const WS = 'ws-1';
const AT = Date.UTC(2026, 2, 1);

const free: Lock = { held: true, acquire: () => undefined, release: () => undefined, close: () => undefined };

/** An approver's key with the pairing that an enforcer has with it. */
export function approver(capabilities: readonly string[] = []) {
  const seed = new Uint8Array(randomBytes(32));
  const publicKey = base64UrlEncode(ed25519PublicKey(seed));
  const signerKeyId = `al1.${publicKey.slice(0, 16)}.${'m'.repeat(22)}`;
  const pin = { publicKey, signerKeyId, assurance: 'verified', pinnedAt: AT } as const;
  const standing: Standing = {
    workspaceId: WS,
    enforcerId: 'enf-1',
    enforcerLabel: 'computer',
    workspaceName: 'project',
    active: {
      gatewayUrl: 'https://gateway.example',
      routingToken: 'rt',
      pairingKey: 'k',
      signerKeyId,
      publicKey,
      capabilities,
      assurance: 'verified',
      approverDeviceId: '',
      safetyNumber: '',
      pairedAt: AT,
    },
    revoked: false,
    pin,
    recovery: null,
    recoveryUsedAt: null,
    revokedKeys: [],
  };
  return { seed, signerKeyId, standing };
}

export type Approver = ReturnType<typeof approver>;

/** What an approver signs, and how it is delivered. */
export function record(
  { seed, signerKeyId }: Pick<Approver, 'seed' | 'signerKeyId'>,
  policy: string,
  over: { workspaceId?: string; enforcerId?: string; decision?: 'approve' | 'reject' } = {},
): SignedPolicyRecord {
  const { workspaceId = WS, enforcerId = 'enf-1', decision = 'approve' } = over;
  const requestId = `req-${randomBytes(8).toString('hex')}`;
  const { text, artifactHash } = actionPlaintext(policyChangeAction({ policy, summary: 'change' }), {
    requestId,
    artifactType: 'policy.change',
    createdAt: AT,
    expiresAt: AT + 60_000,
    salt: new Uint8Array(randomBytes(16)),
    enforcerId,
    workspaceId,
    workspace: 'project',
    repoName: 'project',
    repoRef: workspaceId,
    source: 'airlock',
    policyVersion: 0,
    policySha256: '0'.repeat(64),
    notices: [],
  });
  const nonce = base64UrlEncode(new Uint8Array(randomBytes(16)));
  const signature = base64UrlEncode(ed25519Sign(seed, utf8Encode(decisionPipeText({ artifactHash, decision, nonce }))));
  const frame = {
    msgId: 'msg-1',
    msgType: 'decision.deliver',
    requestId,
    createdAt: formatTime(AT),
    expiresAt: formatTime(AT + 60_000),
    sender: { gatewayId: 'gw' },
    recipient: { enforcerId },
    body: { artifactHash, decision, signerKeyId, nonce, signature },
  };
  return { plaintext: text, decision: JSON.stringify(frame) };
}

export interface Shelf {
  readonly policies: FilePolicies;
  readonly list: Restrictions;
  readonly records: PolicyRecords;
  readonly told: [string, readonly Requirement[]][];
  readonly damage: string[];
  readonly voided: string[];
}

/** The files of a daemon, without the daemon. */
export async function shelf(
  folder: string,
  who: { readonly standing: Standing | undefined },
  over: { fs?: FsPort; initialised?: boolean } = {},
): Promise<Shelf> {
  const fs = over.fs ?? nodeFs;
  const integrity = integrityWithKey(new Uint8Array(32).fill(5), over.initialised ?? true);
  const secrets = fileSecretStore(join(folder, 'secrets'));
  const list = await Restrictions.open({ file: join(folder, 'list.jsonl'), lock: free, integrity, secrets, fs });
  const records = new PolicyRecords({ directory: join(folder, 'policies'), integrity, fs });
  const told: Shelf['told'] = [];
  const damage: string[] = [];
  const voided: string[] = [];
  const policies = new FilePolicies({
    list,
    records,
    verifier: nobleVerifier,
    now: () => AT,
    standingOf: (workspaceId) => (who.standing?.workspaceId === workspaceId ? who.standing : undefined),
    onRequirements: (workspaceId, requirements) => told.push([workspaceId, requirements]),
    onVoid: (workspaceId, error) => voided.push(`${workspaceId}: ${error.message}`),
    onDamage: (error) => damage.push(error.code),
  });
  return { policies, list, records, told, damage, voided };
}

/** Puts a document in force. */
export function accept({ policies }: Shelf, who: Approver, policy: string): void {
  const { version } = JSON.parse(policy) as { version: number };
  const pending = policies.begin(WS, version);
  pending.accept(record(who, policy), who.signerKeyId);
  pending.end();
}
