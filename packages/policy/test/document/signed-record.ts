import { actionPlaintext, policyChangeAction } from '@airlock/actions';
import { artifactHash, ed25519PublicKey, ed25519Sign, harpDecisionSignable, nobleVerifier } from '@airlock/crypto';
import { base64UrlEncode, utf8Encode } from '@airlock/protocol';
import type { PolicySigner, SignedPolicyRecord } from '../../src/document/signed.js';

export const ENFORCER = 'enf-54244903-959e-4c53-ace7-6f6eda79de6e';
export const REQUEST = 'req-910db304-fc11-4557-a16f-2099379732b3';
const CREATED = Date.UTC(2026, 10, 22, 5);

/** An approver by its seed. */
export function approverOf(fill: number) {
  const seed = new Uint8Array(32).fill(fill);
  const publicKey = ed25519PublicKey(seed);
  return {
    signerKeyId: `al1.${String(fill).padStart(16, '0')}.${String(fill).padStart(22, '0')}`,
    publicKey: base64UrlEncode(publicKey),
    sign: (bytes: Uint8Array) => base64UrlEncode(ed25519Sign(seed, bytes)),
  };
}
export type Approver = ReturnType<typeof approverOf>;

/** The approver that the workspace is paired with. */
export const APPROVER = approverOf(7);

/** What the enforcer expects of a record. */
export function signerOf(parts: Partial<PolicySigner> = {}): PolicySigner {
  const { signerKeyId, publicKey } = APPROVER;
  const expected = { enforcerId: ENFORCER, workspaceId: 'ws-a', signerKeyId, publicKey };
  return { ...expected, requireHarpDecision: true, verifier: nobleVerifier, ...parts };
}

/** The plaintext of a `policy.change` that asks for this document. */
export function plaintextOf(policy: string, context: Record<string, unknown> = {}): string {
  return actionPlaintext(policyChangeAction({ policy, summary: 'Sign the policy in force anew' }), {
    requestId: REQUEST,
    artifactType: 'policy.review',
    createdAt: CREATED,
    expiresAt: CREATED + 600_000,
    salt: new Uint8Array(16).fill(1),
    enforcerId: ENFORCER,
    workspaceId: 'ws-a',
    workspace: 'project',
    repoName: 'project',
    repoRef: 'repo:example/project',
    source: 'cli',
    policyVersion: 0,
    policySha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    ...context,
  }).text;
}

/** Members of a decision that differ from a genuine one; both forms are signed with them. */
export interface Differences {
  readonly frame?: Record<string, unknown>;
  readonly body?: Record<string, unknown>;
  /** Null: without the canonical form. */
  readonly harp?: Record<string, unknown> | null;
  readonly approver?: Approver;
}

/** A decision message about a plaintext, as the gateway delivers it. */
export function decisionOf(plaintext: string, { frame, body, harp, approver = APPROVER }: Differences = {}): any {
  const hash = artifactHash(utf8Encode(plaintext));
  const { signerKeyId } = approver;
  const pipe = { artifactHash: hash, decision: 'approve', nonce: 'hZyARF9srxLqZBHi2b4mXQ', signerKeyId, ...body };
  const canonical = {
    requestId: REQUEST,
    artifactHashAlg: 'SHA-256',
    artifactHash: hash,
    repoRef: 'repo:example/project',
    decision: 'approve',
    scope: 'once',
    expiresAt: '2026-11-22T05:05:00.000Z',
    nonce: 'hZyARF9srxLqZBHi2b4mXQ',
    sigAlg: 'Ed25519',
    signerKeyId,
    ...harp,
  };
  return {
    msgId: 'msg-27044f7c-ef36-47b9-a35c-292ade61e999',
    msgType: 'decision.deliver',
    requestId: REQUEST,
    createdAt: '2026-11-22T05:00:31.000Z',
    expiresAt: '2026-11-22T05:10:00.000Z',
    sender: { gatewayId: 'gw-example' },
    recipient: { enforcerId: ENFORCER },
    ...frame,
    body: {
      ...pipe,
      signature: approver.sign(utf8Encode(`${pipe.artifactHash}|${pipe.decision}|${pipe.nonce}`)),
      ...(harp === null
        ? {}
        : { harpDecision: { ...canonical, signature: approver.sign(harpDecisionSignable(canonical)) } }),
    },
  };
}

/** A record of a document, approved by the paired approver unless something differs. */
export function recordOf(policy: string, differences: Differences = {}): SignedPolicyRecord {
  const plaintext = plaintextOf(policy);
  return { plaintext, decision: JSON.stringify(decisionOf(plaintext, differences)) };
}
