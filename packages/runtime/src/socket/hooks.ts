import type { IncomingMessage, ServerResponse } from 'node:http';
import { RuntimeError, toRuntimeError } from '../errors.js';
import { hookEnvironment } from './hook-environment.js';
import type { HookAnswer, HookPending, HostAdapter } from './host-adapter.js';
import { errorBody, goneSignal, readBody, statusOf } from './http.js';

const PATH = /^\/v1\/hooks\/([a-z0-9-]{1,32})\/([A-Za-z0-9._-]{1,64})$/;

/** Exit code that every host understands as a refusal (table 18.1). */
const DENY_EXIT = 2;

/** Exit codes that agree with a permission (LOC-040). */
const EXITS = { allow: 0, pass: 0, deny: DENY_EXIT } as const;

/** What can be said in a header. */
const REASON = /^[ -~]{1,4000}$/;

/** Said instead of a reason that cannot. */
const NO_REASON = 'airlock refused this and cannot show why here; ask "airlock audit list"';

export interface HookTarget {
  readonly host: string;
  readonly event: string;
}

/** `{host, event}` of a hook route, else null (LOC-040). */
export function hookTarget(path: string): HookTarget | null {
  const match = PATH.exec(path);
  const [, host, event] = match ?? [];
  return host === undefined || event === undefined ? null : { host, event };
}

interface HookExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: HookTarget;
}

/** Lets the host's adapter answer. Whatever goes wrong is a refusal: no failure has the shape of an answer. */
export async function serveHook(exchange: HookExchange, adapters: readonly HostAdapter[]): Promise<void> {
  const { request, response, target } = exchange;
  const signal = goneSignal(response);
  try {
    const input = await readBody(request);
    const adapter = adapters.find((one) => one.host === target.host);
    if (adapter === undefined) {
      throw new RuntimeError('host_unknown', `no adapter for the host ${target.host} is installed`);
    }
    const environment = hookEnvironment(environmentHeader(request));
    const answer = await adapter.handle({ event: target.event, input, environment, signal });
    if (answer.permission === 'pending') response.writeHead(202, { 'content-length': 0 }).end();
    else send(response, 200, wellFormed(answer));
  } catch (cause) {
    const error = toRuntimeError(cause);
    if (error.code === 'body_too_large') response.setHeader('connection', 'close');
    send(response, statusOf(error), {
      permission: 'deny',
      exit: DENY_EXIT,
      body: JSON.stringify({ error: errorBody(error) }),
      reason: `airlock: ${error.message} (${error.code})`,
    });
  }
}

function environmentHeader(request: IncomingMessage): string | undefined {
  const header = request.headers['airlock-environment'];
  return Array.isArray(header) ? header.join(',') : header;
}

/** An answer in which permission, exit code and body can belong together (LOC-040). Throws `internal_error`. */
function wellFormed(answer: Exclude<HookAnswer | HookPending, HookPending>): HookAnswer {
  const { permission, exit, body } = answer;
  if (Object.hasOwn(EXITS, permission) && exit === EXITS[permission] && isHostText(body)) return answer;
  throw new RuntimeError('internal_error', 'the adapter gave no well-formed answer');
}

/** Nothing, or one JSON object: all that any host takes. */
function isHostText(body: unknown): boolean {
  if (body === '') return true;
  if (typeof body !== 'string' || !body.startsWith('{')) return false;
  try {
    JSON.parse(body);
    return true;
  } catch (cause) {
    if (cause instanceof SyntaxError) return false;
    throw cause;
  }
}

function send(response: ServerResponse, status: number, answer: HookAnswer): void {
  const { permission, exit, body, reason } = answer;
  response.writeHead(status, {
    'content-type': 'application/octet-stream',
    'content-length': Buffer.byteLength(body),
    'airlock-permission': permission,
    'airlock-exit': String(exit),
    ...(reason === undefined ? {} : { 'airlock-reason': REASON.test(reason) ? reason : NO_REASON }),
  });
  response.end(body);
}
