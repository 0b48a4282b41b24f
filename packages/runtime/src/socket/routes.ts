import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  confirmBodySchema,
  outcomeBodySchema,
  pairBodySchema,
  requestBodySchema,
  signInBodySchema,
  unpairBodySchema,
  withdrawBodySchema,
} from './api.js';
import { authorizeBodySchema, endpointBodySchema } from './authorize-api.js';
import type { SocketService } from './daemon-service.js';
import {
  explainBodySchema,
  policyChangeBodySchema,
  policyShowBodySchema,
  restrictionBodySchema,
} from './policy-api.js';
import { goneSignal, readJson, sendJson, sendStream } from './http.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The one variable segment of the path, decoded. */
  readonly id: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Path with `{id}` for at most one variable segment. */
  readonly path: string;
  readonly handle: (exchange: Exchange, service: SocketService) => Promise<void>;
}

type Answer = (exchange: Exchange, service: SocketService) => Promise<unknown> | unknown;

const emptySchema = z.strictObject({});

function get(path: string, answer: Answer): Route {
  return {
    method: 'GET',
    path,
    handle: async (exchange, service) => sendJson(exchange.response, 200, await answer(exchange, service)),
  };
}

interface Post<T> {
  readonly path: string;
  readonly body: z.ZodType<T>;
  readonly answer: (body: T, exchange: Exchange, service: SocketService) => Promise<unknown>;
}

function post<T>({ path, body, answer }: Post<T>): Route {
  return {
    method: 'POST',
    path,
    handle: async (exchange, service) => {
      const parsed = await readJson(exchange.request, body);
      sendJson(exchange.response, 200, await answer(parsed, exchange, service));
    },
  };
}

interface Stream<T> {
  readonly path: string;
  readonly body: z.ZodType<T>;
  readonly events: (body: T, signal: AbortSignal, service: SocketService) => AsyncIterable<unknown>;
}

function stream<T>({ path, body, events }: Stream<T>): Route {
  return {
    method: 'POST',
    path,
    handle: async ({ request, response }, service) => {
      const parsed = await readJson(request, body);
      await sendStream(response, events(parsed, goneSignal(response), service));
    },
  };
}

/** Every route but the hooks'. There is none that stops or pauses anything, nor loosens it without the approver (LOC-060). */
export const ROUTES: readonly Route[] = [
  get('/v1/status', (_, service) => service.status()),
  stream({
    path: '/v1/sign-in',
    body: signInBodySchema,
    events: (body, signal, service) => service.signIn(body, signal),
  }),
  post({ path: '/v1/sign-out', body: emptySchema, answer: (_, __, service) => service.signOut() }),
  stream({
    path: '/v1/pairings',
    body: pairBodySchema,
    events: (body, signal, service) => service.pair(body, signal),
  }),
  post({
    path: '/v1/pairings/{id}/confirm',
    body: confirmBodySchema,
    answer: ({ accept }, { id }, service) => service.confirmPairing(id, accept),
  }),
  post({
    path: '/v1/unpair',
    body: unpairBodySchema,
    answer: ({ workspace }, _, service) => service.unpair(workspace),
  }),
  get('/v1/requests', (_, service) => service.requests()),
  get('/v1/decisions', (_, service) => service.decisions()),
  stream({
    path: '/v1/requests',
    body: requestBodySchema,
    events: (body, signal, service) => service.request(body, signal),
  }),
  post({
    path: '/v1/requests/{id}/claim',
    body: emptySchema,
    answer: (_, { id }, service) => service.claim(id),
  }),
  get('/v1/requests/{id}/receipt', ({ id }, service) => service.receipt(id)),
  post({
    path: '/v1/requests/{id}/outcome',
    body: outcomeBodySchema,
    answer: (body, { id }, service) => service.outcome(id, body),
  }),
  post({
    path: '/v1/requests/{id}/withdraw',
    body: withdrawBodySchema,
    answer: ({ reason }, { id }, service) => service.withdraw(id, reason),
  }),
  post({
    path: '/v1/authorize',
    body: authorizeBodySchema,
    answer: (body, { response }, service) => service.authorize(body, goneSignal(response)),
  }),
  post({ path: '/v1/endpoint', body: endpointBodySchema, answer: (body, _, service) => service.endpoint(body) }),
  stream({
    path: '/v1/policy/changes',
    body: policyChangeBodySchema,
    events: (body, signal, service) => service.changePolicy(body, signal),
  }),
  post({
    path: '/v1/policy/restrictions',
    body: restrictionBodySchema,
    answer: (body, _, service) => service.restrictPolicy(body),
  }),
  post({
    path: '/v1/policy/show',
    body: policyShowBodySchema,
    answer: async ({ workspace }, _, service) => service.showPolicy(workspace),
  }),
  post({
    path: '/v1/policy/explain',
    body: explainBodySchema,
    answer: async (body, _, service) => service.explainPolicy(body),
  }),
];

/** Matches a path against a route's; returns the variable segment (`''` without one) or null. */
export function matchPath(pattern: string, path: string): string | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  let id = '';
  for (const [index, segment] of wanted.entries()) {
    const actual = given[index];
    if (segment === '{id}' && actual !== undefined && /^[A-Za-z0-9._-]{1,200}$/.test(actual)) id = actual;
    else if (segment !== actual) return null;
  }
  return id;
}
