import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { type Credentials, createGatewayClient, createOidcClient, GatewayError, NO_RETRY } from '../../src/index.js';
import { memoryTransport } from '../memory-transport.js';
import { CALLS } from './calls.js';
import { type EndpointVector, GATEWAY_MESSAGES } from './gateway-messages.js';

const ORIGIN = 'https://gateway.example';
/** Upgrades, streams and the redirect of the authorization endpoint have tests of their own. */
const ELSEWHERE = /^GET (?:\/v1\/ws|\/v1\/sse\/.*|authorization_endpoint)$/;
const OIDC = /endpoint$|jwks_uri$|openid-configuration$/;
const CONFIGURATION = GATEWAY_MESSAGES.endpoints.find((vector) => vector.id.startsWith('get-base'));

function credentialsOf(headers: Readonly<Record<string, string>>): Credentials {
  const pat = headers['X-PAT'];
  const token = headers['Authorization']?.slice('Bearer '.length);
  const clientId = headers['X-Client-Id'];
  const clientSecret = headers['X-Client-Secret'];
  return {
    user:
      pat !== undefined
        ? { kind: 'pat', pat }
        : token !== undefined
          ? { kind: 'bearer', token: () => Promise.resolve(token) }
          : { kind: 'none' },
    ...(clientId === undefined || clientSecret === undefined ? {} : { app: { clientId, clientSecret } }),
  };
}

function dynamicSegments({ route, request }: EndpointVector): readonly string[] {
  const pattern = (route.split(' ')[1] ?? '').replace(/\{[^}]+\}/g, '([^/]+)');
  return new RegExp(`^${pattern}/?$`).exec(request.path)?.slice(1) ?? [];
}

async function run(vector: EndpointVector) {
  const memory = memoryTransport(({ url }) =>
    url.endsWith('/.well-known/openid-configuration') && CONFIGURATION !== undefined
      ? CONFIGURATION.response
      : vector.response,
  );
  const { transport } = memory;
  const client = createGatewayClient({
    origin: ORIGIN,
    transport,
    credentials: credentialsOf(vector.request.headers),
    retry: NO_RETRY,
  });
  const oidc = createOidcClient({ baseUrl: `${ORIGIN}/idp`, clientId: 'airlock-integrations', transport });
  if (OIDC.test(vector.route)) await oidc.configuration();
  if (OIDC.test(vector.route) && !vector.route.endsWith('configuration')) memory.sent.length = 0;
  const call = CALLS[vector.route];
  if (call === undefined) throw new Error(`no call for ${vector.route}`);
  const result = await call({ client, oidc }, vector.request, dynamicSegments(vector)).catch((error: unknown) => error);
  return { result, sent: memory.sent };
}

const ROUTES = GATEWAY_MESSAGES.endpoints.filter((vector) => !ELSEWHERE.test(vector.route));

describe(rules('GW-270', 'GW-160')`every route is called as the contract says`, () => {
  it.each(ROUTES.map((vector) => [vector.id, vector] as const))('%s', async (_, vector) => {
    const { sent } = await run(vector);
    const { request } = vector;
    expect(sent).toHaveLength(1);
    const { url, init } = sent[0]!;
    const at = new URL(url);
    expect(init.method).toBe(request.method);
    expect(at.origin).toBe(ORIGIN);
    expect(at.pathname).toBe(request.path.replace(/(.)\/$/, '$1'));
    const expectedQuery = { ...(vector.id.includes('presence-enforcers') ? { tenantId: 'me' } : {}), ...request.query };
    expect(Object.fromEntries(at.searchParams)).toEqual(vector.id.endsWith('enforcerDeviceId') ? {} : expectedQuery);
    expect(init.headers['X-HARP-Version']).toBe('0.2');
    for (const name of ['Authorization', 'X-PAT', 'X-Client-Id', 'X-Client-Secret', 'Content-Type']) {
      expect(init.headers[name], name).toBe(request.headers[name]);
    }
    expect(init.redirect).toBe('manual');
    const body = init.body;
    if (request.form !== undefined) expect(Object.fromEntries(new URLSearchParams(body))).toEqual(request.form);
    else expect(body === undefined ? undefined : JSON.parse(body)).toEqual(request.body);
  });
});

describe(rules('GW-270')`every answer is read as the contract says`, () => {
  const granted = ROUTES.filter(({ response }) => response.status < 300);
  it.each(granted.map((vector) => [vector.id, vector] as const))('%s', async (_, vector) => {
    const { result } = await run(vector);
    if (result instanceof Error) throw result;
    if (vector.route.endsWith('/wait')) {
      const { body } = vector.response;
      expect(result).toEqual(
        body === undefined || body === null
          ? { kind: 'pending', pauseMs: 1000 }
          : { kind: 'delivered', text: JSON.stringify(body) },
      );
    } else if (vector.response.status === 204 || vector.route === 'POST revocation_endpoint') {
      expect(result).toBeUndefined();
    } else if (vector.route === 'POST token_endpoint' || vector.route === 'POST device_authorization_endpoint') {
      expect(JSON.stringify(result)).toContain(vector.response.body.access_token ?? vector.response.body.device_code);
    } else {
      expect(result).toEqual(vector.response.body);
    }
  });

  it('a pending device grant is a poll result, not an error', async () => {
    const vector = ROUTES.find((each) => each.id === 'post-token-endpoint-device-pending')!;
    expect((await run(vector)).result).toEqual({ status: 'pending' });
  });

  it('a consent refusal carries where to consent', async () => {
    const vector = ROUTES.find((each) => each.id === 'get-v1-consent-status-required')!;
    const { result } = await run(vector);
    expect(result).toBeInstanceOf(GatewayError);
    expect(result).toMatchObject({
      kind: 'forbidden',
      code: 'app_consent_required',
      status: 403,
      retryable: false,
      consent: { appName: 'Example Agent', appId: 'ABC-1234567' },
    });
  });
});

describe('every error answer becomes its code', () => {
  it.each(GATEWAY_MESSAGES.errors.map((vector) => [vector.id, vector] as const))('%s', async (_, vector) => {
    const { transport } = memoryTransport(() => vector);
    const client = createGatewayClient({ origin: ORIGIN, transport, retry: NO_RETRY });
    const error: any = await client.exchanges.get('req-1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error.code).toBe(vector.body.code ?? vector.body.error);
    expect(error.status).toBe(vector.status);
    expect(error.retryable).toBe(vector.status === 429 || vector.status >= 500);
    expect(error.kind).toBe(vector.status === 401 ? 'unauthorized' : vector.status === 403 ? 'forbidden' : 'rejected');
    const seconds = vector.headers['Retry-After'];
    expect(error.retryAfterMs).toBe(seconds === undefined ? undefined : Number(seconds) * 1000);
  });
});
