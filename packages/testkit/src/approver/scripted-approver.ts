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
  pair(session: SessionView, options: { readonly at: number; readonly secret?: string }): string;
  /** A signed `decision.deliver` envelope as text. */
  decide(spec: DecisionSpec): string;
}

/** What an approver announces unless told otherwise. */
export const SCRIPTED_CAPABILITIES: readonly string[] = ['harp-decision/1', 'signed-dnd/1'];

/** Makes an approver whose keys come from a seeded source. */
export function scriptedApprover(
  rng: SeededRng,
  capabilities: readonly string[] = SCRIPTED_CAPABILITIES,
): ScriptedApprover {
  const seed = rng.bytes(32);
  const x25519Private = rng.bytes(32);
  const publicKey = ed25519PublicKey(seed);
  const sign = (bytes: Uint8Array) => base64UrlEncode(ed25519Sign(seed, bytes));
  let signerKeyId: string = approverSignerKeyId(publicKey);

  function pair(session: SessionView, { at, secret }: { readonly at: number; readonly secret?: string }): string {
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
    const keys = secret === undefined ? undefined : derivePairingKeys({ secret, sharedSecret, transcript });
    signerKeyId = approverSignerKeyId(publicKey, keys?.confirmKey);
    const parts = [
      signerKeyId,
      base64UrlEncode(publicKey),
      session.pairingNonce,
      timestamp,
      base64UrlEncode(approverX25519),
    ];
    return JSON.stringify({
      signerKeyId,
      publicKey: parts[1],
      pairingNonce: session.pairingNonce,
      timestamp,
      x25519PublicKey: parts[4],
      signature: sign(utf8Encode(parts.join('|'))),
      deviceId: 'dev-scripted',
      capabilities,
      ...(keys === undefined ? {} : { capabilitiesMac: capabilitiesMac(keys.confirmKey, capabilities) }),
    });
  }

  function decide(spec: DecisionSpec): string {
    const { requestId, artifactHash, decision, at, reason } = spec;
    const nonce = rng.base64Url(16);
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
    const harpDecision = { ...harp, signature: sign(harpDecisionSignable(harp)) };
    return JSON.stringify({
      msgId: spec.msgId ?? `msg-${rng.uuid()}`,
      msgType: 'decision.deliver',
      requestId,
      createdAt: formatTime(at),
      sender: { gatewayId: 'gw-model' },
      body: {
        artifactHash,
        decision,
        signerKeyId,
        nonce,
        signature: sign(utf8Encode(decisionPipeText({ artifactHash, decision, nonce }))),
        ...(reason === undefined ? {} : { reason }),
        ...(spec.withoutHarp === true ? {} : { harpDecision }),
      },
    });
  }

  return { publicKey: base64UrlEncode(publicKey), capabilities, signerKeyId: () => signerKeyId, pair, decide };
}
