import { rules } from '@airlock/conformance';
import { isSafeVerificationUri } from '@airlock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, bearer, bench, deviceTokens, user } from './support.js';

let b: Bench;
let alice: Awaited<ReturnType<typeof user>>;

beforeEach(async () => {
  b = await bench();
  alice = await user(b, 'alice');
});
afterEach(() => b.close());

const start = async () => (await b.request('POST', '/v1/auth/device', { body: {} })).body;
const poll = (deviceCode: unknown) => b.request('POST', '/v1/auth/device/token', { body: { deviceCode } });
const verify = (userCode: string, decision = 'allow', headers: Record<string, string> = alice.approver) =>
  b.request('POST', '/v1/auth/device/verify', { headers, body: { userCode, decision } });
const pending = (userCode: string, headers: Record<string, string> = alice.approver) =>
  b.request('GET', `/v1/auth/device/pending/${userCode}`, { headers });
const refresh = (refreshToken: string, path = '/v1/auth/refresh') =>
  b.request('POST', path, { body: { refreshToken } });
const works = async (accessToken: string) =>
  (await b.request('GET', '/v1/consent/status', { headers: bearer(accessToken) })).status === 200;

describe(rules('AUTH-170', 'AUTH-190', 'ID-070', 'AUTH-210')`POST /v1/auth/device`, () => {
  it('answers 200 with six digits, a 256-bit code and safe links', async () => {
    const answer = await b.request('POST', '/v1/auth/device');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      deviceCode: expect.stringMatching(/^[\w-]{43}$/),
      userCode: expect.stringMatching(/^\d{6}$/),
      verificationUri: 'https://gateway.example/device',
      verificationUriComplete: `https://gateway.example/device?user_code=${answer.body.userCode}`,
      expiresIn: 600,
      interval: 5,
    });
    expect(isSafeVerificationUri(answer.body.verificationUriComplete)).toBe(true);
  });
});

describe(rules('AUTH-170', 'AUTH-140', 'AUTH-190', 'AUTH-200')`POST /v1/auth/device/token`, () => {
  const WAITING = { completed: false, error: 'authorization_pending' };
  const SLOW = { completed: false, error: 'slow_down' };
  const EXPIRED = { completed: false, error: 'expired_token' };
  const DENIED = { completed: false, error: 'access_denied' };

  it('keeps the pace: five seconds, and five more after every early poll', async () => {
    const { deviceCode } = await start();
    const at = async (seconds: number) => {
      b.clock.now += seconds * 1000;
      const answer = await poll(deviceCode);
      expect(answer.status).toBe(200);
      return answer.body;
    };
    expect(await at(0)).toEqual(WAITING);
    expect(await at(5)).toEqual(WAITING);
    expect(await at(4.999)).toEqual(SLOW);
    expect(await at(9.999)).toEqual(SLOW);
    expect(await at(14.999)).toEqual(SLOW);
    expect(await at(20)).toEqual(WAITING);
  });

  it('answers a decided code at once, also to an early poll', async () => {
    const { deviceCode, userCode } = await start();
    await poll(deviceCode);
    await verify(userCode);
    expect((await poll(deviceCode)).body).toMatchObject({ completed: true });
  });

  it('completes once, for the user who allowed it', async () => {
    const { deviceCode, userCode } = await start();
    expect((await verify(userCode)).body).toEqual({ status: 'allowed' });
    const granted = await poll(deviceCode);
    expect(granted.body).toEqual({
      completed: true,
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.stringMatching(/^rft-[\w-]{43}$/),
      expiresIn: 300,
    });
    expect(await works(granted.body.accessToken)).toBe(true);
    expect((await poll(deviceCode)).body).toEqual(EXPIRED);
  });

  it('two polls at once complete once', async () => {
    const { deviceCode, userCode } = await start();
    await verify(userCode);
    const answers = await Promise.all([poll(deviceCode), poll(deviceCode), poll(deviceCode)]);
    expect(answers.filter(({ body }) => body.completed).length).toBe(1);
  });

  it('tells a refusal and an expiry', async () => {
    const refused = await start();
    await verify(refused.userCode, 'deny');
    expect((await poll(refused.deviceCode)).body).toEqual(DENIED);
    const late = await start();
    await verify(late.userCode);
    b.clock.now += 600_000;
    expect((await poll(late.deviceCode)).body).toEqual(EXPIRED);
  });

  it.each([['unknown'], [''], [7], [null], [undefined]])('answers 200 expired_token to %j', async (code) => {
    const answer = await poll(code);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(EXPIRED);
  });

  it('gives approver rights to nobody', async () => {
    const { accessToken } = await deviceTokens(b, alice.approver);
    const answer = await b.request('GET', '/v1/pats', { headers: bearer(accessToken) });
    expect(answer.status).toBe(403);
  });
});

