import { rules } from '@airlock/conformance';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretHash } from '../../src/identity/secrets.js';
import { Browser } from './browser.js';
import { type Bench, bearer, bench, user } from './support.js';

const CALLBACK = 'http://localhost:52431/callback';

let b: Bench;
let origin: string;

beforeAll(async () => {
  b = await bench({ realTime: true });
  origin = await b.listen();
  await user(b, 'alice');
});
afterAll(() => b.close());

async function client(clientId = 'airlock-integrations'): Promise<oidc.Configuration> {
  return await oidc.discovery(new URL(`${origin}/idp`), clientId, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  });
}

async function oneTimeCode(): Promise<string> {
  return (await b.identity.admin.enrollApprover('alice')).enrollmentCode;
}

/** Signs in by the code grant and returns the URL that the browser ends at, in the program's own hands. */
async function authorize(
  config: oidc.Configuration,
  parameters: Record<string, string> = {},
  fields: Record<string, string> = {},
): Promise<{ callback: URL; verifier: string; state: string; browser: Browser }> {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...parameters,
  });
  const browser = new Browser();
  const page = await browser.follow(url.href);
  const answer = await browser.post(page.url, {
    code: await oneTimeCode(),
    decision: 'allow',
    ...fields,
  });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`the page answered ${answer.status}`);
  const end = await browser.follow(location);
  return { callback: new URL(end.url), verifier, state, browser };
}

async function codeTokens(config: oidc.Configuration) {
  const { callback, verifier, state } = await authorize(config);
  return await oidc.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
}

async function works(accessToken: string): Promise<boolean> {
  const answer = await fetch(`${origin}/v1/consent/status`, { headers: bearer(accessToken) });
  return answer.status === 200;
}

