import { request as httpRequest, type IncomingMessage } from 'node:http';
import { parseJson } from '@airlock/protocol';
import type { z } from 'zod';
import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import * as api from './api.js';
import { endpointAnswerSchema } from './authorize-api.js';
import type { CallOptions, DaemonClient } from './daemon-client.js';
import * as policyApi from './policy-api.js';
import { brokenOff, connectError, isAbort } from './connect-error.js';
import { checkBeforeConnect } from './socket-path.js';

/** Largest answer of the daemon that is read, in bytes. */
const LARGEST_ANSWER = 8 * 1024 * 1024;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Connects to a running daemon. Rejects with `daemon_not_running` when none listens. */
export async function connectDaemon(paths: RuntimePaths): Promise<DaemonClient> {
  const client = daemonClient(paths);
  await client.status();
  return client;
}

/** A client that connects anew for every call and checks directory and socket each time (LOC-020). */
export function daemonClient(paths: RuntimePaths): DaemonClient {
  const ask = <T>(call: Call, schema: z.ZodType<T>) => askOnce(paths, call, schema);
  const post = <T>(path: string, schema: z.ZodType<T>, rest: { body?: unknown; options?: CallOptions | undefined }) =>
    ask({ method: 'POST', path, body: rest.body ?? {}, signal: rest.options?.signal }, schema);
  const requestPath = (requestId: string, verb: string) => `/v1/requests/${encodeURIComponent(requestId)}/${verb}`;
  return {
    status: (options) => ask({ method: 'GET', path: '/v1/status', signal: options?.signal }, api.statusAnswerSchema),
    signIn: (body, options) =>
      readEvents(paths, { path: '/v1/sign-in', body, options }, [api.signInEventSchema, ['signed-in', 'error']]),
    signOut: (options) => post('/v1/sign-out', api.signOutAnswerSchema, { options }),
    pair: (body, options) =>
      readEvents(paths, { path: '/v1/pairings', body, options }, [api.pairEventSchema, PAIRING_ENDS]),
    confirmPairing: (pairingId, accept, options) =>
      post(`/v1/pairings/${encodeURIComponent(pairingId)}/confirm`, api.confirmAnswerSchema, {
        body: { accept },
        options,
      }),
    unpair: (workspace, options) => post('/v1/unpair', api.unpairAnswerSchema, { body: { workspace }, options }),
    request: (body, options) =>
      readEvents(paths, { path: '/v1/requests', body, options }, [api.requestEventSchema, ['decided', 'error']]),
    claim: (requestId, options) => post(requestPath(requestId, 'claim'), api.claimAnswerSchema, { options }),
    receipt: (requestId, options) =>
      ask({ method: 'GET', path: requestPath(requestId, 'receipt'), signal: options?.signal }, api.receiptAnswerSchema),
    outcome: (requestId, body, options) =>
      post(requestPath(requestId, 'outcome'), api.outcomeAnswerSchema, { body, options }),
    withdraw: (requestId, reason, options) =>
      post(requestPath(requestId, 'withdraw'), api.withdrawAnswerSchema, {
        body: reason === undefined ? {} : { reason },
        options,
      }),
    requests: (options) =>
      ask({ method: 'GET', path: '/v1/requests', signal: options?.signal }, api.requestsAnswerSchema),
    decisions: (options) =>
      ask({ method: 'GET', path: '/v1/decisions', signal: options?.signal }, api.decisionsAnswerSchema),
    endpoint: (body, options) => post('/v1/endpoint', endpointAnswerSchema, { body, options }),
    changePolicy: (body, options) =>
      readEvents(paths, { path: '/v1/policy/changes', body, options }, [
        policyApi.policyChangeEventSchema,
        CHANGE_ENDS,
      ]),
    restrictPolicy: (body, options) =>
      post('/v1/policy/restrictions', policyApi.restrictionAnswerSchema, { body, options }),
    showPolicy: (workspace, options) =>
      post('/v1/policy/show', policyApi.policyAnswerSchema, { body: { workspace }, options }),
    explainPolicy: (body, options) => post('/v1/policy/explain', policyApi.explainAnswerSchema, { body, options }),
  };
}

const PAIRING_ENDS = ['paired', 'expired', 'refused', 'error'];
const CHANGE_ENDS = ['applied', 'refused', 'error'];

async function askOnce<T>(paths: RuntimePaths, call: Call, schema: z.ZodType<T>): Promise<T> {
  const response = await send(paths, call);
  const text = await readText(response);
  if (response.statusCode !== 200) throw errorOf(text);
  return parseAnswer(text, schema);
}

type EventsOf<T> = readonly [schema: z.ZodType<T>, ends: readonly string[]];

interface StreamCall {
  readonly path: string;
  readonly body: unknown;
  readonly options: CallOptions | undefined;
}

async function* readEvents<T extends { event: string }>(
  paths: RuntimePaths,
  { path, body, options }: StreamCall,
  [schema, ends]: EventsOf<T>,
): AsyncGenerator<T> {
  const response = await send(paths, { method: 'POST', path, body, signal: options?.signal });
  try {
    if (response.statusCode !== 200) throw errorOf(await readText(response));
    for await (const line of linesOf(response)) {
      const event = parseAnswer(line, schema);
      yield event;
      if (ends.includes(event.event)) return;
    }
    throw new RuntimeError('bad_answer', 'the daemon ended before it answered', { fix: 'airlock daemon status' });
  } catch (cause) {
    options?.signal?.throwIfAborted();
    throw cause;
  } finally {
    response.destroy();
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let pending = Buffer.alloc(0);
  try {
    for await (const chunk of response) {
      pending = Buffer.concat([pending, chunk]);
      if (pending.length > LARGEST_ANSWER) throw new RuntimeError('bad_answer', 'the daemon sent too much');
      for (let end = pending.indexOf(0x0a); end !== -1; end = pending.indexOf(0x0a)) {
        yield pending.subarray(0, end).toString('utf8');
        pending = pending.subarray(end + 1);
      }
    }
  } catch (cause) {
    throw cause instanceof RuntimeError || isAbort(cause) ? cause : brokenOff(cause);
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      const bytes: Uint8Array = chunk;
      size += bytes.length;
      if (size > LARGEST_ANSWER) throw new RuntimeError('bad_answer', 'the daemon sent too much');
      chunks.push(bytes);
    }
  } catch (cause) {
    throw cause instanceof RuntimeError || isAbort(cause) ? cause : brokenOff(cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function send(paths: RuntimePaths, call: Call): Promise<IncomingMessage> {
  checkBeforeConnect(paths);
  const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(
      {
        socketPath: paths.socket,
        method: call.method,
        path: call.path,
        agent: false,
        headers: payload === undefined ? {} : { 'content-type': 'application/json' },
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      },
      resolve,
    );
    request.on('error', (cause) => reject(connectError(paths, cause)));
    request.end(payload);
  });
}

function parseAnswer<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(parseJson(text));
  } catch (cause) {
    throw new RuntimeError('bad_answer', 'the daemon gave an answer that is none', {
      cause,
      fix: 'airlock daemon stop && airlock daemon start',
    });
  }
}

function errorOf(text: string): RuntimeError<string> {
  const { error } = parseAnswer(text, api.localErrorEnvelopeSchema);
  return new RuntimeError<string>(error.code, error.message, error.fix === undefined ? {} : { fix: error.fix });
}
