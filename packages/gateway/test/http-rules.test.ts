import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorEnvelopeSchema } from '@airlock/protocol';
import { clientAddress } from '../src/http/connection.js';
import type { Answer, CallOptions } from './support/call.js';
import { type Harness, harness, LIMITS_OFF } from './support/harness.js';
import type { Paired, Party } from './support/party.js';

let h: Harness;
let user: Party;
let paired: Paired;
beforeAll(async () => {
  h = await harness();
  user = await h.party();
  paired = await user.pair();
});
afterAll(() => h.close());

const post = (path: string, options: CallOptions): Promise<Answer> =>
  h.call('POST', path, { ...options, headers: { ...user.enforcer, ...options.headers } });
const heartbeat = (options: CallOptions): Promise<Answer> => post('/v1/presence/heartbeat', options);

describe(rules('ERR-010', 'ERR-030', 'GW-130')`bad input gets exactly its code`, () => {
  const body = JSON.stringify({ enforcerId: 'enf-1' });
  const deep = `{"enforcerId":"enf-1","x":${'['.repeat(64)}${']'.repeat(64)}}`;
  it.each<[string, CallOptions, number, string]>([
    ['empty', { raw: '' }, 400, 'invalid_json'],
    ['malformed JSON', { raw: '{"enforcerId":' }, 400, 'invalid_json'],
    ['a JSON text after the text', { raw: `${body}{}` }, 400, 'invalid_json'],
    ['an array', { raw: '[]' }, 400, 'invalid_json'],
    ['a string', { raw: '"x"' }, 400, 'invalid_json'],
    ['null', { raw: 'null' }, 400, 'invalid_json'],
    ['a duplicate key', { raw: '{"enforcerId":"a","enforcerId":"b"}' }, 400, 'invalid_json'],
    ['a lone surrogate', { raw: String.raw`{"enforcerId":"\ud800"}` }, 400, 'invalid_json'],
    ['malformed UTF-8', { raw: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]) }, 400, 'invalid_json'],
    ['a byte order mark', { raw: `\ufeff${body}` }, 400, 'invalid_json'],
    ['65 levels', { raw: deep }, 400, 'invalid_json'],
    ['a member of another type', { body: { enforcerId: 5 } }, 400, 'invalid_request'],
    ['a missing member', { body: {} }, 400, 'invalid_request'],
    ['a null member', { body: { enforcerId: null } }, 400, 'invalid_request'],
    ['64 KiB and one byte', { raw: body.padEnd(64 * 1024 + 1) }, 413, 'payload_too_large'],
    ['text', { raw: body, headers: { 'Content-Type': 'text/plain' } }, 415, 'unsupported_media_type'],
    [
      'another charset',
      { raw: body, headers: { 'Content-Type': 'application/json; charset=latin1' } },
      415,
      'unsupported_media_type',
    ],
    ['HARP 1.0', { raw: body, headers: { 'X-HARP-Version': '1.0' } }, 426, 'unsupported_version'],
    ['HARP 0.3', { raw: body, headers: { 'X-HARP-Version': '0.3' } }, 426, 'unsupported_version'],
  ])('%s', async (_name, options, status, code) => {
    const answer = await heartbeat(options);
    expect([answer.status, answer.body.code], answer.text).toEqual([status, code]);
    expect(answer.body.error).toBe(code);
    expect(errorEnvelopeSchema.safeParse(answer.body).success).toBe(true);
    expect('requestId' in answer.body.body).toBe(false);
    if (status === 413) expect(answer.headers.get('connection')).toBe('close');
    if (status === 426) expect(answer.headers.get('upgrade')).toBe('HARP/0.2');
  });

  it('takes 2 MiB of ciphertext and not a byte more, 3 MiB of body and not a byte more', async () => {
    const of = (bytes: number): object => ({
      body: {
        ciphertext: {
          alg: 'AES-256-GCM',
          data: Buffer.alloc(bytes).toString('base64'),
          nonce: 'A'.repeat(16),
          tag: 'A'.repeat(22),
        },
      },
    });
    const fits = await post('/v1/artifacts', { body: user.submission(paired, of(2 * 1024 * 1024) as any) });
    expect(fits.status, fits.text).toBe(202);
    const above = await post('/v1/artifacts', { body: user.submission(paired, of(2 * 1024 * 1024 + 1) as any) });
    expect([above.status, above.body.code]).toEqual([413, 'payload_too_large']);
    const huge = await post('/v1/artifacts', { raw: ' '.repeat(3 * 1024 * 1024 + 1) });
    expect([huge.status, huge.body.code]).toEqual([413, 'payload_too_large']);
  });

  it(rules('ERR-040')`says nothing of what was sent`, async () => {
    const answer = await post('/v1/artifacts', {
      body: user.submission(paired, { body: { metadata: { 'evil <script>': 5 } } }),
    });
    expect(answer.body.message).toBe('body.metadata is missing or wrong');
  });
});