describe(rules('AUTH-190', 'AUTH-200', 'AUTH-210')`what the approver sees and decides`, () => {
  it('shows label, code and time', async () => {
    const { userCode } = await start();
    expect((await pending(userCode)).body).toEqual({
      userCode,
      clientLabel: 'Plugin sign-in',
      requestedAt: '2026-03-02T14:00:00.000Z',
      address: 'in-process',
    });
    expect((await pending(`${userCode.slice(0, 3)}-${userCode.slice(3)}`)).status).toBe(200);
  });

  it('lets no second decision through', async () => {
    const { userCode } = await start();
    await verify(userCode, 'deny');
    expect((await verify(userCode, 'allow')).status).toBe(404);
    expect((await pending(userCode)).status).toBe(404);
  });

  it('is closed to enforcers and strangers', async () => {
    const { userCode } = await start();
    expect((await verify(userCode, 'allow', alice.enforcer)).status).toBe(403);
    expect((await pending(userCode, alice.enforcer)).status).toBe(403);
    expect((await pending(userCode, {})).status).toBe(401);
  });

  it('refuses other words', async () => {
    const { userCode } = await start();
    for (const word of ['Allow', 'yes', '']) expect((await verify(userCode, word)).status).toBe(400);
  });

  it('limits wrong codes to five per user and ten minutes, over both routes', async () => {
    const { userCode } = await start();
    const wrong = userCode === '000000' ? '000001' : '000000';
    for (const guess of [0, 1, 2]) {
      expect((await pending(wrong)).status, String(guess)).toBe(404);
    }
    expect((await pending(userCode)).status).toBe(200);
    expect((await verify(wrong)).status).toBe(404);
    expect((await verify(wrong)).status).toBe(404);
    const limited = await verify(userCode);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('600');
    const bob = await user(b, 'bob');
    expect((await pending(userCode, bob.approver)).status).toBe(200);
    b.clock.now += 600_000;
    const fresh = await start();
    expect((await verify(fresh.userCode)).status).toBe(200);
  });

  it('guesses made at the same time count too', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_none, guess) => pending(String(guess).padStart(6, '9'))),
    );
    expect(answers.filter(({ status }) => status === 404).length).toBeLessThanOrEqual(5);
  });
});

