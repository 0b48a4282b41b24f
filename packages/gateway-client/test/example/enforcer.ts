import {
  artifactAad,
  artifactHash,
  checkPairingResponse,
  nobleVerifier,
  seal,
  verifyHarpSignature,
  verifyPipeSignature,
} from '@airlock/crypto';
import { decisionDeliverSchema, parseJson } from '@airlock/protocol';
import type { GatewayClient } from '@airlock/gateway-client';

/** What you keep per workspace. Secret: readable by your user only. */
export interface Pairing {
  readonly enforcerId: string;
  readonly routingToken: string;
  readonly pairingKey: Uint8Array;
  readonly signerKeyId: string;
  readonly publicKey: Uint8Array;
}

/** What you make fresh for one pairing: ids, an X25519 key pair, and the secret S that only the human carries. */
export interface PairingAttempt {
  readonly enforcerId: string;
  readonly deviceId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly x25519PrivateKey: Uint8Array;
  /** base64url of the raw 32 bytes. */
  readonly x25519PublicKey: string;
  readonly secret: string;
  /** Show `code-secret` on the user's terminal, and nowhere else. */
  readonly show: (code: string) => void;
}

/** Pairs with an approver, or returns undefined when it was refused, expired or possibly intercepted. */
export async function pair(client: GatewayClient, attempt: PairingAttempt): Promise<Pairing | undefined> {
  const { enforcerId, deviceId, enforcerLabel, workspaceName, x25519PublicKey } = attempt;
  const session = await client.pairing.initiate({
    enforcerId,
    deviceId,
    enforcerLabel,
    workspaceName,
    x25519PublicKey,
  });
  attempt.show(session.pairingCode);
  for (;;) {
    const status = await client.pairing.status(session.pairingNonce);
    if (status.state === 'Expired' || status.state === 'Revoked') return undefined;
    if (status.responseJson !== null && status.routingToken !== null) {
      // One check per secret: on failure the attempt is over and S is burnt.
      const checked = checkPairingResponse(
        {
          pairingNonce: session.pairingNonce,
          enforcerId,
          enforcerLabel,
          workspaceName,
          x25519PrivateKey: attempt.x25519PrivateKey,
          secrets: [attempt.secret],
          requireVerifiedPairing: true,
          attended: false,
        },
        status.responseJson,
        Date.now(),
      );
      if (!checked.ok) return undefined;
      const { pairingKey, signerKeyId, publicKey } = checked;
      return { enforcerId, routingToken: status.routingToken, pairingKey, signerKeyId, publicKey };
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** One action to ask about. */
export interface Question {
  /** `req-<uuid>`; the plaintext holds the same. */
  readonly requestId: string;
  /** Canonical JSON of an `airlock.action`: everything that determines the effect. */
  readonly plaintext: Uint8Array;
  /** RFC 3339; the plaintext holds the same. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** 12 random bytes, never twice with one pairing key. */
  readonly nonce: Uint8Array;
  /** Milliseconds after which the answer is no. */
  readonly withinMs: number;
  /** Durably remembers that this decision was used; false when it was used before. */
  readonly record: (decisionNonce: string) => Promise<boolean>;
}

/** True only when the paired human approved exactly these bytes. Everything else, every error included, is false. */
export async function ask(client: GatewayClient, pairing: Pairing, question: Question): Promise<boolean> {
  const { requestId, plaintext, createdAt, expiresAt } = question;
  const hash = artifactHash(plaintext);
  try {
    await client.exchanges.submit({
      msgId: `msg-${crypto.randomUUID()}`,
      msgType: 'artifact.submit',
      requestId,
      createdAt,
      sender: { enforcerId: pairing.enforcerId },
      body: {
        artifactType: 'command.review',
        artifactHash: hash,
        ciphertext: seal({
          key: pairing.pairingKey,
          nonce: question.nonce,
          plaintext,
          aad: artifactAad({ artifactHash: hash, expiresAt, requestId }),
        }),
        expiresAt,
        metadata: { routingToken: pairing.routingToken },
      },
    });
    const text = await client.exchanges.awaitDecision({ requestId, withinMs: question.withinMs });
    if (text === undefined) {
      await client.exchanges.withdraw(requestId);
      return false;
    }
    const nonce = approvedBy(pairing, { requestId, hash }, text);
    return nonce !== undefined && Date.now() < Date.parse(expiresAt) && (await question.record(nonce));
  } catch {
    return false;
  }
}

/** Nonce of a verified approval. `@airlock/enforcer` has the complete pipeline of table 17.1 as `verifyDecision`. */
function approvedBy(pairing: Pairing, asked: { requestId: string; hash: string }, text: string): string | undefined {
  const delivered = decisionDeliverSchema.parse(parseJson(text, { maxBytes: 64 * 1024 }));
  const { body } = delivered;
  const harp = body.harpDecision;
  const context = { verifier: nobleVerifier, publicKey: pairing.publicKey };
  const isApproval =
    delivered.requestId === asked.requestId &&
    body.decision === 'approve' &&
    body.artifactHash === asked.hash &&
    body.signerKeyId === pairing.signerKeyId &&
    verifyPipeSignature(context, body) &&
    harp !== undefined &&
    verifyHarpSignature(context, harp) &&
    harp['requestId'] === asked.requestId &&
    harp['artifactHash'] === asked.hash &&
    harp['decision'] === 'approve' &&
    harp['nonce'] === body.nonce &&
    harp['signerKeyId'] === body.signerKeyId &&
    typeof harp['expiresAt'] === 'string' &&
    Date.parse(harp['expiresAt']) + 60_000 >= Date.now();
  return isApproval ? body.nonce : undefined;
}
