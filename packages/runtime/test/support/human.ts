import { randomBytes, randomUUID } from 'node:crypto';
import {
  decisionPipeText,
  ed25519PublicKey,
  ed25519Sign,
  open,
  signPairingResponse,
  x25519PublicKey,
  x25519SharedSecret,
} from '@airlock/crypto';
import {
  base64UrlDecode,
  base64UrlEncode,
  canonicalize,
  formatTime,
  parsePairingLink,
  readShownCode,
  utf8Decode,
  utf8Encode,
} from '@airlock/protocol';
import type { Relay, Submitted } from './relay.js';

/** An approver with keys of its own, for tests: pairs by what is shown, reads what was sent, signs what it is told to. */
export class Human {
  readonly seed = new Uint8Array(randomBytes(32));
  readonly publicKey = ed25519PublicKey(this.seed);
  signerKeyId = '';
  pairingKey: Uint8Array = new Uint8Array();
  readonly #relay: Relay;
  readonly #capabilities: string[];

  constructor(relay: Relay, capabilities: string[] = []) {
    this.#relay = relay;
    this.#capabilities = capabilities;
  }

  /** Completes the pairing like an approver that was shown the link or the code; without either like a published one. */
  async pair(shown: { readonly link?: string; readonly code?: string } | null): Promise<void> {
    const slot = [...this.#relay.pairings.values()].at(-1)!;
    const secret =
      shown?.link === undefined
        ? shown?.code === undefined
          ? undefined
          : readShownCode(shown.code).secret
        : parsePairingLink(shown.link).secret;
    const enforcerX25519 = base64UrlDecode(slot.request.x25519PublicKey ?? '');
    const privateKey = new Uint8Array(randomBytes(32));
    const signed = await signPairingResponse(
      { publicKey: this.publicKey, sign: async (message) => ed25519Sign(this.seed, message) },
      {
        pairingNonce: slot.nonce,
        enforcerId: slot.request.enforcerId ?? '',
        enforcerLabel: slot.request.enforcerLabel,
        workspaceName: slot.request.workspaceName,
        enforcerX25519,
        approverX25519: x25519PublicKey(privateKey),
        sharedSecret: x25519SharedSecret(privateKey, enforcerX25519),
        secret,
        timestamp: formatTime(Date.now()),
        capabilities: this.#capabilities,
      },
    );
    this.signerKeyId = signed.signerKeyId;
    this.pairingKey = signed.pairingKey;
    slot.responseJson = signed.responseJson;
  }

  /** The plaintext of an artifact: proves that enforcer and approver hold the same key. */
  read({ envelope }: Submitted): Record<string, any> {
    const { artifactHash, ciphertext, expiresAt } = envelope.body;
    const aad = utf8Encode(
      `{"artifactHash":"${artifactHash}","expiresAt":"${expiresAt}","requestId":"${envelope.requestId}"}`,
    );
    return JSON.parse(utf8Decode(open({ key: this.pairingKey, ciphertext, aad })));
  }

  /** A standing policy with this key under it. */
  standing(members: Record<string, unknown>): Record<string, unknown> {
    const now = Date.now();
    const policy = {
      requestId: `dnd-${randomUUID()}`,
      objectType: 'airlock.dnd.action',
      policyMode: 'approve_all',
      createdAt: formatTime(now - 1000),
      expiresAt: formatTime(now + 3_600_000),
      signerKeyId: this.signerKeyId,
      ...members,
    };
    const signature = ed25519Sign(this.seed, utf8Encode(canonicalize(policy)));
    return { ...policy, signature: base64UrlEncode(signature) };
  }

  sign(artifactHash: string, decision: 'approve' | 'reject', over: Record<string, unknown> = {}) {
    const nonce = base64UrlEncode(new Uint8Array(randomBytes(16)));
    const signature = ed25519Sign(this.seed, utf8Encode(decisionPipeText({ artifactHash, decision, nonce })));
    return {
      artifactHash,
      decision,
      signerKeyId: this.signerKeyId,
      nonce,
      signature: base64UrlEncode(signature),
      ...over,
    };
  }

  decide(
    { requestId, artifactHash }: Submitted,
    decision: 'approve' | 'reject',
    over: Record<string, unknown> = {},
  ): void {
    this.#relay.deliver(requestId, this.sign(artifactHash, decision, over));
  }
}
