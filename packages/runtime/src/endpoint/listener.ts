import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { RuntimeError, toRuntimeError } from '../errors.js';
import type { CheckAnswer, CheckedMessage } from '../host/gateway-check.js';
import type { Ports } from '../ports/ports.js';
import type { Authorize } from '../service/authorize.js';
import { authorizeBodySchema } from '../socket/authorize-api.js';
import { goneSignal, LARGEST_BODY, readBody, readJson, sendError, sendJson } from '../socket/http.js';
import type { EndpointSettings } from './endpoint-file.js';
import { isEmpty, refusedAtTheDoor, refusedBody, type Target, targetOf } from './front.js';
import { TokenGate } from './token.js';
import { closeServer } from '../socket/close-server.js';

const ADDRESS = '127.0.0.1';

/** Slow or greedy callers: milliseconds, bytes, and numbers at one time. */
const LIMITS = {
  headersMs: 5000,
  requestMs: 15_000,
  lookEveryMs: 1000,
  keepAliveMs: 5000,
  headerBytes: 16 * 1024,
  connections: 256,
  open: 64,
} as const;

/** How long the human is waited for when a gateway asks, seconds; a gateway that gives up sooner withdraws. */
const GATEWAY_WAITS = 300;

/** A session that a gateway does not name. */
const NO_SESSION = 'gateway';

/** What an id of a session may look like (MCP: visible ASCII). */
const SESSION = /^[!-~]{1,200}$/;

/** Code of a refusal that a gateway can hand to its client as it is. */
const JSON_RPC_REFUSED = -32001;

/** How long open answers may still end when the listener closes, milliseconds. */
const CLOSE_GRACE = 1000;

export interface ListenerParts {
  readonly ports: Pick<Ports, 'mono' | 'timer'>;
  readonly authorize: Authorize;
  /** Null where no adapter reads the messages of gateways. */
  readonly check: ((message: CheckedMessage) => Promise<CheckAnswer>) | null;
  /** Told when a request begins and ends, for the idle exit. */
  readonly activity: { enter(): void; leave(): void };
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on the loopback address alone. Port 0 takes a free one. Rejects with `endpoint_unavailable`. */
export async function listenOnLoopback(
  settings: Omit<EndpointSettings, 'port'> & { readonly port: number },
  parts: ListenerParts,
): Promise<Listening> {
  const server = createServer({
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    connectionsCheckingInterval: LIMITS.lookEveryMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
    maxHeaderSize: LIMITS.headerBytes,
    requireHostHeader: true,
  });
  server.maxConnections = LIMITS.connections;
  const port = await bind(server, settings.port);
  const front = new Front({ ...settings, port }, parts);
  server.on('request', (request, response) => {
    parts.activity.enter();
    response.once('close', () => parts.activity.leave());
    front.serve(request, response).catch(() => response.destroy());
  });
  return { port, close: () => closeServer(server, CLOSE_GRACE) };
}

async function bind(server: Server, port: number): Promise<number> {
  try {
    server.listen({ host: ADDRESS, port, exclusive: true });
    await once(server, 'listening');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error';
    throw new RuntimeError('endpoint_unavailable', `port ${port} of ${ADDRESS} cannot be had (${why})`, {
      cause,
      fix: 'airlock mcp endpoint on',
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new RuntimeError('internal_error', 'no address');
  return address.port;
}

/** What happens to each request, from the door to the answer. */
class Front {
  readonly #settings: EndpointSettings;
  readonly #parts: ListenerParts;
  readonly #gate: TokenGate;
  #open = 0;

  constructor(settings: EndpointSettings, parts: ListenerParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#gate = new TokenGate(settings.tokenSha256, parts.ports);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusedAtTheDoor(request, this.#settings.port);
    if (refused !== null) {
      refuse(response, refused);
      return;
    }
    const admission = await this.#gate.admit(request.headers.authorization);
    if (admission === 'cut-off') response.destroy();
    if (admission === 'refused') refuse(response, 401);
    if (admission === 'admitted') await this.#admitted(request, response);
  }

  async #admitted(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request);
    if (target === null || (target.name === 'ext-authz' && this.#parts.check === null)) {
      refuse(response, 404);
      return;
    }
    if (request.method !== 'POST') {
      withoutMessage(request, response);
      return;
    }
    const status = refusedBody(request, LARGEST_BODY) ?? (this.#open >= LIMITS.open ? 429 : null);
    if (status !== null) {
      refuse(response, status);
      return;
    }
    this.#open += 1;
    try {
      await (target.name === 'authorize' ? this.#authorize(request, response) : this.#check(target, request, response));
    } finally {
      this.#open -= 1;
    }
  }

  async #authorize(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readJson(request, authorizeBodySchema);
      const { workspace } = this.#settings;
      if (body.workspace !== undefined && body.workspace !== workspace) {
        throw new RuntimeError('workspace_not_bound', `this endpoint asks about ${workspace} alone`);
      }
      sendJson(response, 200, await this.#parts.authorize({ ...body, workspace }, goneSignal(response)));
    } catch (cause) {
      sendError(response, cause);
    }
  }

  /** Whatever goes wrong is 403: there are gateways that take 5xx for leave to go on. */
  async #check(
    { server }: Extract<Target, { readonly name: 'ext-authz' }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { check } = this.#parts;
    try {
      if (check === null) throw new RuntimeError('not_found', 'no adapter reads the messages of gateways');
      const message = await readBody(request);
      const answer = await check({
        server,
        message,
        workspace: this.#settings.workspace,
        sessionId: sessionOf(request),
        timeoutSeconds: GATEWAY_WAITS,
        signal: goneSignal(response),
      });
      sendChecked(response, answer);
    } catch (cause) {
      const { code, message } = toRuntimeError(cause);
      const error = { code: JSON_RPC_REFUSED, message, data: { code } };
      sendChecked(response, { permission: 'deny', body: JSON.stringify({ jsonrpc: '2.0', id: null, error }) });
    }
  }
}

/** A request without a body forwards no message, so there is nothing to ask about (streams and ends of sessions). */
function withoutMessage(request: IncomingMessage, response: ServerResponse): void {
  if (isEmpty(request)) sendChecked(response, { permission: 'pass', body: '' });
  else refuse(response, 400);
}

function sessionOf({ headers }: IncomingMessage): string {
  const given = headers['mcp-session-id'];
  return typeof given === 'string' && SESSION.test(given) ? given : NO_SESSION;
}

function sendChecked(response: ServerResponse, { permission, body }: CheckAnswer): void {
  const isDenied = permission === 'deny';
  const text = isDenied ? body : '';
  response.writeHead(isDenied ? 403 : 200, {
    'airlock-permission': permission,
    'content-length': Buffer.byteLength(text),
    ...(isDenied ? { 'content-type': 'application/json' } : {}),
  });
  response.end(text);
}

/** Nothing is said but the status; what is left of the request is not read as another one. */
function refuse(response: ServerResponse, status: 400 | 401 | 403 | 404 | 413 | 415 | 429): void {
  response.writeHead(status, {
    connection: 'close',
    'content-length': 0,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 429 ? { 'retry-after': '1' } : {}),
  });
  response.end();
}
