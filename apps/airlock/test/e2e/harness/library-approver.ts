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
import { type ApproverId, parsePairingLink } from '@airlock/protocol';

/** A real approver whose clock a test can set wrong. */
export class LibraryApprover {
  readonly #client: GatewayClient;
  readonly #transport: NodeTransport = nodeTransport();
  readonly #keys: ApproverKeys;
  #memory: ApproverMemory = EMPTY_MEMORY;
  #approverId: ApproverId | undefined;

  constructor(origin: string, pat: string) {
    const [seed, own] = [randomBytes(32), randomBytes(32)];
    this.#client = createGatewayClient({
      origin,
      transport: this.#transport,
      credentials: { user: { kind: 'pat', pat } },
    });
    this.#keys = {
      signer: {
        publicKey: ed25519PublicKey(seed),
        sign: (message) => Promise.resolve(ed25519Sign(seed, message)),
      },
      agreement: {
        publicKey: x25519PublicKey(own),
        agree: (peer) => Promise.resolve(x25519SharedSecret(own, peer)),
      },
    };
  }

  async pair(link: string): Promise<void> {
    const at = Date.now();
    const registered = await this.#client.approvers.register(
      await registration({ approverLabel: 'library', at }, this.#keys.signer),
    );
    this.#approverId = registered.approverId;
    const { code, secret } = parsePairingLink(link);
    const answer = await completePairing(
      {
        resolution: await this.#client.pairing.resolve(code),
        approverId: registered.approverId,
        secret,
        capabilities: ['harp-decision/1'],
        at,
      },
      this.#keys,
    );
    const { pairingId } = await this.#client.pairing.complete(answer.request);
    this.#memory = recordPairing(this.#memory, answer, pairingId);
  }

  /** Approves the first request that comes in, with a clock that is late by so many milliseconds. */
  async approveNext(lateMs = 0): Promise<void> {
    const approverId = this.#approverId;
    if (approverId === undefined) throw new Error('not paired');
    for (;;) {
      const [request] = (await this.#client.requests.inbox(approverId)).body.items;
      if (request === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      const at = Date.now() - lateMs;
      const { memory, opened } = openRequest(this.#memory, request, at);
      const nonce = randomBytes(16);
      const input = { opened, decision: 'approve', approverId, nonce, msgId: `msg-${randomUUID()}`, at } as const;
      await this.#client.requests.decide((await signDecision(memory, input, this.#keys.signer)).envelope);
      return;
    }
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
