import { rules } from '@airlock/conformance';
import { appItemSchema, patListSchema } from '@airlock/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bench, bench, T, user } from './support.js';

let b: Bench;
let alice: Awaited<ReturnType<typeof user>>;
let bob: Awaited<ReturnType<typeof user>>;

beforeEach(async () => {
  b = await bench();
  alice = await user(b, 'alice');
  bob = await user(b, 'bob');
});
afterEach(() => b.close());

const DAY = 86_400_000;
const time = (at: number) => new Date(at).toISOString();
const as = (headers: Record<string, string>) => (method: string, path: string, body?: unknown) =>
  b.request(method, path, { headers, ...(body !== undefined && { body }) });

describe(rules('ID-100', 'AUTH-070', 'APPR-110')`POST /v1/pats`, () => {
  it('makes an enforcer token, shown once', async () => {
    const made = await as(alice.approver)('POST', '/v1/pats', {
      name: 'n8n',
      expiresAt: time(T + 90 * DAY),
      appId: null,
    });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      tokenId: expect.stringMatching(/^pat-[0-9a-f]{24}$/),
      token: expect.stringMatching(/^airpat_[A-Za-z0-9]{40}$/),
      name: 'n8n',
      prefix: made.body.token.slice(0, 11),
      createdAt: time(T),
      expiresAt: time(T + 90 * DAY),
    });
    const used = await as({ 'X-PAT': made.body.token })('GET', '/v1/consent/status');
    expect(used.status).toBe(200);
    expect((await as({ 'X-PAT': made.body.token })('GET', '/v1/pats')).status).toBe(403);
    const list = () => as(alice.approver)('GET', '/v1/pats');
    const listed = await list();
    expect(patListSchema.safeParse(listed.body).success).toBe(true);
    expect(JSON.stringify(listed.body)).not.toContain(made.body.token);
    const { token: _token, ...item } = made.body;
    // The use is noted in the background.
    await vi.waitFor(async () => {
      expect((await list()).body.items).toContainEqual({ ...item, lastUsedAt: time(T) });
    });
  });

  const refused: [string, Record<string, unknown>][] = [
    ['no name', { expiresAt: time(T + DAY) }],
    ['no expiry', { name: 'x' }],
    ['more than 365 days', { name: 'x', expiresAt: time(T + 365 * DAY + 1) }],
    ['the past', { name: 'x', expiresAt: time(T) }],
    ['an unknown app', { name: 'x', expiresAt: time(T + DAY), appId: 'ABC-0000000' }],
    ['a name that is too long', { name: 'x'.repeat(129), expiresAt: time(T + DAY) }],
  ];
  it.each(refused)('refuses %s', async (_what, body) => {
    const answer = await as(alice.approver)('POST', '/v1/pats', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it(rules('AUTH-080')('allows exactly 365 days'), async () => {
    const made = await as(alice.approver)('POST', '/v1/pats', { name: 'x', expiresAt: time(T + 365 * DAY) });
    expect(made.status).toBe(201);
  });
});

describe(rules('AUTH-080', 'AUTH-030')`DELETE /v1/pats/{tokenId}`, () => {
  it('revokes at once, once, and only the own ones', async () => {
    const made = await as(alice.approver)('POST', '/v1/pats', { name: 'x', expiresAt: time(T + DAY) });
    const path = `/v1/pats/${made.body.tokenId}`;
    expect((await as(bob.approver)('DELETE', path)).status).toBe(404);
    expect((await as({ 'X-PAT': made.body.token })('GET', '/v1/consent/status')).status).toBe(200);
    const deleted = await as(alice.approver)('DELETE', path);
    expect(deleted).toMatchObject({ status: 204, body: undefined });
    expect((await as({ 'X-PAT': made.body.token })('GET', '/v1/consent/status')).status).toBe(401);
    expect((await as(alice.approver)('DELETE', path)).status).toBe(404);
    const listed = await as(alice.approver)('GET', '/v1/pats');
    expect(JSON.stringify(listed.body)).not.toContain(made.body.tokenId);
  });
});

describe(rules('AUTH-060')`a token made for one app`, () => {
  it('works only with that app', async () => {
    const make = async (name: string) => (await as(alice.approver)('POST', '/v1/apps', { name, kind: 'Agent' })).body;
    const [one, other] = [await make('One'), await make('Other')];
    const pat = (
      await as(alice.approver)('POST', '/v1/pats', { name: 'x', expiresAt: time(T + DAY), appId: one.appId })
    ).body;
    const status = async (app?: typeof one) => {
      const headers = app === undefined ? {} : { 'X-Client-Id': app.clientId, 'X-Client-Secret': app.clientSecret };
      return (await as({ 'X-PAT': pat.token, ...headers })('GET', '/v1/consent/status')).status;
    };
    expect(await status()).toBe(401);
    expect(await status(other)).toBe(401);
    expect(await status(one)).toBe(403);
    expect(b.notices.length).toBe(1);
  });
});

describe(rules('ID-160', 'APPR-110')`POST /v1/apps`, () => {
  it.each(['Agent', 'Desktop', 'VsCodeExtension'])('%s gets a secret, shown once', async (kind) => {
    const made = await as(alice.approver)('POST', '/v1/apps', { name: 'Example', kind, isOpenSource: true });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      appId: expect.stringMatching(/^[A-Z]{3}-\d{7}$/),
      clientId: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      clientSecret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      secretPrefix: made.body.clientSecret.slice(0, 4),
      name: 'Example',
      kind,
      createdAt: time(T),
      isOpenSource: true,
    });
    const listed = await as(alice.approver)('GET', '/v1/apps');
    expect(JSON.stringify(listed.body)).not.toContain(made.body.clientSecret);
    expect(appItemSchema.safeParse(listed.body.items[0]).success).toBe(true);
  });

  it.each(['Web', 'Mobile'])('%s gets none and is known by its origin', async (kind) => {
    const made = await as(alice.approver)('POST', '/v1/apps', {
      name: 'Page',
      kind,
      allowedOrigins: ['https://app.example'],
    });
    expect(made.status).toBe(201);
    expect('clientSecret' in made.body || 'secretPrefix' in made.body).toBe(false);
    const from = async (Origin?: string) =>
      (
        await as({ ...alice.enforcer, 'X-Client-Id': made.body.clientId, ...(Origin !== undefined && { Origin }) })(
          'GET',
          '/v1/consent/status',
        )
      ).body;
    expect((await from('https://app.example')).error).toBe('app_consent_required');
    expect((await from('https://evil.example')).code).toBe('invalid_client');
    expect((await from()).code).toBe('invalid_client');
  });

  const refused: [string, Record<string, unknown>][] = [
    ['no name', { kind: 'Agent' }],
    ['no kind', { name: 'x' }],
    ['another kind', { name: 'x', kind: 'agent' }],
    ['a public app without origins', { name: 'x', kind: 'Web' }],
    ['a confidential app with origins', { name: 'x', kind: 'Agent', allowedOrigins: ['https://a.example'] }],
    ['an origin with a path', { name: 'x', kind: 'Web', allowedOrigins: ['https://a.example/'] }],
    ['an origin of two lines', { name: 'x', kind: 'Web', allowedOrigins: ['https://a.example\nhttps://b.example'] }],
    ['a page that runs', { name: 'x', kind: 'Agent', homePageUrl: 'javascript:alert(1)' }],
  ];
  it.each(refused)('refuses %s', async (_what, body) => {
    const answer = await as(alice.approver)('POST', '/v1/apps', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

describe(rules('AUTH-050', 'AUTH-030')`changing and ending an app`, () => {
  let app: { appId: string; clientId: string; clientSecret: string };
  const status = async (secret = app.clientSecret) =>
    (
      await as({ ...alice.enforcer, 'X-Client-Id': app.clientId, 'X-Client-Secret': secret })(
        'GET',
        '/v1/consent/status',
      )
    ).status;
  beforeEach(async () => {
    app = (await as(alice.approver)('POST', '/v1/apps', { name: 'Example', kind: 'Agent' })).body;
  });

  it('changes what may change', async () => {
    const changed = await as(alice.approver)('PATCH', `/v1/apps/${app.appId}`, {
      homePageUrl: 'https://agent.example',
      description: null,
      name: 'Other',
    });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Example', homePageUrl: 'https://agent.example' } });
    expect('description' in changed.body).toBe(false);
    const origins = await as(alice.approver)('PATCH', `/v1/apps/${app.appId}`, {
      allowedOrigins: ['https://a.example'],
    });
    expect(origins.status).toBe(400);
  });

  it('rotates the secret; the old one dies', async () => {
    expect(await status()).toBe(403);
    const rotated = await as(alice.approver)('POST', `/v1/apps/${app.appId}/rotate-secret`);
    expect(rotated.body).toEqual({
      clientSecret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      secretPrefix: rotated.body.clientSecret.slice(0, 4),
    });
    expect(await status()).toBe(401);
    expect(await status(rotated.body.clientSecret)).toBe(403);
  });

  it('ends it with its consents', async () => {
    await status();
    const { items } = (await as(alice.approver)('GET', '/v1/consents')).body;
    await as(alice.approver)('POST', `/v1/consents/${items[0].consentId}/decide`, { decision: 'allow' });
    expect(await status()).toBe(200);
    expect((await as(alice.approver)('DELETE', `/v1/apps/${app.appId}`)).status).toBe(204);
    expect(await status()).toBe(401);
    expect((await as(alice.approver)('GET', '/v1/consents')).body.items[0].state).toBe('Revoked');
    expect((await as(alice.approver)('GET', '/v1/apps')).body).toEqual({ items: [] });
    expect(b.revocations.length).toBe(2);
  });

  it('is for its owner only', async () => {
    const other = as(bob.approver);
    expect((await other('GET', '/v1/apps')).body).toEqual({ items: [] });
    expect((await other('PATCH', `/v1/apps/${app.appId}`, {})).status).toBe(404);
    expect((await other('POST', `/v1/apps/${app.appId}/rotate-secret`)).status).toBe(404);
    expect((await other('DELETE', `/v1/apps/${app.appId}`)).status).toBe(404);
    expect(await status()).toBe(403);
  });
});
