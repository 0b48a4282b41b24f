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
import { type NodeTransport, nodeTransport } from '@airlock/gateway-client/node';
import { type ApprovalRequest, type ApproverId, parsePairingLink } from '@airlock/protocol';

const POLL_MS = 50;

/** Keys of both kinds, held in memory and used without asking anybody. */
export function keysInMemory(seed: Uint8Array, x25519Private: Uint8Array): ApproverKeys {
  return {
    signer: {
      publicKey: ed25519PublicKey(seed),
      sign: (message) => Promise.resolve(ed25519Sign(seed, message)),
    },
    agreement: {
      publicKey: x25519PublicKey(x25519Private),
      agree: (peer) => Promise.resolve(x25519SharedSecret(x25519Private, peer)),
    },
  };
}

/**
 * The shipped approver library over the shipped client against a real gateway, with fresh keys and without a person:
 * it approves what it is told to. Its clock can be set wrong.
 */
export class InMemoryApprover {
  readonly #client: GatewayClient;
  readonly #transport: NodeTransport = nodeTransport();
  readonly #keys = keysInMemory(randomBytes(32), randomBytes(32));
  #memory: ApproverMemory = EMPTY_MEMORY;
  #approverId: ApproverId | undefined;

  /** @param pat personal access token of role `approver` */
  constructor(origin: string, pat: string) {
    const credentials = { user: { kind: 'pat', pat } } as const;
    this.#client = createGatewayClient({ origin, transport: this.#transport, credentials });
  }

  /** Registers this device when it is not yet, and pairs by a link that an enforcer shows. */
  async pair(link: string): Promise<void> {
    const at = Date.now();
    this.#approverId ??= await this.#register(at);
    const { code, secret } = parsePairingLink(link);
    const resolution = await this.#client.pairing.resolve(code);
    const answer = await completePairing(
      { resolution, approverId: this.#approverId, secret, capabilities: ['harp-decision/1'], at },
      this.#keys,
    );
    const { pairingId } = await this.#client.pairing.complete(answer.request);
    this.#memory = recordPairing(this.#memory, answer, pairingId);
  }

  /** Waits for a request, opens the oldest, signs an approval in both forms with a clock that is late, and sends it. */
  async approveNext(lateMs = 0): Promise<void> {
    const request = await this.#oldest();
    const at = Date.now() - lateMs;
    const { memory, opened } = openRequest(this.#memory, request, at);
    const decision = {
      opened,
      decision: 'approve',
      approverId: this.#registered(),
      nonce: randomBytes(16),
      msgId: `msg-${randomUUID()}`,
      at,
    } as const;
    const signed = await signDecision(memory, decision, this.#keys.signer);
    this.#memory = signed.memory;
    await this.#client.requests.decide(signed.envelope);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async #register(at: number): Promise<ApproverId> {
    const body = await registration({ approverLabel: 'in memory', at }, this.#keys.signer);
    return (await this.#client.approvers.register(body)).approverId;
  }

  #registered(): ApproverId {
    if (this.#approverId === undefined) throw new TypeError('pair first');
    return this.#approverId;
  }

  async #oldest(): Promise<ApprovalRequest> {
    for (;;) {
      const [request] = (await this.#client.requests.inbox(this.#registered())).body.items;
      if (request !== undefined) return request;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
