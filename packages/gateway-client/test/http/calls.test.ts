import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import {
  createGatewayClient,
  type Credentials,
  DEFAULT_RETRY,
  type GatewayError,
  type GatewayTransport,
  retryDelay,
} from '../../src/index.js';
import { type Answer, memoryTransport } from '../memory-transport.js';

const ORIGIN = 'https://gateway.example';
const ACCEPTED: Answer = {
  status: 202,
  body: {
    msgId: 'msg-1',
    msgType: 'artifact.accepted',
    requestId: 'req-1',
    createdAt: '2026-03-02T14:00:01.000Z',
    sender: { gatewayId: 'gw' },
    body: { state: 'PendingApproval', expiresAt: '2026-03-02T14:10:00.000Z', duplicate: false },
  },
};
const ENVELOPE: any = { msgType: 'artifact.submit', requestId: 'req-1', body: { artifactHash: 'x' } };
const DISCOVERY: Answer = {
  status: 200,
  body: {
    idp: { baseUrl: '', clientId: 'airlock-integrations' },
    auth: { patSupported: true },
    gateway: { gatewayId: 'gw' },
  },
};

const failing = (code: string, status: number, headers = {}): Answer => ({
  status,
  headers,
  body: { error: code, code, message: 'no', body: { code, message: 'no' } },
});

const clientOf = (transport: GatewayTransport, credentials?: Credentials) =>
  createGatewayClient({ origin: ORIGIN, transport, ...(credentials === undefined ? {} : { credentials }) });

const errorOf = (promise: Promise<unknown>): Promise<GatewayError> =>
  promise.then(
    () => {
      throw new Error('succeeded');
    },
    (error) => error,
  );

describe(rules('GW-040')`only https, or http to this machine`, () => {
  const { transport } = memoryTransport(() => DISCOVERY);
  it.each([
    'http://gateway.example',
    'http://127.0.0.1.example',
    'http://192.168.0.1',
    'http://localhost.example',
    'http://[::2]',
    'ftp://gateway.example',
    'https://user:secret@gateway.example',
    'https://gateway.example/base',
    'https://gateway.example/?a=b',
    'https://gateway.example/#x',
    'gateway.example',
    '',
  ])('refuses %s', (origin) => {
    expect(() => createGatewayClient({ origin, transport })).toThrowError(
      expect.objectContaining({ code: 'insecure_gateway_url' }),
    );
  });

  it.each([
    'https://gateway.example',
    'https://gateway.example/',
    'http://localhost:8080',
    'http://127.0.0.1:1',
    'http://[::1]:9',
  ])('accepts %s', (origin) => {
    expect(createGatewayClient({ origin, transport }).origin).toBe(new URL(origin).origin);
  });
});

describe('redirects are never followed, whatever the platform shows of them', () => {
  it.each([301, 302, 303, 307, 308, 0])('status %s', async (status) => {
    const { transport, sent } = memoryTransport(() => ({ status, headers: { Location: 'https://evil.example' } }));
    expect(await errorOf(clientOf(transport).discovery.discover())).toMatchObject({
      kind: 'malformed',
      code: 'redirect_refused',
    });
    expect(sent).toHaveLength(1);
  });
});

describe('answers outside the contract are errors, never values', () => {
  const text = (value: string): Answer => ({ status: 200, bytes: new TextEncoder().encode(value) });
  it.each<[string, Answer, string]>([
    ['no JSON', text('<html>'), 'malformed_response'],
    ['nothing', { status: 200 }, 'malformed_response'],
    ['not UTF-8', { status: 200, bytes: new Uint8Array([0xff, 0x22]) }, 'malformed_response'],
    ['duplicate keys', text('{"idp":{},"idp":{}}'), 'malformed_response'],
    ['a missing member', { status: 200, body: { auth: { patSupported: true } } }, 'malformed_response'],
    [
      'a wrong type',
      { ...DISCOVERY, body: { ...(DISCOVERY.body as object), auth: { patSupported: 'yes' } } },
      'malformed_response',
    ],
    ['an array', { status: 200, body: [] }, 'malformed_response'],
    ['another success status', { status: 201, body: DISCOVERY.body }, 'unexpected_status'],
    ['too much', { status: 200, bytes: new Uint8Array(1024 * 1024 + 1).fill(0x20) }, 'response_too_large'],
  ])('%s', async (_, answer, code) => {
    const { transport } = memoryTransport(() => answer);
    expect(await errorOf(clientOf(transport).discovery.discover())).toMatchObject({ kind: 'malformed', code });
  });

  it('an error page of a proxy keeps its status and is classified by it', async () => {
    const { transport } = memoryTransport(() => ({ status: 502, bytes: new TextEncoder().encode('<html>') }));
    expect(await errorOf(clientOf(transport).discovery.discover())).toMatchObject({
      kind: 'rejected',
      code: 'unexpected_status',
      status: 502,
      retryable: true,
    });
  });

  it('a message never contains a credential', async () => {
    const { transport } = memoryTransport(() => failing('unauthorized', 401));
    const error = await errorOf(
      clientOf(transport, { user: { kind: 'pat', pat: 'airpat_secret' } }).exchanges.get('req-1'),
    );
    expect(JSON.stringify([error.message, { ...error }])).not.toContain('airpat_secret');
  });
});