describe(rules('GW-060', 'GW-070', 'GW-080', 'GW-140', 'GW-160')`what is tolerated`, () => {
  const body = JSON.stringify({ enforcerId: 'enf-1', workspaceName: null, unknown: [1] });
  it.each<[string, CallOptions]>([
    ['null and unknown members', { raw: body }],
    ['a charset', { raw: body, headers: { 'Content-Type': 'application/json; charset=UTF-8' } }],
    ['the HARP type', { raw: body, headers: { 'Content-Type': 'application/harp+json' } }],
    ['an empty type', { raw: body, headers: { 'Content-Type': '' } }],
    [
      'empty client headers',
      { raw: body, headers: { 'X-Client-Id': '', 'X-Client-Secret': '', 'X-HARP-Version': '' } },
    ],
    ['the version', { raw: body, headers: { 'X-HARP-Version': '0.2' } }],
    ['an idempotency key', { raw: body, headers: { 'Idempotency-Key': 'x' } }],
  ])('%s', async (_name, options) => {
    expect((await heartbeat(options)).status).toBe(200);
  });

  it('content type of a GET and of an empty body', async () => {
    const headers = { ...user.enforcer, 'Content-Type': 'application/x-nonsense' };
    expect((await h.call('GET', '/v1/subscription', { headers })).status).toBe(200);
    expect((await h.call('POST', '/v1/ws/ticket', { headers, raw: '' })).status).toBe(200);
  });

  it.each(['', 'null', ' null ', '{}', '{"reason":null}'])('%j as the body of withdraw', async (raw) => {
    const sent = user.submission(paired);
    await post('/v1/artifacts', { body: sent });
    const answer = await post(`/v1/exchanges/${sent.requestId}/withdraw`, { raw });
    expect(answer.body.body).toEqual({
      state: 'Withdrawn',
      withdrawnAt: new Date(h.clock.now()).toISOString(),
      reason: 'Enforcer-initiated withdrawal',
    });
  });
});

describe(rules('GW-050', 'GW-090', 'GW-170', 'GW-240')`routes`, () => {
  it.each(['/echo', '/v1/status', '/v1/subscription', '/v1/integrations/discovery'])(
    '%s is the same with a trailing slash',
    async (path) => {
      const [bare, slashed] = await Promise.all(
        [path, `${path}/`].map((one) => h.call('GET', one, { headers: user.enforcer })),
      );
      expect(bare!.status).toBe(200);
      expect(slashed!.body).toEqual(bare!.body);
      expect(bare!.headers.get('content-type')).toBe('application/json');
      expect(bare!.headers.get('cache-control')).toBe('no-store');
      expect(bare!.headers.get('x-harp-version')).toBe('0.2');
    },
  );

  it.each([
    ['GET', '/v1/nothing'],
    ['POST', '/v1/prompt'],
    ['POST', '/v1/session'],
    ['GET', '/v1/exchanges'],
  ])('%s %s is 404, whoever asks', async (method, path) => {
    const answer = await h.call(method, path);
    expect([answer.status, answer.body.code]).toEqual([404, 'NotFound']);
  });

  it.each([
    ['DELETE', '/v1/artifacts', 'POST'],
    ['GET', '/v1/artifacts', 'POST'],
    ['PUT', '/v1/pairings/pair-1', 'DELETE'],
    ['POST', '/echo', 'GET'],
    ['POST', '/v1/policy/dnd/effective', 'GET'],
  ])('%s %s is 405, before authentication', async (method, path, allow) => {
    const answer = await h.call(method, path);
    expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toContain(allow);
  });

  it('answers the HARP-TRANSPORT names', async () => {
    const sent = user.submission(paired);
    expect((await post('/v1/artifact', { body: sent })).status).toBe(202);
    const headers = paired.device.headers;
    const answer = await h.call('POST', '/v1/decision', { headers, body: user.decision(paired, sent) });
    expect(answer.status).toBe(200);
  });
});

