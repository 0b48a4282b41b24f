import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ApproverKeys,
  type ApproverMemory,
  completePairing,
  EMPTY_MEMORY,
  type OpenedRequest,
  openRequest,
  recordPairing,
  registration,
  signDecision,
  signDenial,
  signGrant,
  signPolicy,
} from '@airlock/approver';
import { ed25519PublicKey, ed25519Sign, x25519PublicKey, x25519SharedSecret } from '@airlock/crypto';
import { createGatewayClient, type GatewayClient } from '@airlock/gateway-client';
import { type NodeTransport, nodeTransport } from '@airlock/gateway-client/node';
import {
  type ApprovalRequest,
  type ApproverId,
  base64UrlEncode,
  type DecisionWord,
  type DndPolicy,
  dndPolicySchema,
  formatTime,
  type JsonObject,
  parseMessage,
  parsePairingLink,
} from '@airlock/protocol';

const POLL_MS = 50;
const MINUTE = 60_000;

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

/** Which of the waiting requests. */
export type RequestTest = (opened: OpenedRequest) => boolean;

/** True for requests to change the policy. */
export const isPolicyChange: RequestTest = ({ content }) =>
  content.kind === 'action' && content.action.kind === 'policy.change';

/** Whose policy, and for how long. */
export interface StandingSpec {
  readonly enforcerId: string;
  readonly workspaceId: string;
  /** 10 minutes by default. */
  readonly forMs?: number;
}

/**
 * The shipped approver library over the shipped client against a real gateway, with fresh keys and without a person:
 * it approves what it is told to. Its clock can be set wrong.
 */
export class InMemoryApprover {
  readonly #client: GatewayClient;
  readonly #transport: NodeTransport = nodeTransport();
  readonly #keys = keysInMemory(randomBytes(32), randomBytes(32));
  readonly #capabilities: readonly string[];
  #memory: ApproverMemory = EMPTY_MEMORY;
  #approverId: ApproverId | undefined;

  /**
   * @param pat personal access token of role `approver`
   * @param capabilities what it announces in every pairing
   */
  constructor(origin: string, pat: string, capabilities: readonly string[] = ['harp-decision/1', 'signed-dnd/1']) {
    const credentials = { user: { kind: 'pat', pat } } as const;
    this.#client = createGatewayClient({ origin, transport: this.#transport, credentials });
    this.#capabilities = capabilities;
  }

