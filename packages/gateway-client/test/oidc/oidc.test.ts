import { describe, expect, it } from 'vitest';
import { rules } from '@airlock/conformance';
import { createGatewayClient, createOidcClient } from '../../src/index.js';
import { type Answer, memoryTransport } from '../memory-transport.js';

const BASE = 'https://gateway.example/idp';
const CONFIGURATION = {
  issuer: BASE,
  authorization_endpoint: `${BASE}/authorize`,
  token_endpoint: `${BASE}/token`,
  device_authorization_endpoint: `${BASE}/device`,
  revocation_endpoint: `${BASE}/revoke`,
  jwks_uri: `${BASE}/jwks`,
};
const DEVICE = {
  device_code: 'dc',
  user_code: '482913',
  verification_uri: 'https://gateway.example/device',
  verification_uri_complete: 'https://gateway.example/device?user_code=482913',
  expires_in: 600,
  interval: 5,
};

function provider(answers: Readonly<Record<string, Answer>>, baseUrl = BASE) {
  const memory = memoryTransport(({ url }) => {
    const name = url.slice(url.lastIndexOf('/') + 1);
    return answers[name] ?? { status: 200, body: CONFIGURATION };
  });
  const oidc = createOidcClient({ baseUrl, clientId: 'airlock-integrations', transport: memory.transport });
  return { ...memory, oidc };
}

const failed = (error: string, status = 400): Answer => ({ status, body: { error } });

describe('the description of the provider', () => {
  it('is read once and its issuer must be the one that was asked', async () => {
    const { oidc, sent } = provider({ jwks: { status: 200, body: { keys: [] } } });
    await oidc.jwks();
    await oidc.jwks();
    expect(sent.map(({ url }) => url)).toEqual([
      `${BASE}/.well-known/openid-configuration`,
      `${BASE}/jwks`,
      `${BASE}/jwks`,
    ]);
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example' }, 'malformed_response'],
    ['a plain http endpoint', { token_endpoint: 'http://gateway.example/token' }, 'insecure_gateway_url'],
    ['no endpoint', { token_endpoint: '' }, 'malformed_response'],
  ])('%s is refused', async (_, change, code) => {
    const { oidc } = provider({ 'openid-configuration': { status: 200, body: { ...CONFIGURATION, ...change } } });
    await expect(oidc.refresh('rft-1')).rejects.toMatchObject({ code });
  });

  it(rules('GW-040')`is never asked for over plain http`, () => {
    expect(() => provider({}, 'http://gateway.example/idp')).toThrowError(
      expect.objectContaining({ code: 'insecure_gateway_url' }),
    );
  });
});

describe('a device grant', () => {
  it.each([
    ['authorization_pending', 'pending'],
    ['slow_down', 'slow_down'],
    ['expired_token', 'expired'],
    ['access_denied', 'denied'],
  ])('%s is the poll result %s', async (error, status) => {
    const { oidc } = provider({ token: failed(error) });
    expect(await oidc.pollDevice('dc')).toEqual({ status });
  });

  it.each(['invalid_grant', 'invalid_client', 'something_else'])('%s is an error with that code', async (error) => {
    const { oidc } = provider({ token: failed(error) });
    await expect(oidc.pollDevice('dc')).rejects.toMatchObject({ code: error, status: 400 });
  });

  it('an error that is no OAuth error keeps its status', async () => {
    const { oidc } = provider({ token: { status: 400, bytes: new TextEncoder().encode('<html>') } });
    await expect(oidc.pollDevice('dc')).rejects.toMatchObject({ code: 'unexpected_status', status: 400 });
  });
});

describe('tokens', () => {
  it('a used refresh token is unauthorized, an outage is not', async () => {
    await expect(provider({ token: failed('invalid_grant') }).oidc.refresh('rft-1')).rejects.toMatchObject({
      kind: 'unauthorized',
      code: 'invalid_grant',
    });
    await expect(provider({ token: { status: 503 } }).oidc.refresh('rft-1')).rejects.toMatchObject({
      kind: 'rejected',
      retryable: true,
    });
  });

  it('a refresh is never repeated by itself: it would use the token twice', async () => {
    const { oidc, sent } = provider({ token: { status: 503 } });
    await oidc.refresh('rft-1').catch(() => undefined);
    expect(sent.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1);
  });

  it('an answer without a refresh token is refused', async () => {
    const { oidc } = provider({
      token: { status: 200, body: { access_token: 'a', refresh_token: null, token_type: 'Bearer', expires_in: 3600 } },
    });
    await expect(oidc.refresh('rft-1')).rejects.toMatchObject({ code: 'malformed_response' });
  });
});

describe('the authorization URL', () => {
  it('asks for a code with S256', async () => {
    const url = new URL(
      await provider({}).oidc.authorizationUrl({
        redirectUri: 'http://localhost:1/callback',
        state: 's',
        codeChallenge: 'c',
      }),
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'airlock-integrations',
      redirect_uri: 'http://localhost:1/callback',
      scope: 'openid profile email',
      state: 's',
      code_challenge: 'c',
      code_challenge_method: 'S256',
    });
  });
});

describe('pages that must not be opened', () => {
  it.each([
    'http://gateway.example/device',
    'javascript:alert(1)',
    'https://gateway.example/device?code=$(id)',
    'https://gateway.example/device code',
    'https://gateway.example/#x',
  ])('%s', async (verification_uri) => {
    const { oidc } = provider({ device: { status: 200, body: { ...DEVICE, verification_uri } } });
    await expect(oidc.startDevice()).rejects.toMatchObject({ code: 'invalid_verification_uri' });
    const { transport } = memoryTransport(() => ({
      status: 200,
      body: {
        deviceCode: 'dc',
        userCode: '482913',
        verificationUri: 'https://gateway.example/device',
        verificationUriComplete: verification_uri,
        expiresIn: 600,
        interval: 5,
      },
    }));
    const { auth } = createGatewayClient({ origin: 'https://gateway.example', transport });
    await expect(auth.startDevice()).rejects.toMatchObject({ code: 'invalid_verification_uri' });
  });
});