describe(rules('AUTH-020', 'AUTH-090')`who comes before what`, () => {
  it.each([
    ['GET', '/v1/subscription', 'enforcer'],
    ['POST', '/v1/artifacts', 'enforcer'],
    ['POST', '/v1/pairing/initiate', 'enforcer'],
    ['POST', '/v1/pairing/claim', 'enforcer'],
    ['POST', '/v1/pairing/revoke', 'enforcer'],
    ['GET', '/v1/exchanges/req-1/wait?timeout=1', 'enforcer'],
    ['POST', '/v1/exchanges/req-1/withdraw', 'enforcer'],
    ['POST', '/v1/presence/heartbeat', 'enforcer'],
    ['GET', '/v1/policy/dnd/effective', 'enforcer'],
    ['GET', '/v1/sse/enforcers/enf-1', 'enforcer'],
    ['POST', '/v1/decisions', 'approver'],
    ['POST', '/v1/pairing/complete', 'approver'],
    ['POST', '/v1/pairing/reject', 'approver'],
    ['POST', '/v1/pairing/pre-generate', 'approver'],
    ['GET', '/v1/pairing/resolve/ABC123', 'approver'],
    ['GET', '/v1/pairings', 'approver'],
    ['DELETE', '/v1/pairings/pair-1', 'approver'],
    ['GET', '/v1/presence/enforcers', 'approver'],
    ['GET', '/v1/approvers', 'approver'],
    ['DELETE', '/v1/approvers/app-1', 'approver'],
    ['GET', '/v1/approvers/app-1/inbox', 'approver'],
    ['GET', '/v1/history', 'approver'],
    ['POST', '/v1/policy/dnd', 'approver'],
    ['GET', '/v1/policy/dnd', 'approver'],
    ['DELETE', '/v1/policy/dnd/dnd-1', 'approver'],
    ['POST', '/v1/requests/req-1/refresh', 'approver'],
    ['GET', '/v1/sse/approvers/app-1', 'approver'],
  ])('%s %s is for an %s', async (method, path, role) => {
    const wrong = role === 'enforcer' ? user.device.headers : user.enforcer;
    const raw = method === 'POST' ? '{not json' : undefined;
    const sent = { headers: wrong, ...(raw === undefined ? {} : { raw }) };
    const calls = [h.call(method, path, sent), h.call(method, path, raw === undefined ? {} : { raw })];
    // Refused waits are held back for a while of simulated time.
    const [forbidden, anonymous] = await h.clock.advanceUntil(Promise.all(calls), 3_000);
    expect([forbidden!.status, forbidden!.body.code]).toEqual([403, 'forbidden']);
    expect([anonymous!.status, anonymous!.body.code]).toEqual([401, 'unauthorized']);
  });
});

describe(rules('GW-190')`rate limits`, () => {
  it('gives each principal and each address its own budget', async () => {
    const limited = await harness({ limits: { ...LIMITS_OFF, requestsPerMinute: 20, anonymousPerMinute: 20 } });
    const one = await limited.party();
    const two = await limited.party();
    const call = (headers: Record<string, string>): Promise<Answer> =>
      limited.call('GET', '/v1/subscription', { headers });
    const answers = await Promise.all(Array.from({ length: 25 }, () => call(one.enforcer)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(20);
    const refused = answers.find((answer) => answer.status === 429);
    expect(refused?.body.code).toBe('rate_limited');
    expect(refused?.body.retryable).toBe(true);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(two.enforcer)).status).toBe(200);
    const wrong = await Promise.all(Array.from({ length: 25 }, () => call({ 'X-PAT': 'airpat_x' })));
    expect(wrong.filter((answer) => answer.status === 429).length).toBeGreaterThan(0);
    expect((await call(two.enforcer)).status).toBe(200);
    await limited.close();
  });
});