  /** The key that its decisions verify with, raw and `b64u`. */
  get publicKey(): string {
    return base64UrlEncode(this.#keys.signer.publicKey);
  }

  /** Registers this device when it is not yet, and pairs by a link that an enforcer shows. */
  async pair(link: string): Promise<void> {
    const at = Date.now();
    this.#approverId ??= await this.#register(at);
    const { code, secret } = parsePairingLink(link);
    const resolution = await this.#client.pairing.resolve(code);
    const answer = await completePairing(
      { resolution, approverId: this.#approverId, secret, capabilities: this.#capabilities, at },
      this.#keys,
    );
    const { pairingId } = await this.#client.pairing.complete(answer.request);
    this.#memory = recordPairing(this.#memory, answer, pairingId);
  }

  /** Everything that waits, opened, oldest first. */
  async pending(at: number = Date.now()): Promise<readonly OpenedRequest[]> {
    const requests: ApprovalRequest[] = [];
    for await (const request of this.#client.requests.allPending(this.#registered())) requests.push(request);
    return requests.map((request) => {
      const { memory, opened } = openRequest(this.#memory, request, at);
      this.#memory = memory;
      return opened;
    });
  }

  /** Waits for a request that passes the test and gives the oldest; decides nothing. */
  async next(test: RequestTest = () => true, at?: number): Promise<OpenedRequest> {
    for (;;) {
      const found = (await this.pending(at)).find(test);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits for a request, opens the oldest, signs an approval in both forms with a clock that is late, and sends it. */
  async approveNext(lateMs = 0, test?: RequestTest): Promise<OpenedRequest> {
    const opened = await this.next(test, Date.now() - lateMs);
    await this.decide(opened, 'approve', { at: Date.now() - lateMs });
    return opened;
  }

  /** Waits for a request and rejects it. */
  async rejectNext(reason?: string, test?: RequestTest): Promise<OpenedRequest> {
    const opened = await this.next(test);
    await this.decide(opened, 'reject', reason === undefined ? {} : { reason });
    return opened;
  }

  /** Signs one decision in both forms, remembers it and sends it. */
  async decide(
    opened: OpenedRequest,
    decision: DecisionWord,
    { reason, at = Date.now() }: { readonly reason?: string; readonly at?: number } = {},
  ): Promise<void> {
    const input = {
      opened,
      decision,
      ...(reason === undefined ? {} : { reason }),
      approverId: this.#registered(),
      nonce: randomBytes(16),
      msgId: `msg-${randomUUID()}`,
      at,
    };
    const signed = await signDecision(this.#memory, input, this.#keys.signer);
    this.#memory = signed.memory;
    await this.#client.requests.decide(signed.envelope);
  }

  /** Approves every policy change that comes while the work goes on, then gives what the work gave. */
  approvePolicyChanges<T>(work: () => Promise<T>): Promise<T> {
    return this.approveWhile(work, isPolicyChange);
  }

  /** Approves everything that passes the test while the work goes on, then gives what the work gave. */
  async approveWhile<T>(work: () => Promise<T>, test: RequestTest = () => true): Promise<T> {
    let isWorking = true;
    const done = work().finally(() => {
      isWorking = false;
    });
    // Looked at in turn with the approving below; a failure of the work surfaces when it is awaited.
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    while (isWorking) {
      const found = (await this.pending()).find((opened) => test(opened) && opened.canApprove);
      if (found !== undefined) await this.decide(found, 'approve');
      else await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, POLL_MS))]);
    }
    return await done;
  }

  /** Signs and sends a grant for the content of a request, without deciding the request; gives its id. */
  grant(
    opened: OpenedRequest,
    { forMs = 10 * MINUTE, forSession = false }: { readonly forMs?: number; readonly forSession?: boolean } = {},
  ): Promise<string> {
    const policyId = `dnd-${randomUUID()}`;
    return this.#create(signGrant({ opened, forSession, forMs, policyId, at: Date.now() }, this.#keys.signer));
  }

  /** Signs and sends a denial of everything, or of commands that begin with these words; gives its id. */
  deny(spec: StandingSpec, argvPrefix?: readonly string[]): Promise<string> {
    const pairing = this.#memory.pairings.findLast((each) => each.enforcerId === spec.enforcerId);
    if (pairing === undefined) throw new TypeError('pair first');
    const input = {
      pairing,
      workspaceId: spec.workspaceId,
      ...(argvPrefix === undefined ? {} : { argvPrefix }),
      forMs: spec.forMs ?? 10 * MINUTE,
      policyId: `dnd-${randomUUID()}`,
      at: Date.now(),
    };
    return this.#create(signDenial(input, this.#keys.signer));
  }

  /** Signs and sends any standing policy, for those that no user interface makes; `change` wins. Gives its id. */
  standing(spec: StandingSpec, change: Readonly<Partial<Record<keyof DndPolicy, unknown>>>): Promise<string> {
    const at = Date.now();
    const pairing = this.#memory.pairings.findLast((each) => each.enforcerId === spec.enforcerId);
    const { signature: _, ...policy } = parseMessage(dndPolicySchema, {
      requestId: `dnd-${randomUUID()}`,
      objectType: 'airlock.dnd.workspace',
      enforcerId: spec.enforcerId,
      workspaceId: spec.workspaceId,
      policyMode: 'approve_all',
      createdAt: formatTime(at),
      expiresAt: formatTime(at + (spec.forMs ?? 10 * MINUTE)),
      ...(pairing === undefined ? {} : { signerKeyId: pairing.signerKeyId }),
      ...change,
    });
    return this.#create(signPolicy(policy, this.#keys.signer));
  }

  /** Ends a standing policy. */
  async end(policyId: string): Promise<void> {
    await this.#client.policies.remove(policyId);
  }

  /** The standing policies of this user, as the gateway lists them. */
  async policies(): Promise<readonly JsonObject[]> {
    return (await this.#client.policies.list()).body;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async #create(signing: Promise<DndPolicy>): Promise<string> {
    const policy = await signing;
    await this.#client.policies.create(policy);
    return policy.requestId;
  }

  async #register(at: number): Promise<ApproverId> {
    const body = await registration({ approverLabel: 'in memory', at }, this.#keys.signer);
    return (await this.#client.approvers.register(body)).approverId;
  }

  #registered(): ApproverId {
    if (this.#approverId === undefined) throw new TypeError('pair first');
    return this.#approverId;
  }
}