describe('identifiers in paths', () => {
  it.each(['', '.', '..', '\ud800'])('refuses %j before anything is sent', async (id) => {
    const { transport, sent } = memoryTransport(() => ACCEPTED);
    expect(await errorOf(clientOf(transport).exchanges.get(id))).toMatchObject({ code: 'invalid_identifier' });
    expect(sent).toHaveLength(0);
  });

  it('escapes everything else once', async () => {
    const { transport, sent } = memoryTransport(() => failing('NotFound', 404));
    await errorOf(clientOf(transport).exchanges.get('a/b?c#d%2F e'));
    expect(sent[0]?.url).toBe(`${ORIGIN}/v1/exchanges/a%2Fb%3Fc%23d%252F%20e`);
  });
});

describe(rules('ART-170')`repetition`, () => {
  it('sends the same envelope again after a lost connection and a 5xx, at least a second apart', async () => {
    const { transport, sent, pauses } = memoryTransport((_, index) => {
      if (index === 0) throw new Error('reset');
      return index === 1 ? failing('unavailable', 503) : ACCEPTED;
    });
    await clientOf(transport).exchanges.submit(ENVELOPE);
    expect(new Set(sent.map(({ init }) => init.body)).size).toBe(1);
    expect(sent).toHaveLength(3);
    expect(pauses).toEqual([1000, 2000]);
  });

  it('honours Retry-After, and gives up when it is longer than it would wait', async () => {
    const short = memoryTransport((_, index) =>
      index === 0 ? failing('rate_limited', 429, { 'Retry-After': '5' }) : ACCEPTED,
    );
    await clientOf(short.transport).exchanges.submit(ENVELOPE);
    expect(short.pauses).toEqual([5000]);
    const long = memoryTransport(() => failing('quota_exceeded', 429, { 'Retry-After': '3600' }));
    await errorOf(clientOf(long.transport).exchanges.submit(ENVELOPE));
    expect(long.sent).toHaveLength(1);
  });

  it('ends after the last attempt with the last error', async () => {
    const { transport, sent } = memoryTransport(() => failing('internal_error', 500));
    expect(await errorOf(clientOf(transport).exchanges.submit(ENVELOPE))).toMatchObject({ code: 'internal_error' });
    expect(sent).toHaveLength(DEFAULT_RETRY.attempts);
  });

  it.each<[string, (client: ReturnType<typeof clientOf>) => Promise<unknown>]>([
    ['initiate', (client) => client.pairing.initiate({ deviceId: 'd', enforcerId: 'e' })],
    ['claim', (client) => client.pairing.claim({ deviceId: 'd', enforcerId: 'e', pairingCode: 'K7M2QX' })],
    [
      'complete',
      (client) => client.pairing.complete({ nonce: 'n', approverId: 'a', publicKey: 'p', responseJson: '{}' }),
    ],
    ['refresh', (client) => client.auth.refresh('rft-1')],
    ['device poll', (client) => client.auth.pollDevice('code')],
    ['create a token', (client) => client.tokens.create({ name: 'n', expiresAt: '2026-03-02T14:00:00.000Z' })],
    ['wait', (client) => client.exchanges.wait({ requestId: 'req-1' })],
  ])('never repeats %s by itself', async (_, call) => {
    const { transport, sent } = memoryTransport(() => failing('unavailable', 503));
    await errorOf(call(clientOf(transport)));
    expect(sent).toHaveLength(1);
  });

  it.each([
    [1, undefined, 0, 1000],
    [2, undefined, 0, 2000],
    [2, undefined, 0.999, 2500],
    [9, undefined, 0, 15_000],
    [10, undefined, 0, undefined],
    [1, 3000, 0, 3000],
    [1, 500, 0, 1000],
    [1, 15_001, 0, undefined],
  ])('after %s failures, Retry-After %s ms, random %s: %s ms', (failures, retryAfterMs, random, expected) => {
    const policy = { ...DEFAULT_RETRY, attempts: 10 };
    const state = { failures, random, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    expect(retryDelay(policy, state)).toBe(expected);
  });
});

describe(rules('ART-170', 'AUTH-120')`a refused token`, () => {
  const bearer = (tokens: Record<string, string | undefined>, asked: string[] = []): Credentials => ({
    user: {
      kind: 'bearer',
      token: async ({ rejected }) => {
        asked.push(rejected ?? 'first');
        return tokens[rejected ?? 'first'];
      },
    },
  });
  const onlyNew = ({ init }: { init: { headers: Record<string, string> } }) =>
    init.headers['Authorization'] === 'Bearer new' ? ACCEPTED : failing('unauthorized', 401);

  it('is replaced once, and the same bytes are sent again', async () => {
    const { transport, sent } = memoryTransport(onlyNew);
    await clientOf(transport, bearer({ first: 'old', old: 'new' })).exchanges.submit(ENVELOPE);
    expect(sent.map(({ init }) => init.headers['Authorization'])).toEqual(['Bearer old', 'Bearer new']);
    expect(sent[0]?.init.body).toBe(sent[1]?.init.body);
  });

  it('that cannot be replaced lets the 401 stand', async () => {
    const { transport, sent } = memoryTransport(onlyNew);
    const error = await errorOf(clientOf(transport, bearer({ first: 'old' })).exchanges.submit(ENVELOPE));
    expect(error).toMatchObject({ kind: 'unauthorized', code: 'unauthorized', retryable: false });
    expect(sent).toHaveLength(1);
  });

  it('is refreshed once for calls that fail together', async () => {
    const { transport } = memoryTransport(onlyNew);
    const asked: string[] = [];
    const client = clientOf(transport, bearer({ first: 'old', old: 'new' }, asked));
    await Promise.all([client.exchanges.submit(ENVELOPE), client.exchanges.submit(ENVELOPE)]);
    expect(asked.filter((rejected) => rejected === 'old')).toHaveLength(1);
  });

  it('of an app is no reason to refresh the user', async () => {
    const { transport, sent } = memoryTransport(() => failing('invalid_client', 401));
    await errorOf(clientOf(transport, bearer({ first: 'old', old: 'new' })).exchanges.submit(ENVELOPE));
    expect(sent).toHaveLength(1);
  });
});

describe('failures without an answer', () => {
  it('are unreachable, and say when nothing was sent', async () => {
    const { transport } = memoryTransport(() => {
      throw Object.assign(new Error('refused'), { sent: false });
    });
    expect(await errorOf(clientOf(transport).pairing.claim({ deviceId: 'd', enforcerId: 'e' }))).toMatchObject({
      kind: 'unreachable',
      code: 'gateway_unreachable',
      sent: false,
      retryable: true,
    });
  });

  it('a body that breaks off is an answer: the gateway was reached', async () => {
    const { transport } = memoryTransport(() => DISCOVERY);
    const broken: GatewayTransport = {
      ...transport,
      fetch: async () => ({
        status: 200,
        headers: { get: () => null },
        body: { getReader: () => ({ read: () => Promise.reject(new Error('reset')), cancel: async () => undefined }) },
      }),
    };
    expect(await errorOf(clientOf(broken).discovery.discover())).toMatchObject({
      kind: 'malformed',
      code: 'response_cut_off',
    });
  });

  it('a caller that already gave up sends nothing', async () => {
    const { transport, sent } = memoryTransport(() => DISCOVERY);
    const error = await errorOf(clientOf(transport).discovery.discover({ signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ kind: 'aborted', code: 'aborted', retryable: false });
    expect(sent).toHaveLength(0);
  });
});

describe('a whole inbox', () => {
  const item = (requestId: string) => ({
    msgId: `msg-${requestId}`,
    msgType: 'approval.request',
    requestId,
    createdAt: '2026-03-02T14:00:01.000Z',
    expiresAt: '2026-03-02T14:10:00.000Z',
    sender: { gatewayId: 'gw' },
    recipient: { approverId: 'app-1' },
    body: {
      artifactType: 'command.review',
      artifactHash: 'a'.repeat(64),
      ciphertextRef: { kind: 'inline', alg: 'AES-256-GCM', data: '', nonce: '', tag: '' },
      pairingId: 'pair-1',
      enforcerId: 'enf-1',
      enforcerLabel: 'Airlock',
    },
  });
  const page = (items: unknown[], nextCursor: string | null): Answer => ({
    status: 200,
    body: {
      msgId: 'msg-1',
      msgType: 'inbox.page',
      requestId: 'inbox-1',
      createdAt: '2026-03-02T14:00:01.000Z',
      sender: { gatewayId: 'gw' },
      body: { items, nextCursor },
    },
  });

  it('is read page by page, in smaller pages when one is too large', async () => {
    const { transport, sent } = memoryTransport(({ url }) => {
      const query = new URL(url).searchParams;
      if (Number(query.get('limit')) > 12) return { status: 200, bytes: new Uint8Array(33 * 1024 * 1024) };
      return query.get('cursor') === null ? page([item('req-1')], 'next') : page([item('req-2')], null);
    });
    const found: string[] = [];
    for await (const request of clientOf(transport).requests.allPending('app-1')) found.push(request.requestId);
    expect(found).toEqual(['req-1', 'req-2']);
    expect(sent.map(({ url }) => new URL(url).searchParams.get('limit'))).toEqual(['50', '25', '12', '12']);
  });
});
