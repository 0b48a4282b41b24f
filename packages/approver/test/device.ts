import { readFileSync } from 'node:fs';
import {
  artifactAad,
  artifactHash,
  ed25519PublicKey,
  ed25519Sign,
  seal,
  x25519PublicKey,
  x25519SharedSecret,
} from '@airlock/crypto';
import {
  type ApprovalRequest,
  approvalRequestSchema,
  base64UrlDecode,
  canonicalize,
  hexDecode,
  utf8Encode,
} from '@airlock/protocol';
import {
  type ApproverKeys,
  type ApproverMemory,
  type ApproverPairing,
  EMPTY_MEMORY,
  readMemory,
} from '../src/index.js';

const vectors = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../testkit/vectors/${name}.json`, import.meta.url), 'utf8'));

export const GATEWAY = vectors('gateway-messages');
export const PAIRING = vectors('pairing-response');
export const DECISION = vectors('decision-signature');

/** The device of the vectors, its private keys behind the ports. */
export const KEYS: ApproverKeys = {
  signer: signerOf(DECISION.context.signer.privateSeedHex),
  agreement: {
    publicKey: x25519PublicKey(hexDecode(PAIRING.approver.x25519.privateRawHex)),
    agree: async (peer) => x25519SharedSecret(hexDecode(PAIRING.approver.x25519.privateRawHex), peer),
  },
};

function signerOf(seedHex: string): ApproverKeys['signer'] {
  const seed = hexDecode(seedHex);
  return { publicKey: ed25519PublicKey(seed), sign: async (message) => ed25519Sign(seed, message) };
}

export const NOW = Date.parse('2026-03-02T14:00:30.000Z');
const KEY_TEXT: string = GATEWAY.context.pairingKey;
const PAIRING_ID = 'pair-25eda4fe8f9f228f0072732f';

export const message = (id: string): any => GATEWAY.messages.find((each: any) => each.id === id).value;
export const endpoint = (id: string): any => GATEWAY.endpoints.find((each: any) => each.id === id);
/** The pending request of the vectors: the running example, encrypted under the vectors' pairing key. */
export const REQUEST: ApprovalRequest = approvalRequestSchema.parse(message('approval.request'));
export const EXAMPLE: any = DECISION.plaintext.value;

/** Memory of a device with the pairing of the vectors. */
export function memoryOf(change: Partial<Record<keyof ApproverPairing, unknown>> = {}): ApproverMemory {
  return readMemory({
    ...EMPTY_MEMORY,
    pairings: [
      {
        pairingId: PAIRING_ID,
        pairingNonce: PAIRING.session.pairingNonce,
        enforcerId: PAIRING.session.enforcerId,
        deviceId: 'dev-70716fae-62ad-425b-a77c-5cdae3d47282',
        enforcerLabel: 'Airlock',
        workspaceName: 'widgets',
        signerKeyId: DECISION.context.signer.signerKeyId,
        assurance: 'verified',
        capabilities: ['harp-decision/1', 'signed-dnd/1'],
        safetyNumber: '0000',
        pairingKey: KEY_TEXT,
        proven: true,
        pairedAt: NOW - 1000,
        workspaceId: EXAMPLE.workspaceId,
        ...change,
      },
    ],
  });
}

export interface Sealing {
  /** Text to encrypt instead of the canonical form of the value. */
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly key?: string;
  /** False for none; otherwise changes to the members of ART-150. */
  readonly aad?: false | Record<string, string>;
  /** Changes to the request's body or envelope after sealing. */
  readonly body?: Record<string, unknown>;
  readonly envelope?: Record<string, unknown>;
}

/** A request for a plaintext, sealed as our enforcer does, with the given defects. */
export function requestFor(value: any, sealing: Sealing = {}): ApprovalRequest {
  const plaintext = sealing.bytes ?? utf8Encode(sealing.text ?? canonicalize(value));
  const hash = artifactHash(plaintext);
  const { requestId, expiresAt } = value;
  const aad =
    sealing.aad === false ? {} : { aad: artifactAad({ artifactHash: hash, expiresAt, requestId, ...sealing.aad }) };
  const key = base64UrlDecode(sealing.key ?? KEY_TEXT);
  return approvalRequestSchema.parse({
    ...REQUEST,
    requestId,
    expiresAt,
    ...sealing.envelope,
    body: {
      ...REQUEST.body,
      artifactHash: hash,
      ciphertextRef: { kind: 'inline', ...seal({ key, nonce: new Uint8Array(12).fill(7), plaintext, ...aad }) },
      ...sealing.body,
    },
  });
}
