import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { TokenGate } from '../../src/endpoint/token.js';
import { tcp, wire } from '../support/outside.js';
import { BOUND, loopback } from '../support/loopback.js';

const SLOW = { timeout: 60_000 };
const REFUSED = { status: 403, body: '' };

describe(rules('LOC-060')`a web page that reaches for the loopback endpoint`, () => {
  it.each(['https://evil.example', 'null', 'http://127.0.0.1', ''])(
    'gets nothing with its Origin %j, even with the token',
    async (origin) => {
      const { asked, send } = await loopback();
      expect(await send({ headers: { origin } })).toMatchObject(REFUSED);
      expect(asked).toEqual([]);
    },
  );

  it('gets no leave by a preflight', async () => {
    const { send } = await loopback();
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const answer = await send({ method: 'OPTIONS', headers: preflight });
    expect(answer).toMatchObject(REFUSED);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('cannot rebind a name of its own to the address', async () => {
    const { asked, port, send } = await loopback();
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1',
      'localhost',
      `127.0.0.1:${port + 1}`,
      `[::1]:${port}`,
      `0.0.0.0:${port}`,
      `2130706433:${port}`,
      `LOCALHOST:${port}`,
      `127.0.0.1:${port}@evil.example`,
      `127.0.0.1:0${port}`,
    ]) {
      expect({ host, ...(await send({ headers: { host } })) }).toMatchObject({ host, ...REFUSED });
    }
    expect(asked).toEqual([]);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      expect((await send({ headers: { host } })).status).toBe(200);
    }
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('gets nothing with a body of type %j', async (type) => {
    const { asked, send } = await loopback();
    expect(await send({ headers: { 'content-type': type } })).toMatchObject({ status: 415, body: '' });
    expect(asked).toEqual([]);
  });
});

describe('somebody who guesses the token', () => {
  it('hears the same whatever is wrong with the guess', async () => {
    const { asked, send, token } = await loopback();
    const guesses = [
      'Bearer ',
      'Bearer x',
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token}x`,
      `Bearer ${token.toUpperCase()}`,
      `Basic ${token}`,
      token,
      `Bearer ${'a'.repeat(8000)}`,
    ];
    const answers = await Promise.all(guesses.map((authorization) => send({ headers: { authorization } })));
    for (const { status, body, headers } of answers) {
      expect({ status, body, challenge: headers['www-authenticate'], length: headers['content-length'] }).toEqual({
        status: 401,
        body: '',
        challenge: 'Bearer',
        length: '0',
      });
    }
    expect(asked).toEqual([]);
  });

  it('hears nothing else about any path, and is not heard to the end', async () => {
    const { port } = await loopback();
    for (const path of ['/', '/v1/status', '/v1/authorize', '/v1/ext-authz/files', '/v1/requests']) {
      expect((await tcp({ port, path, body: '{}' })).status).toBe(401);
    }
  });

  it('waits longer and longer, up to five seconds, while the right token never waits', async () => {
    const waits: number[] = [];
    let now = 0;
    const due: (() => void)[] = [];
    const gate = new TokenGate('a'.repeat(64), {
      mono: () => now,
      timer: (afterMs, fire) => {
        waits.push(afterMs);
        due.push(fire);
        return () => undefined;
      },
    });
    for (let guess = 0; guess < 8; guess += 1) {
      const refused = gate.admit('Bearer x');
      due.splice(0).forEach((fire) => fire());
      expect(await refused).toBe('refused');
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    now = 60_001;
    const later = gate.admit('Bearer x');
    due.splice(0).forEach((fire) => fire());
    await later;
    expect(waits.at(-1)).toBe(100);
  });

  it('gains nothing by many connections: beyond sixteen they are cut off', async () => {
    const { port, send } = await loopback();
    const guess = async () =>
      await tcp({ port, headers: { authorization: 'Bearer x' }, body: '{}' }).then(
        ({ status }) => status,
        () => 'cut off' as const,
      );
    const all = await Promise.all(Array.from({ length: 24 }, guess));
    expect(all.filter((each) => each === 401)).toHaveLength(16);
    expect(all.filter((each) => each === 'cut off')).toHaveLength(8);
    expect((await send()).status).toBe(200);
  }, 90_000);
});

describe(rules('LOC-060')`somebody with the token who tries other doors`, () => {
  it('finds none of the routes of the local socket', async () => {
    const { asked, send } = await loopback();
    for (const [method, path] of [
      ['GET', '/v1/status'],
      ['GET', '/v1/requests'],
      ['GET', '/v1/decisions'],
      ['POST', '/v1/endpoint'],
      ['POST', '/v1/requests'],
      ['POST', '/v1/requests/req-1/claim'],
      ['POST', '/v1/requests/req-1/outcome'],
      ['POST', '/v1/policy/changes'],
      ['POST', '/v1/policy/restrictions'],
      ['POST', '/v1/unpair'],
      ['POST', '/v1/hooks/claude-code/PreToolUse'],
      ['GET', '/v1/authorize'],
      ['PUT', '/v1/authorize'],
      ['TRACE', '/v1/ext-authz/files'],
    ] as const) {
      const body = method === 'POST' || method === 'PUT' ? '{}' : '';
      expect({ path, ...(await send({ method, path, body })) }).toMatchObject({ path, status: 404, body: '' });
    }
    expect(asked).toEqual([]);
  });

  it('gets nowhere by tricks of paths', async () => {
    const { asked, send } = await loopback();
    for (const path of [
      '/v1/authorize/',
      '/v1/authorize?x',
      '//v1/authorize',
      '/v1/%61uthorize',
      '/v1/x/../authorize',
      '/V1/AUTHORIZE',
      '/v1/ext-authz',
      '/v1/ext-authz/',
      '/v1/ext-authz/..',
      '/v1/ext-authz/../authorize',
      '/v1/ext-authz/%2e%2e/authorize',
      '/v1/ext-authz/a%2fb',
      '/v1/ext-authz/.hidden',
      `/v1/ext-authz/${'a'.repeat(201)}`,
      'http://127.0.0.1/v1/authorize',
      'http://evil.example/v1/ext-authz/files',
    ]) {
      expect({ path, ...(await send({ path })) }).toMatchObject({ path, status: 404 });
    }
    expect(asked).toEqual([]);
    expect((await send({ path: '/v1/ext-authz/files/../../authorize' })).status).toBe(200);
    expect(asked).toMatchObject([{ server: 'files' }]);
  });

  it('asks about no other workspace', async () => {
    const { asked, send } = await loopback();
    const ask = (workspace: string) =>
      send({
        body: JSON.stringify({ workspace, source: 'g', sessionId: 's', tool: 't', inputJson: '{}', timeoutSeconds: 5 }),
      });
    for (const workspace of ['/srv/other', `${BOUND}/`, `${BOUND}/sub`, '/srv', `/srv/x/../bound`]) {
      const answer = await ask(workspace);
      expect({ status: answer.status, code: JSON.parse(answer.body).error.code }).toEqual({
        status: 403,
        code: 'workspace_not_bound',
      });
    }
    expect(asked).toEqual([]);
    expect((await ask(BOUND)).status).toBe(200);
  });
});

describe('requests that two readers could read in two ways', () => {
  const HEAD = (port: number, token: string) =>
    `POST /v1/authorize HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`;
  const JSON_TYPE = 'Content-Type: application/json\r\n';

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['chunks in an odd spelling', 'Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['chunks of a chunk', 'Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['a space before the colon', 'Content-Length : 2\r\n\r\n{}'],
    ['a folded header', 'X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}'],
    ['a bare line feed', 'X: a\nContent-Length: 2\r\n\r\n{}'],
    ['two hosts', 'Host: evil.example\r\nContent-Length: 2\r\n\r\n{}'],
    ['two authorizations', 'Authorization: Bearer x\r\nContent-Length: 2\r\n\r\n{}'],
    ['two types', 'Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}'],
    ['a packed body', 'Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}'],
  ])('with %s get an error and the end of the connection', SLOW, async (_, rest) => {
    const { asked, port, token } = await loopback();
    const second = `${HEAD(port, token)}${JSON_TYPE}Content-Length: 2\r\n\r\n{}`;
    const answer = await wire(port, `${HEAD(port, token)}${JSON_TYPE}${rest}${second}`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('without a Host get nothing', SLOW, async () => {
    const { port, token } = await loopback();
    const body = `Authorization: Bearer ${token}\r\n${JSON_TYPE}Content-Length: 2\r\n\r\n{}`;
    expect(await wire(port, `POST /v1/authorize HTTP/1.1\r\n${body}`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await wire(port, `POST /v1/authorize HTTP/1.0\r\n${body}`)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('somebody who is slow or greedy', () => {
  it('is cut off after 5 s of headers and 15 s of body', SLOW, async () => {
    const { asked, port, token } = await loopback();
    const head = `POST /v1/authorize HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n`;
    const timed = async (text: string) => {
      const begin = performance.now();
      return { answer: await wire(port, text), ms: performance.now() - begin };
    };
    const [headers, body] = await Promise.all([
      timed(head),
      timed(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`),
    ]);
    expect(headers.ms).toBeLessThan(10_000);
    expect(body.ms).toBeLessThan(25_000);
    expect([headers.answer, body.answer].every((text) => text === '' || text.includes(' 408 '))).toBe(true);
    expect(asked).toEqual([]);
  });

  it('is refused a body over 4 MiB, announced or not, and headers over 16 KiB', SLOW, async () => {
    const { asked, send } = await loopback();
    const large = 'x'.repeat(4 * 1024 * 1024 + 1);
    const refused = await send({ headers: { 'content-length': String(large.length) } }).catch(() => null);
    expect(refused?.status ?? 413).toBe(413);
    const chunked = await send({ body: large, headers: { 'transfer-encoding': 'chunked' } }).catch(() => null);
    expect(chunked?.status ?? 413).toBe(413);
    expect((await send({ headers: { 'x-large': 'x'.repeat(17 * 1024) } })).status).toBe(431);
    expect(asked).toEqual([]);
  });

  it('holds 64 questions at once; the next one is told to wait', SLOW, async () => {
    let open = 0;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { send } = await loopback({
      authorize: async () => {
        open += 1;
        await released;
        return { decision: 'allow', requestId: 'req-1' };
      },
    });
    const held = Array.from({ length: 64 }, () => send());
    while (open < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await send()).toMatchObject({ status: 429, body: '', headers: { 'retry-after': '1' } });
    release();
    expect((await Promise.all(held)).every(({ status }) => status === 200)).toBe(true);
    expect((await send()).status).toBe(200);
  });
});
