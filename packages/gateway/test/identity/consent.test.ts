import { rules } from '@airlock/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, bench, user } from './support.js';

let b: Bench;
let alice: Awaited<ReturnType<typeof user>>;
let app: { appId: string; clientId: string; clientSecret: string };
let asApp: Record<string, string>;

beforeEach(async () => {
  b = await bench();
  alice = await user(b, 'alice');
  const made = await b.request('POST', '/v1/apps', {
    headers: alice.approver,
    body: { name: 'Example Agent', kind: 'Agent', developerName: 'Example Ltd' },
  });
  app = made.body;
  asApp = { ...alice.enforcer, 'X-Client-Id': app.clientId, 'X-Client-Secret': app.clientSecret };
});
afterEach(() => b.close());

const check = (headers = asApp, path = '/v1/consent/status') => b.request('GET', path, { headers });
const list = async () =>
  (await b.request('GET', '/v1/consents', { headers: alice.approver })).body.items as Record<string, string>[];
const decide = (consentId: string, decision: unknown, headers: Record<string, string> = alice.approver) =>
  b.request('POST', `/v1/consents/${consentId}/decide`, { headers, body: { decision } });

describe(rules('CONS-010', 'CONS-020', 'ERR-020')`consent status`, () => {
  it.each(['/v1/consent/status', '/v1/consents/check', '/v1/consent/status/'])('first-party: %s', async (path) => {
    const answer = await check(alice.enforcer, path);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'approved' });
  });

  it.each(['/v1/consent/status', '/v1/consents/check'])('an app without consent, flat: %s', async (path) => {
    const answer = await check(asApp, path);
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      error: 'app_consent_required',
      message: expect.any(String),
      appName: 'Example Agent',
      appId: app.appId,
    });
    expect((await check(asApp, path)).body.error).toBe('app_consent_pending');
  });
});

describe(rules('CONS-020', 'CONS-040')`what each state answers`, () => {
  const path: [string[], string | undefined, string][] = [
    [[], undefined, 'Pending'],
    [['allow'], undefined, 'Allowed'],
    [['deny'], 'app_consent_denied', 'Denied'],
    [['allow', 'revoke'], 'app_consent_denied', 'Revoked'],
    [['deny', 'allow'], undefined, 'Allowed'],
    [['allow', 'revoke', 'allow'], undefined, 'Allowed'],
  ];
  it.each(path)('after %j', async (words, error, state) => {
    await check();
    const [consent] = await list();
    for (const word of words) expect((await decide(consent?.['consentId'] ?? '', word)).status).toBe(200);
    expect((await list())[0]?.['state']).toBe(state);
    const answer = await check();
    if (state === 'Allowed') expect(answer.body).toEqual({ status: 'approved' });
    else expect(answer.body.error).toBe(error ?? 'app_consent_pending');
    expect('body' in answer.body).toBe(false);
  });

  const words = ['allow', 'deny', 'revoke'];
  const allowed: Record<string, string[]> = {
    Pending: ['allow', 'deny'],
    Allowed: ['revoke'],
    Denied: ['allow'],
    Revoked: ['allow'],
  };
  const reach: Record<string, string[]> = {
    Pending: [],
    Allowed: ['allow'],
    Denied: ['deny'],
    Revoked: ['allow', 'revoke'],
  };
  const cells = Object.keys(allowed).flatMap((state) => words.map((word): [string, string] => [state, word]));
  it.each(cells)('%s × %s', async (state, word) => {
    await check();
    const consentId = (await list())[0]?.['consentId'] ?? '';
    for (const step of reach[state] ?? []) await decide(consentId, step);
    const answer = await decide(consentId, word);
    if (allowed[state]?.includes(word)) {
      expect(answer.status).toBe(200);
      expect(answer.body.consentId).toBe(consentId);
    } else {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: 'already_resolved', body: { details: { state } } });
      expect((await list())[0]?.['state']).toBe(state);
    }
  });

  it('refuses other words', async () => {
    await check();
    const consentId = (await list())[0]?.['consentId'] ?? '';
    for (const word of ['Allow', 'approve', '', null, 1]) {
      expect((await decide(consentId, word)).status).toBe(400);
    }
  });
});

describe(rules('CONS-030')`asking the user`, () => {
  it('notifies on the first refusal and not again within ten minutes', async () => {
    await check();
    await check();
    expect(b.notices).toEqual([
      {
        userId: alice.userId,
        notice: {
          consentId: expect.stringMatching(/^cns-[0-9a-f]{24}$/),
          appId: app.appId,
          appName: 'Example Agent',
          developerName: 'Example Ltd',
          kind: 'Agent',
          requestedAt: b.clock.now,
        },
      },
    ]);
    b.clock.now += 599_999;
    await check();
    expect(b.notices.length).toBe(1);
    b.clock.now += 1;
    await check();
    await check();
    expect(b.notices.length).toBe(2);
  });

  it('notifies once when calls race', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => check()));
    expect(answers.filter(({ body }) => body.error === 'app_consent_required').length).toBe(1);
    expect(b.notices.length).toBe(1);
  });

  it('never notifies about a decided consent', async () => {
    await check();
    await decide((await list())[0]?.['consentId'] ?? '', 'deny');
    b.clock.now += 3_600_000;
    await check();
    expect(b.notices.length).toBe(1);
  });
});

describe(rules('GW-230')`what a revocation leaves behind`, () => {
  it('hands what it ended to the live channels and writes the audit log', async () => {
    await check();
    const consentId = (await list())[0]?.['consentId'] ?? '';
    await decide(consentId, 'allow');
    await b.store.run('appendAudit', { at: b.clock.now, kind: 'transport.violation' });
    await decide(consentId, 'revoke');
    expect(b.revocations.at(-1)).toEqual({ pairings: [], exchanges: [] });
    const kinds = (await b.store.run('listAudit', { limit: 4 })).map(({ kind }) => kind);
    expect(kinds).toEqual(['consent.decided', 'transport.violation', 'consent.decided', 'consent.requested']);
    expect(await b.store.run('verifyAudit', {})).toMatchObject({ ok: true });
  });
});

describe(rules('AUTH-030', 'AUTH-020')`other users and roles`, () => {
  it('sees nothing of them', async () => {
    await check();
    const consentId = (await list())[0]?.['consentId'] ?? '';
    const bob = await user(b, 'bob');
    expect((await decide(consentId, 'allow', bob.approver)).status).toBe(404);
    expect((await b.request('GET', '/v1/consents', { headers: bob.approver })).body).toEqual({ items: [] });
    expect((await decide(consentId, 'allow', alice.enforcer)).status).toBe(403);
    expect((await check(alice.approver)).status).toBe(403);
  });

  it('each user answers for himself', async () => {
    await check();
    await decide((await list())[0]?.['consentId'] ?? '', 'allow');
    const bob = await user(b, 'bob');
    const asBob = { ...bob.enforcer, 'X-Client-Id': app.clientId, 'X-Client-Secret': app.clientSecret };
    expect((await check(asBob)).body.error).toBe('app_consent_required');
    expect((await check()).status).toBe(200);
  });
});
