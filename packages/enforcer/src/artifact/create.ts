import { artifactAad, seal } from '@airlock/crypto';
import { type ArtifactSubmit, base64UrlDecode, parseArtifactHash } from '@airlock/protocol';
import type { Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { PairingRecord } from '../model/durable.js';
import type { RequestOpen } from '../model/events.js';
import type { Exchange, ExchangeFacts } from '../model/exchange.js';
import { approverKeyNamed, type BoundArtifact } from './bind.js';

const KEY_BYTES = 32;

/** A request that passed every check before submission. */
export interface AdmittedRequest {
  readonly open: RequestOpen;
  readonly bound: BoundArtifact;
  readonly pairing: PairingRecord;
}

/** Encrypts and wraps the artifact: verified pairings bind hash, expiry and request as associated data (ART-150). */
export function envelopeOf({ open, bound, pairing }: AdmittedRequest): ArtifactSubmit {
  const { action, bytes, nonce } = bound;
  const { requestId, expiresAt } = action;
  const aad = pairing.assurance === 'verified' ? artifactAad({ ...open, requestId, expiresAt }) : undefined;
  const key = base64UrlDecode(pairing.pairingKey, KEY_BYTES);
  const display = Object.entries(open.metadata ?? {}).filter(([, text]) => text.length <= 1024);
  return {
    msgId: open.submitMsgId,
    msgType: 'artifact.submit',
    requestId,
    createdAt: action.createdAt,
    sender: { enforcerId: action.enforcerId },
    body: {
      artifactType: action.artifactType,
      artifactHash: parseArtifactHash(open.artifactHash),
      ciphertext: seal({ key, nonce, plaintext: bytes, aad }),
      expiresAt,
      metadata: { ...Object.fromEntries(display), routingToken: pairing.routingToken },
    },
  };
}

function factsOf({ open, bound, pairing }: AdmittedRequest, now: Timed): ExchangeFacts {
  const { action, createdAt, expiresAt } = bound;
  // Counted from now on the clock that nobody can set, never longer than the artifact's own lifetime.
  const lifetimeMs = Math.min(expiresAt - now.at, expiresAt - createdAt);
  const expiresMono = now.mono + lifetimeMs;
  const timeoutMs = open.timeoutMs ?? ENGINE_LIMITS.approvalWaitMs;
  const { signerKeyId, publicKey, assurance, capabilities, routingToken, gatewayUrl } = pairing;
  return {
    requestId: open.requestId,
    workspaceId: open.workspaceId,
    enforcerId: action.enforcerId,
    sessionId: action.sessionId ?? null,
    kind: action.kind,
    artifactHash: open.artifactHash,
    contentSha256: open.contentSha256,
    repoRef: action.repoRef,
    expiresAt,
    expiresMono,
    deadlineMono: Math.min(now.mono + Math.max(timeoutMs, 0), expiresMono),
    ackMsgId: open.ackMsgId,
    namesApproverKey: approverKeyNamed(action),
    signer: { signerKeyId, publicKey, assurance, capabilities, routingToken, gatewayUrl },
  };
}

/** The request in its first state, sealed and ready to be submitted. */
export function createExchange(admitted: AdmittedRequest, now: Timed): Extract<Exchange, { readonly name: 'Created' }> {
  return {
    name: 'Created',
    facts: factsOf(admitted, now),
    ack: { name: 'Idle' },
    withdrawal: null,
    submissionBegan: false,
    envelope: envelopeOf(admitted),
  };
}
