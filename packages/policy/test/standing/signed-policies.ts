import { createPublicKey, verify } from 'node:crypto';
import {
  ed25519PublicKey,
  ed25519Sign,
  policySignable,
  sha256Hex,
  strictVerifier,
  type Verifier,
} from '@airlock/crypto';
import { base64UrlEncode, canonicalBytes, formatTime } from '@airlock/protocol';
import type { StandingContext } from '../../src/standing/model.js';

export const SEED = new Uint8Array(32).fill(7);
export const OTHER_SEED = new Uint8Array(32).fill(8);
export const AT = Date.parse('2026-03-02T14:00:00.000Z');
export const SECOND = 1000;
export const HOUR = 3_600_000;
export const CONTENT = 'c'.repeat(64);
export const SIGNER_KEY_ID = 'al1.approver.key';

/** The platform's engine: fast enough for properties. */
const verifier: Verifier = strictVerifier((signature, message, publicKey) => {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64UrlEncode(publicKey) }, format: 'jwk' });
  return verify(null, message, key, signature);
});

export function contextOf(change: Partial<StandingContext> = {}): StandingContext {
  return {
    enforcerId: 'enf-1',
    workspaceId: 'ws-1',
    sessionId: 'session-1',
    signer: { signerKeyId: SIGNER_KEY_ID, publicKey: base64UrlEncode(ed25519PublicKey(SEED)) },
    verifier,
    ...change,
  };
}

/** Members of a policy; one that is undefined is left out. */
export type Members = Readonly<Record<string, unknown>>;

function present(members: Members): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A signature over what the policy says, whatever that is. */
export function signed(members: Members, seed = SEED): Record<string, unknown> {
  const policy = present(members);
  return { ...policy, signature: base64UrlEncode(ed25519Sign(seed, policySignable(policy))) };
}

export const WORKSPACE_APPROVAL: Members = {
  requestId: 'dnd-1',
  objectType: 'airlock.dnd.workspace',
  enforcerId: 'enf-1',
  workspaceId: 'ws-1',
  policyMode: 'approve_all',
  createdAt: formatTime(AT - HOUR),
  expiresAt: formatTime(AT + HOUR),
  signerKeyId: SIGNER_KEY_ID,
};
export const ACTION_APPROVAL: Members = {
  ...WORKSPACE_APPROVAL,
  objectType: 'airlock.dnd.action',
  actionSelector: { contentSha256: CONTENT },
};
export const WORKSPACE_DENIAL: Members = {
  requestId: 'dnd-2',
  objectType: 'airlock.dnd.workspace',
  enforcerId: 'enf-1',
  workspaceId: 'ws-1',
  policyMode: 'deny_all',
  createdAt: formatTime(AT - HOUR),
  expiresAt: formatTime(AT + HOUR),
};
export const ACTION_DENIAL: Members = {
  ...WORKSPACE_DENIAL,
  objectType: 'airlock.dnd.action',
  actionSelector: { argvPrefix: ['rm'] },
};

export const without = (members: Members, name: string): Members => ({ ...members, [name]: undefined });
export const time = (offset: number): string => formatTime(AT + offset);
export const selectorHash = (selector: unknown): string => sha256Hex(canonicalBytes(selector as Members));
