import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import { gatewayConfigSchema } from '../../src/config.js';
import { mountRoutes } from '../../src/http/pipeline.js';
import { rateLimits } from '../../src/http/rate-limits.js';
import { createIdentity } from '../../src/identity/create-identity.js';
import type { ConsentNotice, Revocation } from '../../src/live/events.js';
import { systemPorts } from '../../src/ports.js';
import { openStore } from '../../src/store/open-store.js';
import { temporaryFolder } from '../support/temporary.js';

/** T of vectors/gateway-messages.json. */
export const T = Date.parse('2026-03-02T14:00:00.000Z');

export interface Bench {
  readonly identity: ReturnType<typeof createIdentity>;
  readonly store: Awaited<ReturnType<typeof openStore>>;
  readonly clock: { now: number };
  readonly notices: { userId: string; notice: ConsentNotice }[];
  readonly revocations: Revocation[];
  readonly app: Hono;
  readonly request: (method: string, path: string, options?: RequestOptions) => Promise<Answer>;
  /** An identity over the same store that answers under the given origin. */
  readonly listen: () => Promise<string>;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
}

interface RequestOptions {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** Identity over a real store in a temporary directory, with a clock that only the test moves. */
export async function bench(options: { realTime?: boolean; perMinute?: number } = {}): Promise<Bench> {
  const dataDir = temporaryFolder();
  const clock = { now: options.realTime ? Date.now() : T };
  const now = (): number => (options.realTime ? Date.now() : clock.now);
  const ports = { ...systemPorts(), now };
  const log = pino({ level: process.env['AIRLOCK_TEST_LOG'] ?? 'silent' });
  const store = await openStore({ dataDir, use: 'serve', thread: 'inline', log });
  const config = gatewayConfigSchema.parse({
    dataDir,
    limits: { anonymousPerMinute: options.perMinute ?? 100_000, requestsPerMinute: 100_000 },
  });
  const notices: Bench['notices'] = [];
  const revocations: Revocation[] = [];
  const state = { origin: 'https://gateway.example' };
  const identity = createIdentity({
    config,
    store,
    ports,
    log,
    events: {
      revoked: (revocation) => revocations.push(revocation),
      consentRequested: (userId, notice) => notices.push({ userId, notice }),
    },
    publicUrl: () => state.origin,
  });
  const app = new Hono({ strict: false });
  mountRoutes(
    app,
    {
      ports,
      gatewayId: 'gw-test',
      identity,
      limits: rateLimits(config.limits),
      trustProxy: [],
      log,
      audit: (entry) => {
        store.run('appendAudit', { ...entry, at: now() }).catch((error: unknown) => log.error(error));
      },
      delay: async () => undefined,
      allowedOrigin: () => state.origin,
    },
    identity.routes,
  );
  let server: Server | undefined;
  return {
    identity,
    store,
    clock,
    notices,
    revocations,
    app,
    dataDir,
    request: async (method, path, { headers = {}, body } = {}) => {
      const response = await app.request(path, {
        method,
        headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
    listen: async () => {
      const listener = getRequestListener(app.fetch);
      server = createServer((request, response) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        const mount = identity.mounts.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
        if (mount === undefined) listener(request, response).catch((error: unknown) => log.error(error));
        else mount.handle(request, response);
      });
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      state.origin = `http://localhost:${port}`;
      return state.origin;
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        if (server === undefined) resolve();
        else {
          server.close(() => resolve());
          server.closeAllConnections();
        }
      });
      await store.close();
    },
  };
}

/** A user with an approver PAT and an enforcer PAT, made as the operator makes them. */
export async function user(b: Bench, name: string) {
  const { userId } = await b.identity.admin.addUser(name);
  const approver = await b.identity.admin.createPat({ user: name, role: 'approver' });
  const enforcer = await b.identity.admin.createPat({ user: name, role: 'enforcer' });
  return {
    userId,
    approver: { 'X-PAT': approver.pat },
    enforcer: { 'X-PAT': enforcer.pat },
    approverPat: approver,
    enforcerPat: enforcer,
  };
}

/** Tokens of a device sign-in over the routes of 7.4, allowed by the given approver credential. */
export async function deviceTokens(b: Bench, approver: Record<string, string>) {
  const start = await b.request('POST', '/v1/auth/device', { body: {} });
  const verify = await b.request('POST', '/v1/auth/device/verify', {
    headers: approver,
    body: { userCode: start.body.userCode, decision: 'allow' },
  });
  if (verify.status !== 200) throw new Error(`verify answered ${verify.status}`);
  const granted = await b.request('POST', '/v1/auth/device/token', {
    body: { deviceCode: start.body.deviceCode },
  });
  return granted.body as { accessToken: string; refreshToken: string; expiresIn: number };
}

export function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}
