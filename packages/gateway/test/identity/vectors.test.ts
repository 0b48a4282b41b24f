import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { formatTime } from '@airlock/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, bench, T, user } from './support.js';

interface Vector {
  readonly id: string;
  readonly request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: unknown;
    form?: Record<string, string>;
  };
  readonly response: { status: number; headers: Record<string, string>; body?: unknown };
}

const file = new URL('../../../testkit/vectors/gateway-messages.json', import.meta.url);
const vectors = new Map<string, Vector>(
  (JSON.parse(readFileSync(file, 'utf8')) as { endpoints: Vector[] }).endpoints.map((vector) => [vector.id, vector]),
);

function vector(id: string): Vector {
  const found = vectors.get(id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
}

/** Types of a value, member by member; words that clients compare stay words. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (value === null || typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [z]) => (a < z ? -1 : 1))
      .map(([key, member]) => [
        key,
        ['error', 'status', 'state', 'kind', 'interval', 'token_type', 'completed'].includes(key)
          ? member
          : shape(member),
      ]),
  );
}

let b: Bench;
let alice: Awaited<ReturnType<typeof user>>;
let origin: string;
const codes: { deviceCode: string; userCode: string }[] = [];

beforeAll(async () => {
  b = await bench();
  alice = await user(b, 'alice');
  origin = await b.listen();
});
afterAll(() => b.close());

/** Sends a vector's request with living credentials and ids in place of its own. */
async function send(
  id: string,
  change: { path?: string; body?: unknown; headers?: Record<string, string>; form?: Record<string, string> },
) {
  const { request } = vector(id);
  const form = request.form === undefined ? undefined : { ...request.form, ...change.form };
  const body = change.body ?? request.body;
  const {
    Authorization: _old,
    'X-PAT': _oldPat,
    'X-Client-Id': _oldId,
    'X-Client-Secret': _oldSecret,
    ...headers
  } = request.headers;
  const response = await fetch(`${origin}${change.path ?? request.path}`, {
    method: request.method,
    headers: { ...headers, ...change.headers },
    ...(form !== undefined && { body: new URLSearchParams(form) }),
    ...(form === undefined && body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

function expectLike(id: string, answer: Awaited<ReturnType<typeof send>>, optional: readonly string[] = []): void {
  const { response } = vector(id);
  expect(answer.status).toBe(response.status);
  for (const [name, value] of Object.entries(response.headers)) expect(answer.headers.get(name), name).toBe(value);
  const drop = (value: any): unknown =>
    Array.isArray(value)
      ? value.map(drop)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .filter(([key]) => !optional.includes(key))
              .map(([key, member]) => [key, drop(member)]),
          )
        : value;
  expect(shape(drop(answer.body))).toEqual(shape(drop(response.body)));
}

describe(rules('GW-270', 'GW-090')`gateway-messages.json: sign-in`, () => {
  it('device, pending, verify, token', async () => {
    const started = await send('post-v1-auth-device', {});
    expectLike('post-v1-auth-device', started);
    codes.push(started.body);
    const { deviceCode, userCode } = started.body;
    expectLike(
      'post-v1-auth-device-token-pending',
      await send('post-v1-auth-device-token-pending', { body: { deviceCode } }),
    );
    expectLike(
      'post-v1-auth-device-token-slow-down',
      await send('post-v1-auth-device-token-slow-down', { body: { deviceCode } }),
    );
    expectLike('post-v1-auth-device-token-expired', await send('post-v1-auth-device-token-expired', {}));
    const seen = await send('get-v1-auth-device-pending-userCode', {
      path: `/v1/auth/device/pending/${userCode}`,
      headers: alice.approver,
    });
    expectLike('get-v1-auth-device-pending-userCode', seen);
    const verified = await send('post-v1-auth-device-verify', {
      headers: alice.approver,
      body: { userCode, decision: 'allow' },
    });
    expectLike('post-v1-auth-device-verify', verified);
    const granted = await send('post-v1-auth-device-token-granted', { body: { deviceCode } });
    expectLike('post-v1-auth-device-token-granted', granted);
    const { refreshToken } = granted.body;
    const refreshed = await send('post-v1-auth-enforcer-refresh', { body: { refreshToken } });
    expectLike('post-v1-auth-enforcer-refresh', refreshed);
    const again = await send('post-v1-auth-refresh', { body: { refreshToken: refreshed.body.refreshToken } });
    expectLike('post-v1-auth-refresh', again);
    expectLike(
      'post-v1-auth-logout',
      await send('post-v1-auth-logout', { body: { refreshToken: again.body.refreshToken } }),
    );
    const refused = (await send('post-v1-auth-device', {})).body;
    await send('post-v1-auth-device-verify', {
      headers: alice.approver,
      body: { userCode: refused.userCode, decision: 'deny' },
    });
    expectLike(
      'post-v1-auth-device-token-denied',
      await send('post-v1-auth-device-token-denied', { body: { deviceCode: refused.deviceCode } }),
    );
  });

  it('the OIDC family', async () => {
    const metadata = await send('get-base-well-known-openid-configuration', {});
    expect(metadata.status).toBe(200);
    expect(metadata.body).toMatchObject(shapeOfLists());
    expectLike('get-jwks-uri', await send('get-jwks-uri', {}));
    const device = await send('post-device-authorization-endpoint', {});
    expectLike('post-device-authorization-endpoint', device);
    const form = { device_code: device.body.device_code as string };
    expectLike('post-token-endpoint-device-pending', await send('post-token-endpoint-device-pending', { form }), [
      'error_description',
    ]);
    await send('post-v1-auth-device-verify', {
      headers: alice.approver,
      body: { userCode: device.body.user_code, decision: 'allow' },
    });
    const tokens = await send('post-token-endpoint-device', { form });
    expectLike('post-token-endpoint-device', tokens);
    const refreshed = await send('post-token-endpoint-refresh', { form: { refresh_token: tokens.body.refresh_token } });
    expectLike('post-token-endpoint-refresh', refreshed);
    expectLike(
      'post-revocation-endpoint',
      await send('post-revocation-endpoint', { form: { token: refreshed.body.refresh_token } }),
    );
  });

  function shapeOfLists() {
    const { response } = vector('get-base-well-known-openid-configuration');
    const { issuer: _issuer, ...rest } = response.body as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [
        key,
        typeof value === 'string'
          ? value.replace('https://gateway.example', origin)
          : expect.arrayContaining(value as unknown[]),
      ]),
    );
  }
});

describe(rules('GW-270', 'GW-090')`gateway-messages.json: consent, tokens, apps, devices`, () => {
  let app: { appId: string; clientId: string; clientSecret: string };
  const details = ['description', 'developerName', 'isOpenSource'];

  it('apps', async () => {
    const made = await send('post-v1-apps', { headers: alice.approver });
    expectLike('post-v1-apps', made, details);
    app = made.body;
    expectLike('get-v1-apps', await send('get-v1-apps', { headers: alice.approver }), details);
    const path = `/v1/apps/${app.appId}`;
    expectLike('patch-v1-apps-appId', await send('patch-v1-apps-appId', { path, headers: alice.approver }), details);
    const rotated = await send('post-v1-apps-appId-rotate-secret', {
      path: `${path}/rotate-secret`,
      headers: alice.approver,
    });
    expectLike('post-v1-apps-appId-rotate-secret', rotated);
    app = { ...app, ...rotated.body };
  });

  it('consent', async () => {
    const headers = { ...alice.enforcer, 'X-Client-Id': app.clientId, 'X-Client-Secret': app.clientSecret };
    expectLike('get-v1-consent-status-required', await send('get-v1-consent-status-required', { headers }));
    const listed = await send('get-v1-consents', { headers: alice.approver });
    expectLike('get-v1-consents', listed);
    const path = `/v1/consents/${listed.body.items[0].consentId}/decide`;
    expectLike(
      'post-v1-consents-consentId-decide',
      await send('post-v1-consents-consentId-decide', { path, headers: alice.approver }),
    );
    expectLike('get-v1-consent-status', await send('get-v1-consent-status', { headers }));
    expectLike('get-v1-consents-check', await send('get-v1-consents-check', { headers }));
    const end = await send('delete-v1-apps-appId', { path: `/v1/apps/${app.appId}`, headers: alice.approver });
    expectLike('delete-v1-apps-appId', end);
  });

  it('tokens', async () => {
    const bob = await user(b, 'bob');
    const made = await send('post-v1-pats', { headers: bob.approver });
    expectLike('post-v1-pats', made);
    await send('get-v1-consent-status', { headers: { 'X-PAT': made.body.token } });
    const listed = await send('get-v1-pats', { headers: bob.approver });
    expectLike('get-v1-pats', {
      ...listed,
      body: { items: listed.body.items.filter(({ tokenId }: { tokenId: string }) => tokenId === made.body.tokenId) },
    });
    expectLike(
      'delete-v1-pats-tokenId',
      await send('delete-v1-pats-tokenId', { path: `/v1/pats/${made.body.tokenId}`, headers: bob.approver }),
    );
  });

  it(rules('APPR-010')('devices: both registrations verify as they are written'), async () => {
    const carol = await user(b, 'carol');
    const byToken = await send('post-v1-approvers-token', { headers: carol.approver });
    expectLike('post-v1-approvers-token', byToken);
    const dave = await user(b, 'dave');
    const { body } = vector('post-v1-approvers').request as { body: { enrollmentCode: string } };
    const { secretHash } = await import('../../src/identity/secrets.js');
    await b.store.run('createEnrollmentCode', {
      codeHash: secretHash(body.enrollmentCode),
      userId: dave.userId,
      expiresAt: T + 1000,
    });
    expectLike('post-v1-approvers', await send('post-v1-approvers', {}));
    const code = await send('post-v1-approvers-enrollment', { headers: dave.approver });
    expectLike('post-v1-approvers-enrollment', code);
    expect(code.body.expiresAt).toBe(formatTime(T + 600_000));
  });
});
