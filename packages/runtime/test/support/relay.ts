import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { formatTime } from '@airlock/protocol';
import { afterEach } from 'vitest';

export interface Submitted {
  readonly requestId: string;
  readonly artifactHash: string;
  readonly expiresAt: string;
  readonly envelope: Record<string, any>;
}

interface PairingSlot {
  readonly nonce: string;
  readonly code: string;
  readonly request: Record<string, string>;
  responseJson: string | null;
}

const running: Relay[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((relay) => relay.close()));
});

/** A small gateway on a real socket that does what its test says: relays, drops, lies. */
export class Relay {
  readonly #server: Server;
  readonly pairings = new Map<string, PairingSlot>();
  readonly artifacts = new Map<string, Submitted>();
  readonly decisions = new Map<string, string>();
  readonly withdrawn: string[] = [];
  readonly acked: string[] = [];
  /** Method and path of every request. */
  readonly seen: string[] = [];
  /** Answers instead of the route when it returns true. */
  intercept: ((path: string, response: ServerResponse) => boolean) | null = null;
  /** Called with every submission. */
  onArtifact: (artifact: Submitted) => void = () => undefined;
  onPairing: (slot: PairingSlot) => void = () => undefined;
  /** What `GET /v1/policy/dnd/effective` answers, by the query. */
  policies: (query: URLSearchParams) => unknown[] = () => [];
  holdMs = 1000;
  readonly #waiters = new Map<string, Set<() => void>>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0): Promise<Relay> {
    const server = createServer((request, response) => {
      relay.#serve(request, response).catch(() => response.destroy());
    });
    const relay = new Relay(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    running.push(relay);
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  deliver(requestId: string, body: unknown): void {
    const frame = {
      ...this.#frame('decision.deliver', requestId),
      expiresAt: formatTime(Date.now() + 60_000),
      recipient: { enforcerId: 'enf' },
      body,
    };
    this.decisions.set(requestId, JSON.stringify(frame));
    for (const wake of this.#waiters.get(requestId) ?? []) wake();
  }

  #frame(msgType: string, requestId: string) {
    return {
      msgId: `msg-${randomUUID()}`,
      msgType,
      requestId,
      createdAt: formatTime(Date.now()),
      sender: { gatewayId: 'gw' },
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    this.seen.push(`${request.method} ${path}`);
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (this.intercept?.(path, response) === true) return;
    if (request.headers['x-pat'] === 'airpat_revoked') return this.#send(response, 401, this.#error('unauthorized'));
    const body = text === '' ? {} : JSON.parse(text);
    if (path === '/v1/policy/dnd/effective') {
      const query = new URL(request.url ?? '', this.url).searchParams;
      const frame = this.#frame('dnd.policy.effective', 'none');
      return this.#send(response, 200, { ...frame, body: this.policies(query) });
    }
    const answer = await this.#route(`${request.method} ${path}`, body);
    this.#send(response, answer[0], answer[1]);
  }

  #send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    if (body === null) response.end();
    else response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #error(code: string) {
    const fields = { error: code, code, message: code, retryable: false, body: { code, message: code } };
    return { ...this.#frame('error', 'none'), ...fields };
  }

  async #route(route: string, body: Record<string, any>): Promise<[number, unknown]> {
    const [, , requestId = '', verb = ''] = /^(GET|POST) \/v1\/exchanges\/([^/]+)\/(\w+)$/.exec(route) ?? [];
    if (verb === 'wait') return await this.#wait(requestId);
    if (verb === 'withdraw') {
      this.withdrawn.push(requestId);
      const state = { state: 'Withdrawn', withdrawnAt: formatTime(Date.now()) };
      return [200, { ...this.#frame('exchange.withdrawn', requestId), body: state }];
    }
    const status = /^GET \/v1\/pairing\/([^/]+)\/status$/.exec(route);
    if (status !== null) return this.#pairingStatus(status[1] ?? '');
    switch (route) {
      case 'GET /v1/integrations/discovery':
        return [
          200,
          {
            idp: { baseUrl: '', clientId: 'airlock-integrations' },
            auth: { patSupported: true },
            gateway: { gatewayId: 'gw' },
          },
        ];
      case 'GET /v1/consent/status':
        return [200, { status: 'approved' }];
      case 'POST /v1/presence/heartbeat':
        return [200, { status: 'ok' }];
      case 'POST /v1/pairing/initiate':
        return this.#initiate(body);
      case 'POST /v1/pairing/revoke':
        return [200, { status: 'revoked' }];
      case 'POST /v1/artifacts':
        return this.#artifact(body);
      case 'POST /v1/acks':
        this.acked.push(body.requestId);
        return [200, { ...this.#frame('ack.accepted', body.requestId), body: {} }];
      default:
        return [404, this.#error('NotFound')];
    }
  }

  #initiate(request: Record<string, any>): [number, unknown] {
    const nonce = randomUUID().replaceAll('-', '');
    const slot: PairingSlot = { nonce, code: 'K7M2QX', request, responseJson: null };
    this.pairings.set(nonce, slot);
    setImmediate(() => this.onPairing(slot));
    return [
      201,
      {
        pairingNonce: nonce,
        pairingCode: slot.code,
        deviceId: request.deviceId,
        gatewayUrl: this.url,
        expiresAt: formatTime(Date.now() + 600_000),
        code: slot.code,
        nonce,
      },
    ];
  }

  #pairingStatus(nonce: string): [number, unknown] {
    const slot = this.pairings.get(nonce);
    if (slot === undefined) return [404, this.#error('NotFound')];
    const done = slot.responseJson !== null;
    return [
      200,
      {
        pairingNonce: nonce,
        state: done ? 'Completed' : 'Pending',
        responseJson: slot.responseJson,
        routingToken: done ? `rt-${'r'.repeat(43)}` : null,
        expiresAt: formatTime(Date.now() + 600_000),
      },
    ];
  }

  #artifact(envelope: Record<string, any>): [number, unknown] {
    const { requestId, body } = envelope;
    const artifact = { requestId, artifactHash: body.artifactHash, expiresAt: body.expiresAt, envelope };
    this.artifacts.set(requestId, artifact);
    setImmediate(() => this.onArtifact(artifact));
    const accepted = { state: 'PendingApproval', expiresAt: body.expiresAt, duplicate: false };
    return [202, { ...this.#frame('artifact.accepted', requestId), body: accepted }];
  }

  async #wait(requestId: string): Promise<[number, unknown]> {
    if (!this.decisions.has(requestId)) {
      await new Promise<void>((resolve) => {
        const waiters = this.#waiters.get(requestId) ?? new Set();
        this.#waiters.set(requestId, waiters);
        waiters.add(resolve);
        setTimeout(resolve, this.holdMs);
      });
    }
    const decision = this.decisions.get(requestId);
    return decision === undefined ? [204, null] : [200, decision];
  }
}