describe(rules('GW-220')`CORS`, () => {
  it('answers preflights of the approver page and of a public app, and of nobody else', async () => {
    const app = { name: 'Web app', kind: 'Web' as const, allowedOrigins: ['https://app.example', 'https://b.example'] };
    await h.gateway.admin.createApp(app);
    const preflight = (Origin: string): Promise<Answer> =>
      h.call('OPTIONS', '/v1/decisions', { headers: { Origin, 'Access-Control-Request-Method': 'POST' } });
    for (const origin of ['https://gateway.example', 'https://app.example', 'https://b.example']) {
      const answer = await preflight(origin);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      expect(answer.headers.get('access-control-allow-methods')).toBe('POST');
    }
    for (const origin of ['https://evil.example', 'https://app.example.evil', 'null', '*']) {
      const answer = await preflight(origin);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([405, null]);
    }
  });

  it.each([
    ['https://gateway.example', 'https://gateway.example'],
    ['https://evil.example', null],
  ])('for the origin %s', async (Origin, allowed) => {
    const answer = await h.call('GET', '/v1/pairings', { headers: { ...user.device.headers, Origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
  });
});

describe(rules('GW-300', 'GW-310', 'GW-320', 'GW-330')`discovery`, () => {
  it('tells what clients hard-code', async () => {
    const echo = await h.call('GET', '/echo');
    expect(echo.body.utc).toBe(new Date(h.clock.now()).toISOString());
    expect(Object.keys(echo.body)).toEqual(['utc', 'local', 'timezone', 'offsetMinutes']);
    expect(Date.parse(echo.body.local)).toBe(Date.parse(echo.body.utc));
    const discovery = await h.call('GET', '/v1/integrations/discovery');
    expect(discovery.body.idp).toEqual({
      baseUrl: 'https://gateway.example/idp',
      clientId: 'airlock-integrations',
    });
    expect(discovery.body.auth).toEqual({ patSupported: true });
    expect((await h.call('GET', '/v1/status')).body).toMatchObject({ harpVersion: '0.2', mTLS: false });
    const subscription = await h.call('GET', '/v1/subscription', { headers: user.enforcer });
    expect(subscription.body).toMatchObject({ limit: 1000000, limits: { maxWorkspaces: 1000000 } });
    expect(subscription.body.resourceUsage.workspacesUsed).toBe(1);
  });
});

describe(rules('GW-200')`submissions above the limit`, () => {
  it('are held back for up to five seconds before they are refused', async () => {
    const limited = await harness({ limits: { ...LIMITS_OFF, requestsPerMinute: 6 } });
    const one = await limited.party();
    const pair = await one.pair();
    const begun = limited.clock.now();
    const took: number[] = [];
    const calls = Array.from({ length: 8 }, async () => {
      const body = one.submission(pair);
      const answer = await limited.call('POST', '/v1/artifacts', { headers: one.enforcer, body });
      if (answer.status === 429) took.push(limited.clock.now() - begun);
      return answer.status;
    });
    const statuses = await limited.clock.advanceUntil(Promise.all(calls), 6_000);
    expect(statuses.sort()).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
    expect(took.every((ms) => ms >= 5_000)).toBe(true);
    await limited.close();
  });
});

describe(rules('GW-210')`logs`, () => {
  it('hold no credential, code, token or metadata, at any level', async () => {
    const lines: string[] = [];
    const logged = await harness({ logLevel: 'debug' }, { write: (line) => lines.push(line) });
    const one = await logged.party();
    const pair = await one.pair();
    const session = await one.initiate();
    await logged.call('GET', `/v1/pairing/resolve/${session.code}?token=leak-query`, { headers: one.console });
    const sent = one.submission(pair, { body: { metadata: { routingToken: 'rt-leak', workspaceName: 'leak-meta' } } });
    await logged.call('POST', '/v1/artifacts', { headers: one.enforcer, body: sent });
    await logged.call('GET', '/v1/nothing?token=leak-query', { headers: { 'X-PAT': 'airpat_leak' } });
    await logged.call('GET', '/v1/pairings', { headers: { Authorization: 'Bearer leak.token.x' } });
    await logged.close();
    const text = lines.join('');
    expect(lines.length).toBeGreaterThan(5);
    const secrets = [
      session.code,
      session.nonce,
      pair.routingToken,
      one.enforcer['X-PAT']!,
      one.console['X-PAT']!,
      pair.device.headers['Authorization']!.slice('Bearer '.length),
      'leak',
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe(rules('GW-190')`the client address`, () => {
  it.each([
    ['10.0.0.9', undefined, [], '10.0.0.9'],
    ['10.0.0.9', '198.51.100.1', [], '10.0.0.9'],
    ['::ffff:10.0.0.1', '198.51.100.1', ['10.0.0.1'], '198.51.100.1'],
    ['10.0.0.1', 'forged, 198.51.100.1, 10.0.0.2', ['10.0.0.1', '10.0.0.2'], '198.51.100.1'],
    ['10.0.0.1', '', ['10.0.0.1'], '10.0.0.1'],
  ])('of %s with X-Forwarded-For %s behind %j', (remote, forwarded, trusted, address) => {
    expect(clientAddress(remote, forwarded, trusted)).toBe(address);
  });
});

describe(rules('ERR-060')`the operator's workspace limit`, () => {
  it('is workspace_limit_exceeded', async () => {
    const limited = await harness({ limits: { ...LIMITS_OFF, maxWorkspaces: 1 } });
    const one = await limited.party();
    await one.pair();
    const answer = await limited.call('POST', '/v1/pairing/initiate', {
      headers: one.enforcer,
      body: { deviceId: 'd', enforcerId: 'e' },
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'workspace_limit_exceeded']);
    await limited.close();
  });
});

describe(rules('PAIR-240')`the page behind a pairing link`, () => {
  it.each(['/', '/pair', '/pair/'])('%s runs its one script only and keeps the fragment nowhere', async (path) => {
    const page = await h.call('GET', path);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'sha256-");
    expect(page.text).toContain("history.replaceState(null,'',location.pathname)");
    expect(page.text).toContain('airlock approver pair');
  });
});
