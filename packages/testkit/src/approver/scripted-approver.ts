import {
  approverSignerKeyId,
  capabilitiesMac,
  decisionPipeText,
  derivePairingKeys,
  ed25519PublicKey,
  ed25519Sign,
  harpDecisionSignable,
  pairingTranscript,
  x25519PublicKey,
  x25519SharedSecret,
} from '@airlock/crypto';
import { base64UrlDecode, base64UrlEncode, formatTime, utf8Encode } from '@airlock/protocol';
import type { SeededRng } from '../simulation/rng.js';

/** A pairing session as the gateway resolves it for an approver. */
export interface SessionView {
  readonly pairingNonce: string;
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  /** Raw 32 bytes, base64url. */
  readonly enforcerX25519: string;
}

/** What to sign about a request. */
export interface DecisionSpec {
  readonly requestId: string;
  readonly artifactHash: string;
  readonly decision: 'approve' | 'reject';
  readonly repoRef?: string;
  /** Epoch milliseconds of now. */
  readonly at: number;
  /** Lifetime of the canonical decision in milliseconds; 300,000 by default. */
  readonly lifetimeMs?: number;
  readonly reason?: string;
  readonly withoutHarp?: boolean;
  readonly msgId?: string;
}

/** An approver with real keys that answers as a test tells it. It checks nothing: that is its user's job. */
export interface ScriptedApprover {
  readonly publicKey: string;
  readonly capabilities: readonly string[];
  /** Key id of the last pairing. */
  signerKeyId(): string;
  /** Answers a pairing session; without a secret as published approvers do. */
  pair(session: SessionView, options: PairOptions): string;
  /** A signed `decision.deliver` envelope as text. */
  decide(spec: DecisionSpec): string;
}

/** What an approver announces unless told otherwise. */
export const SCRIPTED_CAPABILITIES: readonly string[] = ['harp-decision/1', 'signed-dnd/1'];

interface Keys {
  readonly seed: Uint8Array;
  /** Ed25519, raw. */
  readonly publicKey: Uint8Array;
  readonly x25519Private: Uint8Array;
}

interface PairOptions {
  readonly at: number;
  readonly secret?: string;
}

/** Makes an approver whose keys come from a seeded source. */
export function scriptedApprover(
  rng: SeededRng,
  capabilities: readonly string[] = SCRIPTED_CAPABILITIES,
): ScriptedApprover {
  const seed = rng.bytes(32);
  const keys: Keys = { seed, x25519Private: rng.bytes(32), publicKey: ed25519PublicKey(seed) };
  let signerKeyId: string = approverSignerKeyId(keys.publicKey);
  return {
    publicKey: base64UrlEncode(keys.publicKey),
    capabilities,
    signerKeyId: () => signerKeyId,
    pair(session, options) {
      const response = pairingResponse(keys, session, { ...options, capabilities });
      ({ signerKeyId } = response);
      return JSON.stringify(response);
    },
    decide(spec) {
      const nonce = rng.base64Url(16);
      return JSON.stringify(
        decisionEnvelope(keys, spec, { nonce, signerKeyId, msgId: spec.msgId ?? `msg-${rng.uuid()}` }),
      );
    },
  };
}

function sign({ seed }: Keys, bytes: Uint8Array): string {
  return base64UrlEncode(ed25519Sign(seed, bytes));
}

function pairingResponse(
  keys: Keys,
  session: SessionView,
  { at, secret, capabilities }: PairOptions & { readonly capabilities: readonly string[] },
) {
  const { publicKey, x25519Private } = keys;
  const enforcerX25519 = base64UrlDecode(session.enforcerX25519, 32);
  const approverX25519 = x25519PublicKey(x25519Private);
  const timestamp = formatTime(at);
  const transcript = pairingTranscript({
    ...session,
    enforcerX25519,
    approverX25519,
    approverEd25519: publicKey,
    timestamp,
  });
  const sharedSecret = x25519SharedSecret(x25519Private, enforcerX25519);
  const derived = secret === undefined ? undefined : derivePairingKeys({ secret, sharedSecret, transcript });
  // The signature covers these five in this order.
  const signed = {
    signerKeyId: approverSignerKeyId(publicKey, derived?.confirmKey),
    publicKey: base64UrlEncode(publicKey),
    pairingNonce: session.pairingNonce,
    timestamp,
    x25519PublicKey: base64UrlEncode(approverX25519),
  };
  return {
    ...signed,
    signature: sign(keys, utf8Encode(Object.values(signed).join('|'))),
    deviceId: 'dev-scripted',
    capabilities,
    ...(derived === undefined ? {} : { capabilitiesMac: capabilitiesMac(derived.confirmKey, capabilities) }),
  };
}

function decisionEnvelope(
  keys: Keys,
  spec: DecisionSpec,
  { nonce, signerKeyId, msgId }: { readonly nonce: string; readonly signerKeyId: string; readonly msgId: string },
) {
  const { requestId, artifactHash, decision, at, reason } = spec;
  const harp = {
    requestId,
    artifactHashAlg: 'SHA-256',
    artifactHash,
    repoRef: spec.repoRef ?? 'repo:example/widgets',
    decision,
    scope: 'once',
    expiresAt: formatTime(at + (spec.lifetimeMs ?? 300_000)),
    nonce,
    signerKeyId,
    sigAlg: 'Ed25519',
    ...(reason === undefined ? {} : { policyHints: { reason } }),
  };
  const harpDecision = { ...harp, signature: sign(keys, harpDecisionSignable(harp)) };
  return {
    msgId,
    msgType: 'decision.deliver',
    requestId,
    createdAt: formatTime(at),
    sender: { gatewayId: 'gw-model' },
    body: {
      artifactHash,
      decision,
      signerKeyId,
      nonce,
      signature: sign(keys, utf8Encode(decisionPipeText({ artifactHash, decision, nonce }))),
      ...(reason === undefined ? {} : { reason }),
      ...(spec.withoutHarp === true ? {} : { harpDecision }),
    },
  };
}
