import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ApproverKeys,
  type ApproverMemory,
  completePairing,
  EMPTY_MEMORY,
  openRequest,
  recordPairing,
  registration,
  signDecision,
} from '@airlock/approver';
import { ed25519PublicKey, ed25519Sign, x25519PublicKey, x25519SharedSecret } from '@airlock/crypto';
import { createGatewayClient, type GatewayClient } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import { type ApproverId, parsePairingLink } from '@airlock/protocol';

/** An approver with fresh keys in memory: the real library over the real client, without a person's thinking time. */
export class Human {
  #memory: ApproverMemory = EMPTY_MEMORY;
  readonly #seed = randomBytes(32);
  readonly #private = randomBytes(32);
  readonly #keys: ApproverKeys;
  readonly client: GatewayClient;
  #approverId: ApproverId | undefined;

  constructor(origin: string, pat: string) {
    this.client = createGatewayClient({
      origin,
      transport: nodeTransport(),
      credentials: { user: { kind: 'pat', pat } },
    });
    this.#keys = {
      signer: {
        publicKey: ed25519PublicKey(this.#seed),
        sign: (message) => Promise.resolve(ed25519Sign(this.#seed, message)),
      },
      agreement: {
        publicKey: x25519PublicKey(this.#private),
        agree: (peer) => Promise.resolve(x25519SharedSecret(this.#private, peer)),
      },
    };
  }

  get approverId(): ApproverId {
    if (this.#approverId === undefined) throw new Error('not registered');
    return this.#approverId;
  }

  async register(): Promise<void> {
    const body = await registration({ approverLabel: 'bench', at: Date.now() }, this.#keys.signer);
    this.#approverId = (await this.client.approvers.register(body)).approverId as ApproverId;
  }

  async pair(link: string): Promise<void> {
    const { code, secret } = parsePairingLink(link);
    const resolution = await this.client.pairing.resolve(code);
    const answer = await completePairing(
      {
        resolution,
        approverId: this.approverId,
        secret,
        capabilities: ['harp-decision/1'],
        at: Date.now(),
      },
      this.#keys,
    );
    const { pairingId } = await this.client.pairing.complete(answer.request);
    this.#memory = recordPairing(this.#memory, answer, pairingId);
  }

  /** Reads the inbox, opens the oldest request, signs both forms and sends the decision. */
  async approveNext(): Promise<void> {
    const { body } = await this.client.requests.inbox(this.approverId);
    const request = body.items[0];
    if (request === undefined) throw new Error('nothing is waiting');
    const at = Date.now();
    const { memory, opened } = openRequest(this.#memory, request, at);
    const signed = await signDecision(
      memory,
      {
        opened,
        decision: 'approve',
        approverId: this.approverId,
        nonce: randomBytes(16),
        msgId: `msg-${randomUUID()}`,
        at,
      },
      this.#keys.signer,
    );
    this.#memory = signed.memory;
    await this.client.requests.decide(signed.envelope);
  }
}
