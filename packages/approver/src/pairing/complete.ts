import { decodePublicKey, signPairingResponse } from '@airlock/crypto';
import {
  type ApproverId,
  type Assurance,
  base64UrlEncode,
  formatTime,
  type PairingCompleteRequest,
  type PairingId,
  type PairingResolution,
  parseTime,
} from '@airlock/protocol';
import { ApproverError } from '../errors.js';
import type { ApproverMemory, ApproverPairing } from '../memory.js';
import type { ApproverKeys } from '../ports.js';

/** A pairing session the user agreed to. */
export interface PairingAgreement {
  /** What the gateway says about the other side (`pairing.resolve`). Unproven until K_enc proves it. */
  readonly resolution: PairingResolution;
  readonly approverId: ApproverId;
  /** S as read from the shown code or kept from pre-generation; without it the pairing is gateway-trusted. */
  readonly secret?: string;
  readonly capabilities: readonly string[];
  /** Name of this device in the response. */
  readonly deviceId?: string;
  /** Epoch milliseconds now. */
  readonly at: number;
}

/** A signed answer, and what to remember once the gateway accepted it. */
export interface PairingAnswer {
  /** Body of `POST /v1/pairing/complete`. */
  readonly request: PairingCompleteRequest;
  readonly assurance: Assurance;
  /** Shown to the user: the enforcer's terminal can show the same (PAIR-230). */
  readonly safetyNumber: string;
  readonly publishedFingerprint: string;
  /** Everything but the id that the gateway gives the pairing. */
  readonly record: Omit<ApproverPairing, 'pairingId'>;
}

/**
 * Derives, signs and prepares everything of PAIR-130 to PAIR-180. One call per secret: it is used up.
 * @throws ApproverError `pairing_not_open` when the session is over, `pairing_key_missing` when the enforcer sent no key
 * @throws KeyError for an X25519 key that must be refused (CRYP-020, CRYP-060)
 */
export async function completePairing(agreement: PairingAgreement, keys: ApproverKeys): Promise<PairingAnswer> {
  const { resolution, at } = agreement;
  if (resolution.state !== 'Pending' || parseTime(resolution.expiresAt) <= at) {
    throw new ApproverError('pairing_not_open', 'This pairing is over. Start a new one at the enforcer.');
  }
  const enforcerX25519 = enforcerKey(resolution);
  const signed = await signPairingResponse(keys.signer, {
    pairingNonce: resolution.pairingNonce,
    enforcerId: resolution.enforcerId,
    enforcerLabel: resolution.enforcerLabel,
    workspaceName: resolution.workspaceName,
    enforcerX25519,
    approverX25519: keys.agreement.publicKey,
    sharedSecret: await keys.agreement.agree(enforcerX25519),
    secret: agreement.secret,
    timestamp: formatTime(at),
    capabilities: agreement.capabilities,
    deviceId: agreement.deviceId,
  });
  return {
    request: {
      nonce: resolution.pairingNonce,
      approverId: agreement.approverId,
      publicKey: base64UrlEncode(keys.signer.publicKey),
      responseJson: signed.responseJson,
    },
    assurance: signed.assurance,
    safetyNumber: signed.safetyNumber,
    publishedFingerprint: signed.publishedFingerprint,
    record: {
      pairingNonce: resolution.pairingNonce,
      enforcerId: resolution.enforcerId,
      deviceId: resolution.deviceId,
      enforcerLabel: resolution.enforcerLabel ?? '',
      workspaceName: resolution.workspaceName ?? '',
      signerKeyId: signed.signerKeyId,
      assurance: signed.assurance,
      capabilities: [...agreement.capabilities],
      safetyNumber: signed.safetyNumber,
      pairingKey: base64UrlEncode(signed.pairingKey),
      proven: signed.assurance === 'gateway-trusted',
      pairedAt: at,
      workspaceId: null,
    },
  };
}

function enforcerKey(resolution: PairingResolution): Uint8Array {
  const text = resolution.x25519PublicKey ?? resolution.publicKey;
  if (text === undefined) {
    throw new ApproverError('pairing_key_missing', 'The enforcer sent no key. Update it and pair again.');
  }
  return decodePublicKey(text, 'X25519');
}

/**
 * Remembers a completed pairing. The key of the pairing it replaces, the one of the same enforcer and device, is
 * erased, and so is the secret it used up (APPR-130).
 */
export function recordPairing(memory: ApproverMemory, answer: PairingAnswer, pairingId: PairingId): ApproverMemory {
  const { record } = answer;
  const isReplaced = (old: ApproverPairing) =>
    old.pairingId !== pairingId && old.enforcerId === record.enforcerId && old.deviceId === record.deviceId;
  return {
    ...memory,
    pairings: [
      ...memory.pairings
        .filter((old) => old.pairingId !== pairingId)
        .map((old) => (isReplaced(old) ? { ...old, pairingKey: null } : old)),
      { ...record, pairingId },
    ],
    pendingSecrets: memory.pendingSecrets.filter((pending) => pending.pairingNonce !== record.pairingNonce),
  };
}

/** Forgets the key of a pairing that was revoked from either side; the record stays for the user (APPR-130). */
export function revokePairing(memory: ApproverMemory, pairingId: string): ApproverMemory {
  return {
    ...memory,
    pairings: memory.pairings.map((pairing) =>
      pairing.pairingId === pairingId ? { ...pairing, pairingKey: null } : pairing,
    ),
  };
}
