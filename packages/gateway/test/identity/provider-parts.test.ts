import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadIdentityKeys } from '../../src/identity/keys.js';
import { html, renderPage } from '../../src/identity/pages/html.js';
import { createProviderAdapter } from '../../src/identity/provider/adapter.js';
import { providerConfiguration } from '../../src/identity/provider/configuration.js';
import { loadProviderLibrary } from '../../src/identity/provider/load-provider.js';
import { systemPorts } from '../../src/ports.js';
import { type Bench, bench, T } from './support.js';

let b: Bench;
const used = new Error('already used');
const adapter = (model: string) =>
  createProviderAdapter({
    store: b.store,
    ports: { ...systemPorts(), now: () => b.clock.now },
    alreadyUsed: () => used,
  })(model);

beforeAll(async () => {
  b = await bench();
});
afterAll(() => b.close());

describe(rules('AUTH-150')`records of the provider`, () => {
  it('are used up once, also when two try at the same time', async () => {
    const codes = adapter('AuthorizationCode');
    await codes.upsert('code-1', { jti: 'code-1', grantId: 'grant-1', accountId: 'usr-1' }, 60);
    const outcomes = await Promise.allSettled([codes.consume('code-1'), codes.consume('code-1')]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await codes.find('code-1')).toMatchObject({ jti: 'code-1', accountId: 'usr-1', consumed: true });
    await expect(codes.consume('code-1')).rejects.toBe(used);
  });

  it('keep a secret id as its hash only', async () => {
    const codes = adapter('AuthorizationCode');
    await codes.upsert('code-2', { jti: 'code-2', grantId: 'grant-2' }, 60);
    const { readFileSync, readdirSync } = await import('node:fs');
    const files = readdirSync(b.dataDir).map((name) => readFileSync(`${b.dataDir}/${name}`));
    expect(Buffer.concat(files).includes('grant-2')).toBe(true);
    expect(Buffer.concat(files).includes('code-2')).toBe(false);
  });

  it('go with their grant, by their id, and when they are over', async () => {
    const codes = adapter('AuthorizationCode');
    for (const id of ['a', 'b', 'c']) await codes.upsert(id, { jti: id, grantId: id === 'a' ? 'one' : 'two' }, 60);
    await codes.revokeByGrantId('one');
    await codes.destroy('b');
    expect([await codes.find('a'), await codes.find('b')]).toEqual([undefined, undefined]);
    expect(await codes.find('c')).toBeDefined();
    b.clock.now += 60_000;
    await b.identity.sweep(b.clock.now);
    expect(await codes.find('c')).toBeUndefined();
  });

  it('find a session by its uid, and replace what is stored again', async () => {
    const sessions = adapter('Session');
    await sessions.upsert('s-1', { jti: 's-1', uid: 'u-1' }, 60);
    await sessions.upsert('s-1', { jti: 's-1', uid: 'u-1', accountId: 'usr-1' }, 60);
    expect(await sessions.findByUid('u-1')).toEqual({ jti: 's-1', uid: 'u-1', accountId: 'usr-1' });
    expect(await sessions.findByUid('u-2')).toBeUndefined();
  });

  it('know no family of a client that does not exist', async () => {
    const tokens = adapter('RefreshToken');
    const payload = { accountId: 'usr-1', clientId: 'nobody', grantId: 'g', exp: T / 1000 };
    await expect(tokens.upsert('r', payload, 60)).rejects.toThrow(TypeError);
  });
});

describe('the login prompt', () => {
  it('comes up in every authorization, whatever the session says', async () => {
    const { interactionPolicy } = await loadProviderLibrary();
    const configuration = providerConfiguration({
      publicUrl: 'https://gateway.example',
      approverOrigin: 'https://gateway.example',
      keys: await loadIdentityKeys(b.store, systemPorts()),
      adapter,
      policy: interactionPolicy,
      accountExists: async () => true,
      renderError: () => undefined,
    });
    const [login] = configuration.interactions?.policy ?? [];
    const check = login?.checks.find(({ reason }) => reason === 'every_time');
    const oidc = { session: { accountId: 'usr-1' } };
    expect(await check?.check({ oidc } as never)).toBe(true);
    expect(await check?.check({ oidc: { ...oidc, result: { login: {} } } } as never)).toBe(false);
  });
});

describe(rules('AUTH-100')`keys of the provider`, () => {
  it('are made once and read again', async () => {
    const [one, two] = await Promise.all([0, 1].map(() => loadIdentityKeys(b.store, systemPorts())));
    expect(one?.privateJwk).toEqual(two?.privateJwk);
    expect(one?.cookieKeys).toEqual(two?.cookieKeys);
  });
});

describe('markup', () => {
  it('never lets a value become markup', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const { markup } = html`<p title="${value}">${value}</p>`;
        expect(markup.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).toMatch(/^<p title="[^<>"'&]*">[^<>"'&]*<\/p>$/s);
      }),
    );
    expect(html`<b>${html`<i>${'<'}</i>`}</b>`.markup).toBe('<b><i>&lt;</i></b>');
  });

  it('gives every page its policy', () => {
    const page = renderPage({ title: '<x>', main: html`<p></p>`, formTarget: 'http://localhost:1' });
    expect(page.body).toContain('<title>&lt;x&gt;</title>');
    expect(page.headers['Content-Security-Policy']).toContain("form-action 'self' http://localhost:1;");
  });
});
