import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../identity/browser.js';
import { type Bench, bench, user } from '../identity/support.js';

let b: Bench;
let origin: string;
beforeAll(async () => {
  b = await bench();
  origin = await b.listen();
  await user(b, 'alice');
});
afterAll(() => b.close());

const start = async () => (await b.request('POST', '/v1/auth/device')).body as { userCode: string; deviceCode: string };
const oneTimeCode = async () => (await b.identity.admin.enrollApprover('alice')).enrollmentCode;
const decided = async (deviceCode: string) =>
  (await b.request('POST', '/v1/auth/device/token', { body: { deviceCode } })).body.error !== 'authorization_pending';
const later = () => {
  b.clock.now += 600_000;
};

describe('what a page may do', () => {
  it.each(['/device', '/device/', '/device?user_code=000000'])(
    '%s: no script, no frame, no foreign form',
    async (path) => {
      later();
      const page = await fetch(`${origin}${path}`);
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self'");
      expect(policy).not.toContain('unsafe');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.headers.get('set-cookie')).toBeNull();
      const text = await page.text();
      expect(text).not.toContain('<script');
    },
  );

  it('shows nothing of what it was given as markup', async () => {
    later();
    const nasty = '"><img src=x onerror=alert(1)>';
    const page = await fetch(`${origin}/device?user_code=${encodeURIComponent(nasty)}`);
    expect(await page.text()).not.toContain('<img');
  });
});

describe(rules('AUTH-200')`deciding for somebody else`, () => {
  it('a form from another site decides nothing', async () => {
    later();
    const { userCode, deviceCode } = await start();
    const code = await oneTimeCode();
    for (const Origin of ['https://evil.example', 'null', `${origin}.evil`]) {
      const answer = await new Browser().post(
        `${origin}/device`,
        { user_code: userCode, code, decision: 'allow' },
        { Origin },
      );
      expect(answer.status).toBe(403);
    }
    expect(await decided(deviceCode)).toBe(false);
    const own = await new Browser().post(`${origin}/device`, { user_code: userCode, code, decision: 'allow' });
    expect(own.status).toBe(200);
    expect(await decided(deviceCode)).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['a wrong one-time code', { code: 'enr-00000000000000000000000000000000' }],
    ['a name alone', { name: 'alice' }],
    ['a name and a password, before one was set', { name: 'alice', password: '' }],
    ['an unknown name', { name: 'mallory', password: 'correct horse battery' }],
  ])('%s decides nothing', async (_what, fields) => {
    later();
    const { userCode, deviceCode } = await start();
    for (const decision of ['allow', 'deny']) {
      const answer = await new Browser().post(`${origin}/device`, { user_code: userCode, decision, ...fields });
      expect(answer.status).toBe(403);
    }
    expect(await decided(deviceCode)).toBe(false);
  });

  it('a one-time code logs in once', async () => {
    later();
    const code = await oneTimeCode();
    const [one, two] = [await start(), await start()];
    const post = (userCode: string) =>
      new Browser().post(`${origin}/device`, { user_code: userCode, code, decision: 'allow' });
    expect((await post(one.userCode)).status).toBe(200);
    expect((await post(two.userCode)).status).toBe(403);
    expect(await decided(two.deviceCode)).toBe(false);
  });
});

describe(rules('AUTH-095')`passwords`, () => {
  it('exist only once the user sets one with a one-time code', async () => {
    later();
    const login = async (fields: Record<string, string>) => {
      const { userCode } = await start();
      return (await new Browser().post(`${origin}/device`, { user_code: userCode, decision: 'allow', ...fields }))
        .status;
    };
    expect(await login({ name: 'alice', password: 'correct horse battery' })).toBe(403);
    const code = await oneTimeCode();
    expect(await login({ code, new_password: 'short' })).toBe(403);
    expect(await login({ code, new_password: 'correct horse battery' })).toBe(200);
    expect(await login({ name: 'alice', password: 'correct horse battery' })).toBe(200);
    expect(await login({ name: 'ALICE', password: 'correct horse battery' })).toBe(200);
    expect(await login({ name: 'alice', password: 'correct horse batterx' })).toBe(403);
  });

  it('are guessed ten times in ten minutes, over all names of an address', async () => {
    later();
    const { userCode } = await start();
    const guess = async (name: string) =>
      (
        await new Browser().post(`${origin}/device`, {
          user_code: userCode,
          decision: 'allow',
          name,
          password: 'wrong wrong wrong',
        })
      ).status;
    const answers: number[] = [];
    for (let round = 0; round < 12; round += 1) answers.push(await guess(`name${round}`));
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 403), 429, 429]);
  });
});

describe(rules('AUTH-190')`guessing user codes before anybody signed in`, () => {
  it('stops after five wrong ones', async () => {
    later();
    const { userCode } = await start();
    const open = async (code: string) => (await fetch(`${origin}/device?user_code=${code}`)).status;
    const wrong = userCode === '000000' ? '111111' : '000000';
    for (let guess = 0; guess < 5; guess += 1) expect(await open(wrong)).toBe(404);
    expect(await open(userCode)).toBe(429);
  });
});

describe('forms that are none', () => {
  it.each([
    ['JSON', '/device', 'application/json', '{}', 415],
    ['a large one', '/device', 'application/x-www-form-urlencoded', `a=${'x'.repeat(20_000)}`, 413],
    ['a repeated member', '/idp/device', 'application/x-www-form-urlencoded', 'client_id=a&client_id=b', 400],
    ['an unknown client', '/idp/device', 'application/x-www-form-urlencoded', 'client_id=nobody', 400],
  ])('%s', async (_what, path, type, body, status) => {
    const answer = await fetch(`${origin}${path}`, { method: 'POST', headers: { 'Content-Type': type }, body });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { error: string }).error).toMatch(/^[a-z_]+$/);
  });

  it('unknown pages are 404', async () => {
    const answer = await fetch(`${origin}/idp/nothing`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const lost = await fetch(`${origin}/idp/interaction/${'a'.repeat(43)}`);
    expect(lost.status).toBe(400);
  });
});

describe(rules('GW-190')`floods`, () => {
  it('are limited per address', async () => {
    const small = await bench({ perMinute: 3 });
    const flooded = await small.listen();
    const statuses: number[] = [];
    for (let call = 0; call < 5; call += 1) {
      const answer = await fetch(`${flooded}/idp/jwks`);
      statuses.push(answer.status);
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await small.close();
  });
});
