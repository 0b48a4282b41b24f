import type { IncomingMessage, ServerResponse } from 'node:http';
import { RuntimeError, toRuntimeError } from '../errors.js';
import type { HookAnswer, HookPending, HostAdapter } from './host-adapter.js';
import { errorBody, goneSignal, readBody, statusOf } from './http.js';

const PATH = /^\/v1\/hooks\/([a-z0-9-]{1,32})\/([A-Za-z0-9._-]{1,64})$/;

/** Exit code that every host understands as a refusal (table 18.1). */
const DENY_EXIT = 2;

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
  try {
    const input = await readBody(request);
    const adapter = adapters.find((one) => one.host === target.host);
    if (adapter === undefined) {
      throw new RuntimeError('host_unknown', `no adapter for the host ${target.host} is installed`);
    }
    const answer = await adapter.handle({
      event: target.event,
      input,
      environment: null,
      signal: goneSignal(response),
    });
    if (answer.permission === 'pending') response.writeHead(202, { 'content-length': 0 }).end();
    else send(response, 200, wellFormed(answer));
  } catch (cause) {
    const error = toRuntimeError(cause);
    if (error.code === 'body_too_large') response.setHeader('connection', 'close');
    send(response, statusOf(error), {
      permission: 'deny',
      exit: DENY_EXIT,
      body: JSON.stringify({ error: errorBody(error) }),
    });
  }
}

function wellFormed(answer: Exclude<HookAnswer | HookPending, HookPending>): HookAnswer {
  const known = ['allow', 'pass', 'deny'].includes(answer.permission);
  if (known && Number.isInteger(answer.exit) && typeof answer.body === 'string') return answer;
  throw new RuntimeError('internal_error', 'the adapter gave no well-formed answer');
}

function send(response: ServerResponse, status: number, answer: HookAnswer): void {
  response.writeHead(status, {
    'content-type': 'application/octet-stream',
    'content-length': Buffer.byteLength(answer.body),
    'airlock-permission': answer.permission,
    'airlock-exit': String(answer.exit),
  });
  response.end(answer.body);
}