async function form(path: string, fields: Record<string, string>): Promise<Response> {
  return await fetch(`${origin}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
}

describe(rules('GW-270', 'GW-090')`discovery of the embedded provider`, () => {
  it('has every endpoint below idp.baseUrl, as JSON without parameters and never stored', async () => {
    const answer = await fetch(`${origin}/idp/.well-known/openid-configuration`);
    const metadata = (await answer.json()) as Record<string, unknown>;
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(metadata).toMatchObject({
      issuer: `${origin}/idp`,
      authorization_endpoint: `${origin}/idp/authorize`,
      token_endpoint: `${origin}/idp/token`,
      device_authorization_endpoint: `${origin}/idp/device`,
      revocation_endpoint: `${origin}/idp/revoke`,
      jwks_uri: `${origin}/idp/jwks`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
    });
    const keys = (await (await fetch(`${origin}/idp/jwks/`)).json()) as { keys: object[] };
    expect(keys.keys).toEqual([expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' })]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  it('stays under the public URL whatever Host and proxy headers say', async () => {
    const answer = await fetch(`${origin}/idp/.well-known/openid-configuration`, {
      headers: { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
    });
    const metadata = (await answer.json()) as Record<string, unknown>;
    expect(metadata['token_endpoint']).toBe(`${origin}/idp/token`);
  });
});

describe(rules('AUTH-110', 'AUTH-070', 'AUTH-200', 'ID-070')`device grant by openid-client`, () => {
  it('is allowed on the verification page by a one-time code and yields enforcer tokens', async () => {
    const config = await client();
    const started = await oidc.initiateDeviceAuthorization(config, { scope: 'openid profile email' });
    expect(started.user_code).toMatch(/^\d{6}$/);
    expect(started.expires_in).toBe(600);
    expect(started.interval).toBe(5);
    const browser = new Browser();
    const page = await browser.open(started.verification_uri_complete ?? '');
    expect(await page.text()).toContain('Enforcer sign-in');
    const done = await browser.post(started.verification_uri, {
      user_code: started.user_code,
      code: await oneTimeCode(),
      decision: 'allow',
    });
    expect(done.status).toBe(200);
    expect(browser.cookieNames).toEqual([]);
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.01 });
    expect(tokens.refresh_token).toEqual(expect.any(String));
    expect(tokens.expires_in).toBe(300);
    expect(await works(tokens.access_token)).toBe(true);
    const denied = await fetch(`${origin}/v1/pats`, { headers: bearer(tokens.access_token) });
    expect(denied.status).toBe(403);
  });

  it('hears the refusal of the user', async () => {
    const config = await client();
    const started = await oidc.initiateDeviceAuthorization(config, {});
    await new Browser().post(`${origin}/device`, {
      user_code: started.user_code,
      code: await oneTimeCode(),
      decision: 'deny',
    });
    await expect(oidc.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.01 })).rejects.toMatchObject({
      error: 'access_denied',
    });
  });

  it('of the client airlock-approver yields an approver', async () => {
    const config = await client('airlock-approver');
    const started = await oidc.initiateDeviceAuthorization(config, {});
    const page = await new Browser().open(`${origin}/device?user_code=${started.user_code}`);
    expect(await page.text()).toContain('APPROVER sign-in');
    await new Browser().post(`${origin}/device`, {
      user_code: started.user_code,
      code: await oneTimeCode(),
      decision: 'allow',
    });
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.01 });
    const pats = await fetch(`${origin}/v1/pats`, { headers: bearer(tokens.access_token) });
    expect(pats.status).toBe(200);
    expect(await works(tokens.access_token)).toBe(false);
  });
});

describe(rules('AUTH-150', 'AUTH-160', 'AUTH-110')`authorization code with PKCE`, () => {
  it('ends at the loopback callback with unreserved characters and yields working tokens', async () => {
    const config = await client();
    const { callback, verifier, state } = await authorize(config);
    expect(`${callback.origin}${callback.pathname}`).toBe(CALLBACK);
    expect(callback.searchParams.get('code')).toMatch(/^[A-Za-z0-9._~-]+$/);
    expect(callback.searchParams.get('state')).toBe(state);
    const tokens = await oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    expect(tokens.refresh_token).toEqual(expect.any(String));
    expect(tokens.scope).toBe('openid profile email');
    expect(await works(tokens.access_token)).toBe(true);
    expect(tokens.id_token).toEqual(expect.any(String));
    expect(await works(tokens.id_token ?? '')).toBe(false);
  });

  it.each(['http://localhost:1/callback', 'http://127.0.0.1:65000/callback'])('accepts %s', async (redirect_uri) => {
    const { callback } = await authorize(await client(), { redirect_uri });
    expect(callback.href.startsWith(redirect_uri)).toBe(true);
  });

  const refused: [string, Record<string, string>][] = [
    ['another path', { redirect_uri: 'http://localhost:52431/other' }],
    ['another host', { redirect_uri: 'http://example.com/callback' }],
    ['https on loopback', { redirect_uri: 'https://localhost:52431/callback' }],
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['PKCE plain', { code_challenge_method: 'plain' }],
    ['a state with reserved characters', { state: 'a+b/c=' }],
    ['the implicit grant', { response_type: 'token' }],
  ];
  it.each(refused)('refuses %s', async (_what, parameters) => {
    await expect(authorize(await client(), parameters)).rejects.toThrow();
  });

  it('takes a code once, and a second use ends what came of the first', async () => {
    const config = await client();
    const { callback, verifier, state } = await authorize(config);
    const check = { pkceCodeVerifier: verifier, expectedState: state };
    const tokens = await oidc.authorizationCodeGrant(config, callback, check);
    await expect(oidc.authorizationCodeGrant(config, callback, check)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await works(tokens.access_token)).toBe(false);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
  });

  it('refuses a code with another verifier', async () => {
    const config = await client();
    const { callback, state } = await authorize(config);
    await expect(
      oidc.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: state,
      }),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  });

  it('two redemptions at once give one answer', async () => {
    const config = await client();
    const { callback, verifier, state } = await authorize(config);
    const redeem = () =>
      oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier, expectedState: state });
    const outcomes = await Promise.allSettled([redeem(), redeem(), redeem()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('tells the program when the user refuses', async () => {
    const { callback } = await authorize(await client(), {}, { decision: 'deny' });
    expect(callback.searchParams.get('error')).toBe('access_denied');
  });

  it('asks for the login again every time', async () => {
    const config = await client();
    const { browser } = await authorize(config);
    const session = browser.cookie('_session');
    expect(session).toMatch(/^[\w-]{20,}$/);
    const record = { model: 'Session', idHash: secretHash(session ?? '') };
    expect(await b.store.run('findOidcRecord', record)).toBeUndefined();
    const again = await browser.follow(
      oidc.buildAuthorizationUrl(config, {
        redirect_uri: CALLBACK,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      }).href,
    );
    expect(again.response.status).toBe(200);
    expect(again.url).toContain('/idp/interaction/');
  });
});

describe(rules('AUTH-120', 'AUTH-180')`refresh`, () => {
  it('rotates, and reuse of an old token ends the family at once', async () => {
    const config = await client();
    const first = await codeTokens(config);
    const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await works(second.access_token)).toBe(true);
    await expect(oidc.refreshTokenGrant(config, first.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await works(second.access_token)).toBe(false);
    await expect(oidc.refreshTokenGrant(config, second.refresh_token ?? '')).rejects.toThrow();
  });

  it('is interchangeable between both families of routes', async () => {
    const config = await client();
    const first = await codeTokens(config);
    const plugin = await b.request('POST', '/v1/auth/enforcer/refresh', {
      body: { refreshToken: first.refresh_token },
    });
    expect(plugin.status).toBe(200);
    const back = await oidc.refreshTokenGrant(config, plugin.body.refreshToken);
    const cli = await b.request('POST', '/v1/auth/refresh', {
      body: { refreshToken: back.refresh_token },
    });
    expect(cli.status).toBe(200);
    expect(await works(cli.body.accessToken)).toBe(true);
  });

  it('refuses the token of another client', async () => {
    const first = await codeTokens(await client());
    await expect(
      oidc.refreshTokenGrant(await client('airlock-approver'), first.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe(rules('AUTH-130')`token endpoint answers`, () => {
  const urn = 'urn:ietf:params:oauth:grant-type:device_code';
  const base = { client_id: 'airlock-integrations' };
  const failures: [string, Record<string, string>, string][] = [
    ['unknown client', { client_id: 'nobody', grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_client'],
    ['no client', { grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_request'],
    ['no grant type', { ...base }, 'invalid_request'],
    ['unknown grant type', { ...base, grant_type: 'password' }, 'invalid_request'],
    ['unknown code', { ...base, grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK }, 'invalid_grant'],
    ['unknown refresh token', { ...base, grant_type: 'refresh_token', refresh_token: 'x' }, 'invalid_grant'],
    ['missing refresh token', { ...base, grant_type: 'refresh_token' }, 'invalid_request'],
    ['unknown device code', { ...base, grant_type: urn, device_code: 'x' }, 'invalid_grant'],
    ['missing device code', { ...base, grant_type: urn }, 'invalid_request'],
  ];
  it.each(failures)('%s', async (_what, fields, error) => {
    const answer = await form('/idp/token', fields);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('www-authenticate')).toBeNull();
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body['error']).toBe(error);
    expect(Object.keys(body).filter((key) => key !== 'error' && key !== 'error_description')).toEqual([]);
  });

  it(rules('AUTH-140')('answers slow_down to a poll that comes early'), async () => {
    const started = (await (await form('/idp/device', base)).json()) as Record<string, string>;
    const fields = { ...base, grant_type: urn, device_code: started['device_code'] ?? '' };
    expect(await (await form('/idp/token', fields)).json()).toMatchObject({ error: 'authorization_pending' });
    expect(await (await form('/idp/token', fields)).json()).toMatchObject({ error: 'slow_down' });
  });

  it('is exactly 200 on success', async () => {
    const config = await client();
    const first = await codeTokens(config);
    const answer = await form('/idp/token', {
      ...base,
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token ?? '',
    });
    expect(answer.status).toBe(200);
    expect(Object.keys((await answer.json()) as object).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
  });
});

describe(rules('GW-270')`revocation endpoint`, () => {
  it('ends the family by its refresh token', async () => {
    const config = await client();
    const tokens = await codeTokens(config);
    await oidc.tokenRevocation(config, tokens.refresh_token ?? '');
    expect(await works(tokens.access_token)).toBe(false);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
  });

  it('ends the family by its access token', async () => {
    const config = await client();
    const tokens = await codeTokens(config);
    await oidc.tokenRevocation(config, tokens.access_token);
    expect(await works(tokens.access_token)).toBe(false);
  });

  const harmless: [string, Record<string, string>][] = [
    ['an unknown token', { client_id: 'airlock-integrations', token: 'nothing' }],
    ['no token', { client_id: 'airlock-integrations' }],
    ['an unknown client', { client_id: 'nobody', token: 'nothing' }],
  ];
  it.each(harmless)('answers 200 {} to %s', async (_what, fields) => {
    const answer = await form('/idp/revoke', fields);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({});
  });
});

describe(rules('GW-220')`cross-origin answers of the provider`, () => {
  it.each(['/idp/jwks', '/idp/.well-known/openid-configuration'])('%s: only the approver page', async (path) => {
    const foreign = await fetch(`${origin}${path}`, { headers: { Origin: 'https://evil.example' } });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const own = await fetch(`${origin}${path}`, { headers: { Origin: origin } });
    expect(own.headers.get('access-control-allow-origin')).toBe(origin);
  });
});