describe(rules('AUTH-120', 'AUTH-180', 'AUTH-110')`refresh`, () => {
  it.each(['/v1/auth/refresh', '/v1/auth/enforcer/refresh'])('%s rotates', async (path) => {
    const first = await deviceTokens(b, alice.approver);
    const answer = await refresh(first.refreshToken, path);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^rft-/),
      expiresIn: 300,
    });
    expect(answer.body.refreshToken).not.toBe(first.refreshToken);
    expect(await works(answer.body.accessToken)).toBe(true);
  });

  it('gives a predecessor the same answer for 60 s, on either route and to racing processes', async () => {
    const { refreshToken } = await deviceTokens(b, alice.approver);
    const paths = ['/v1/auth/refresh', '/v1/auth/enforcer/refresh', '/v1/auth/refresh'];
    const answers = await Promise.all(paths.map((path) => refresh(refreshToken, path)));
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
    b.clock.now += 59_999;
    expect((await refresh(refreshToken)).body).toEqual(answers[0]?.body);
    expect((await refresh(answers[0]?.body.refreshToken)).status).toBe(200);
  });

  it('after 60 s a predecessor ends its whole family', async () => {
    const { refreshToken } = await deviceTokens(b, alice.approver);
    const { body } = await refresh(refreshToken);
    b.clock.now += 60_000;
    const reused = await refresh(refreshToken);
    expect(reused.status).toBe(401);
    expect(reused.body.code).toBe('unauthorized');
    expect(await works(body.accessToken)).toBe(false);
    expect((await refresh(body.refreshToken)).status).toBe(401);
    const log = await b.store.run('listAudit', { limit: 5 });
    expect(log.map(({ kind, details }) => [kind, JSON.parse(details).reason])).toContainEqual([
      'token.revoked',
      'reuse',
    ]);
  });

  it('keeps other families alive when one ends', async () => {
    const one = await deviceTokens(b, alice.approver);
    const other = await deviceTokens(b, alice.approver);
    await refresh(one.refreshToken);
    b.clock.now += 61_000;
    await refresh(one.refreshToken);
    expect(await works(other.accessToken)).toBe(true);
  });

  it('dies after 30 days unused and after 180 days in any case', async () => {
    const DAY = 86_400_000;
    const idle = await deviceTokens(b, alice.approver);
    let { refreshToken } = await deviceTokens(b, alice.approver);
    const begun = b.clock.now;
    b.clock.now = begun + 30 * DAY - 1;
    refreshToken = (await refresh(refreshToken)).body.refreshToken;
    b.clock.now = begun + 30 * DAY;
    expect((await refresh(idle.refreshToken)).status).toBe(401);
    for (let day = 50; day < 180; day += 20) {
      b.clock.now = begun + day * DAY;
      refreshToken = (await refresh(refreshToken)).body.refreshToken;
    }
    b.clock.now = begun + 180 * DAY - 1;
    refreshToken = (await refresh(refreshToken)).body.refreshToken;
    b.clock.now = begun + 180 * DAY;
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('refuses what it does not know and what is no refresh request', async () => {
    expect((await refresh('rft-unknown')).status).toBe(401);
    expect((await b.request('POST', '/v1/auth/refresh', { body: {} })).status).toBe(400);
  });

  it('survives the sweep, which only forgets old answers', async () => {
    const { refreshToken } = await deviceTokens(b, alice.approver);
    const { body } = await refresh(refreshToken);
    await b.identity.sweep(b.clock.now);
    expect((await refresh(refreshToken)).body).toEqual(body);
    b.clock.now += 60_000;
    await b.identity.sweep(b.clock.now);
    expect((await refresh(body.refreshToken)).status).toBe(200);
  });
});

describe(rules('AUTH-100')`lifetime of access tokens`, () => {
  it('is 300 s', async () => {
    const { accessToken } = await deviceTokens(b, alice.approver);
    b.clock.now += 299_000;
    expect(await works(accessToken)).toBe(true);
    b.clock.now += 1_000;
    expect(await works(accessToken)).toBe(false);
  });
});

describe(rules('GW-270')`POST /v1/auth/logout`, () => {
  it('ends the family at once', async () => {
    const { accessToken, refreshToken } = await deviceTokens(b, alice.approver);
    const answer = await b.request('POST', '/v1/auth/logout', { body: { refreshToken } });
    expect(answer).toMatchObject({ status: 200, body: { status: 'signed_out' } });
    expect(await works(accessToken)).toBe(false);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('answers an unknown token alike', async () => {
    const answer = await b.request('POST', '/v1/auth/logout', { body: { refreshToken: 'rft-x' } });
    expect(answer).toMatchObject({ status: 200, body: { status: 'signed_out' } });
  });
});

describe(rules('ID-180')`what the store keeps of tokens and codes`, () => {
  it('holds none of them as they were handed out', async () => {
    const { deviceCode } = await start();
    const { refreshToken } = await deviceTokens(b, alice.approver);
    const { body } = await refresh(refreshToken);
    const { enrollmentCode } = await b.identity.admin.enrollApprover('alice');
    const { readFileSync, readdirSync } = await import('node:fs');
    const bytes = Buffer.concat(readdirSync(b.dataDir).map((name) => readFileSync(`${b.dataDir}/${name}`)));
    expect(bytes.includes('SQLite format 3')).toBe(true);
    const secrets = [
      deviceCode,
      refreshToken,
      body.refreshToken,
      body.accessToken,
      enrollmentCode,
      alice.approverPat.pat,
    ];
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
  });
});
