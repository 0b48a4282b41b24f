import { chmodSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ROUTES, matchPath } from '../../src/socket/routes.js';
import { connectDaemon, daemonClient } from '../../src/socket/connect.js';
import { resolvePaths } from '../../src/paths/paths.js';
import type { RequestBody } from '../../src/socket/api.js';
import { ALLOWED, STATUS, SUBMITTED } from '../support/scripted-service.js';
import { raw, serve } from '../support/serve.js';
import { temporaryFolder } from '../support/temporary.js';

const ASK: RequestBody = { workspace: '/tmp', action: { kind: 'command' }, timeoutSeconds: 5, source: 'run' };
const codeIs = (code: string) => expect.objectContaining({ code });

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe(rules('LOC-040')`the local routes`, () => {
  it('are exactly these', () => {
    expect(ROUTES.map((route) => `${route.method} ${route.path}`)).toEqual([
      'GET /v1/status',
      'POST /v1/sign-in',
      'POST /v1/sign-out',
      'POST /v1/pairings',
      'POST /v1/pairings/{id}/confirm',
      'POST /v1/unpair',
      'GET /v1/requests',
      'GET /v1/decisions',
      'POST /v1/requests',
      'POST /v1/requests/{id}/claim',
      'GET /v1/requests/{id}/receipt',
      'POST /v1/requests/{id}/outcome',
      'POST /v1/requests/{id}/withdraw',
      'POST /v1/authorize',
      'POST /v1/endpoint',
      'POST /v1/policy/changes',
      'POST /v1/policy/restrictions',
      'POST /v1/policy/show',
      'POST /v1/policy/explain',
    ]);
  });

  it('carry status, streams and single answers over a real socket', async () => {
    const paths = await serve({
      service: {
        async *request() {
          yield SUBMITTED;
          yield ALLOWED;
        },
        claim: async (requestId) =>
          requestId === 'req-1' ? { granted: true } : { granted: false, code: 'x', message: 'y' },
      },
    });
    const client = await connectDaemon(paths);
    expect(await client.status()).toEqual(STATUS);
    expect(await collect(client.request(ASK))).toEqual([SUBMITTED, ALLOWED]);
    expect(await client.claim('req-1')).toEqual({ granted: true });
    expect(await client.claim('req-2')).toMatchObject({ granted: false });
  });

  it('serve several callers at once', async () => {
    const release: Array<() => void> = [];
    const paths = await serve({
      service: {
        async *request() {
          yield SUBMITTED;
          await new Promise<void>((resolve) => {
            release.push(resolve);
            if (release.length === 5) for (const free of release) free();
          });
          yield ALLOWED;
        },
      },
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => collect(daemonClient(paths).request(ASK))));
    expect(answers.every((events) => events.at(-1)?.event === 'decided')).toBe(true);
  });

  it.each([
    ['POST', '/v1/nothing', undefined, 404, 'not_found'],
    ['GET', '/', undefined, 404, 'not_found'],
    ['POST', '/v1/status', '{}', 404, 'not_found'],
    ['POST', '/v1/requests/a%2Fb/claim', '{}', 404, 'not_found'],
    ['POST', '/v1/requests', '{', 400, 'bad_request'],
    ['POST', '/v1/requests', '[]', 400, 'bad_request'],
    ['POST', '/v1/requests', '{"workspace":"/a","workspace":"/b"}', 400, 'bad_request'],
    ['POST', '/v1/requests', JSON.stringify({ ...ASK, extra: 1 }), 400, 'bad_request'],
    ['POST', '/v1/requests', JSON.stringify({ ...ASK, timeoutSeconds: '5' }), 400, 'bad_request'],
    ['POST', '/v1/requests', JSON.stringify({ ...ASK, workspace: 'relative' }), 400, 'bad_request'],
    ['POST', '/v1/unpair', '{"workspace":"\\ud800"}', 400, 'bad_request'],
    ['POST', '/v1/sign-in', '{"gatewayUrl":"file:///etc","method":"pat"}', 400, 'bad_request'],
  ])('%s %s with %s is %i %s', async (method, path, body, status, code) => {
    const paths = await serve();
    const answer = await raw(paths, { method, path, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } });
    expect((await raw(paths, { method: 'GET', path: '/v1/status' })).status).toBe(200);
  });

  it('end a stream that fails with a coded event', async () => {
    const events = await collect(daemonClient(await serve()).request(ASK));
    expect(events).toEqual([{ event: 'error', code: 'internal_error', message: 'not part of this test' }]);
  });

  it('turn a stream that breaks off into an error, never into an answer', async () => {
    const paths = await serve({
      service: {
        async *request() {
          yield SUBMITTED;
        },
      },
    });
    await expect(collect(daemonClient(paths).request(ASK))).rejects.toThrow(codeIs('bad_answer'));
  });

  it.each([
    ['nonsense', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'],
    ['another shape', 'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"granted":"yes"}'],
    ['two members of one name', 'HTTP/1.1 200 OK\r\ncontent-length: 32\r\n\r\n{"granted":false,"granted": true}'],
    ['no HTTP', 'granted\r\n\r\n'],
    ['nothing', ''],
  ])('a daemon that answers %s grants nothing', async (_, answer) => {
    const paths = resolvePaths({ fixedHome: temporaryFolder() });
    mkdirSync(paths.runtime, { mode: 0o700 });
    const fake = createServer((socket) => {
      socket.once('data', () => socket.end(answer));
    });
    await new Promise<void>((resolve) => fake.listen(paths.socket, resolve));
    chmodSync(paths.socket, 0o600);
    await expect(daemonClient(paths).claim('req-1')).rejects.toThrow(codeIs('bad_answer'));
    fake.close();
  });
});

describe(rules('LOC-040')`a caller that goes away`, () => {
  it.each(['leaves the loop', 'aborts'])('%s: the service is told', async (how) => {
    let told: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      told = resolve;
    });
    const paths = await serve({
      service: {
        async *request(_, signal) {
          yield SUBMITTED;
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          told();
          yield ALLOWED;
        },
      },
    });
    const abort = new AbortController();
    const reading = (async () => {
      for await (const event of daemonClient(paths).request(ASK, { signal: abort.signal })) {
        expect(event).toEqual(SUBMITTED);
        if (how === 'aborts') abort.abort();
        else break;
      }
    })();
    const outcome = await reading.then(
      () => 'left',
      (cause: unknown) => (cause instanceof Error ? cause.name : String(cause)),
    );
    expect(outcome).toBe(how === 'aborts' ? 'AbortError' : 'left');
    await gone;
  });
});

describe(rules('LOC-050')`bodies`, () => {
  it('of 4 MiB are read, larger ones refused, and the daemon goes on', async () => {
    const paths = await serve({ service: { unpair: async (workspace) => ({ workspace, unpaired: true }) } });
    const body = (bytes: number) => `{"workspace":"/tmp"${' '.repeat(bytes - 20)}}`;
    expect((await raw(paths, { path: '/v1/unpair', body: body(4 * 1024 * 1024) })).status).toBe(200);
    const refused = await raw(paths, { path: '/v1/unpair', body: body(4 * 1024 * 1024 + 1) });
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'body_too_large' } });
    expect((await raw(paths, { method: 'GET', path: '/v1/status' })).status).toBe(200);
  });
});

describe(rules('LOC-060')`stopping`, () => {
  it.each(['/v1/stop', '/v1/shutdown', '/v1/pause', '/v1/settings', '/v1/hooks/claude-code/stop-daemon'])(
    'is not possible through %s',
    async (path) => {
      const paths = await serve();
      expect((await raw(paths, { path, body: '{}' })).status).toBe(404);
      expect((await raw(paths, { method: 'GET', path: '/v1/status' })).status).toBe(200);
    },
  );

  it('no route has a name for it', () => {
    const names = ['stop', 'pause', 'shutdown', 'settings', 'policy'];
    expect(ROUTES.filter((route) => names.some((name) => matchPath(route.path, `/v1/${name}`) !== null))).toEqual([]);
  });
});

describe(rules('LOC-020', 'INV-39')`who may talk to whom`, () => {
  it('the socket is 0600 in a 0700 directory', async () => {
    const paths = await serve();
    expect(statSync(paths.socket).mode & 0o777).toBe(0o600);
    expect(statSync(paths.runtime).mode & 0o777).toBe(0o700);
  });

  it('the daemon hangs up on another uid', async () => {
    const paths = await serve({ peerUid: () => (process.getuid?.() ?? 0) + 1 });
    await expect(daemonClient(paths).status()).rejects.toThrow(codeIs('bad_answer'));
  });

  it('the daemon answers its own uid', async () => {
    const paths = await serve({ peerUid: () => process.getuid?.() ?? 0 });
    expect(await daemonClient(paths).status()).toEqual(STATUS);
  });

  it.each<[string, string, (home: string) => void]>([
    ['a directory open to the group', 'runtime_directory_insecure', (home) => chmodSync(`${home}/run`, 0o750)],
    ['a socket open to others', 'file_insecure', (home) => chmodSync(`${home}/run/daemon.sock`, 0o666)],
    ['a world-writable parent', 'runtime_directory_insecure', (home) => chmodSync(home, 0o777)],
    [
      'a linked directory',
      'runtime_directory_insecure',
      (home) => {
        renameSync(`${home}/run`, `${home}/real`);
        symlinkSync(`${home}/real`, `${home}/run`);
      },
    ],
    [
      'a linked socket',
      'file_insecure',
      (home) => {
        renameSync(`${home}/run/daemon.sock`, `${home}/run/real.sock`);
        symlinkSync(`${home}/run/real.sock`, `${home}/run/daemon.sock`);
      },
    ],
    [
      'a file in the place of the socket',
      'file_insecure',
      (home) => {
        renameSync(`${home}/run/daemon.sock`, `${home}/run/real.sock`);
        writeFileSync(`${home}/run/daemon.sock`, '', { mode: 0o600 });
      },
    ],
  ])('nobody connects to %s', async (_, code, spoil) => {
    const paths = await serve();
    spoil(paths.home ?? '');
    await expect(daemonClient(paths).status()).rejects.toThrow(codeIs(code));
  });

  it('a dead socket is no daemon', async () => {
    const paths = resolvePaths({ fixedHome: temporaryFolder() });
    await expect(connectDaemon(paths)).rejects.toThrow(codeIs('daemon_not_running'));
  });

  it('what is no socket of ours is not replaced by one', async () => {
    const paths = resolvePaths({ fixedHome: temporaryFolder() });
    mkdirSync(paths.runtime, { mode: 0o700 });
    writeFileSync(paths.socket, 'mine');
    await expect(serve({ paths })).rejects.toThrow(codeIs('file_insecure'));
  });
});

describe(rules('LOC-100')`the hook routes`, () => {
  const deny = { 'airlock-permission': 'deny', 'airlock-exit': '2' };

  it('give the adapter the bytes and the host its words', async () => {
    const paths = await serve({
      adapters: [
        {
          host: 'test-host',
          handle: async ({ event, input }) => ({
            permission: 'deny',
            exit: 2,
            body: JSON.stringify({ event, input: Buffer.from(input).toString('hex') }),
          }),
        },
      ],
    });
    const answer = await raw(paths, { path: '/v1/hooks/test-host/PreToolUse', body: Uint8Array.of(0xff, 0x00, 0x0a) });
    expect(answer).toMatchObject({ status: 200, headers: deny, body: '{"event":"PreToolUse","input":"ff000a"}' });
  });

  it.each<[string, () => Promise<never>, number, string]>([
    [
      'a host without an adapter',
      async () => {
        throw new Error();
      },
      404,
      'host_unknown',
    ],
    [
      'an adapter that throws',
      async () => {
        throw new Error('boom');
      },
      500,
      'internal_error',
    ],
    [
      'an adapter that says something else',
      async () => ({ permission: 'ask', exit: 0, body: '' }) as never,
      500,
      'internal_error',
    ],
    [
      'an adapter without an exit code',
      async () => ({ permission: 'allow', exit: Number.NaN, body: '' }) as never,
      500,
      'internal_error',
    ],
  ])('%s is a refusal that no hook takes for an answer', async (name, handle, status, code) => {
    const host = name.startsWith('a host') ? 'other' : 'test-host';
    const paths = await serve({ adapters: [{ host: 'test-host', handle }] });
    const answer = await raw(paths, { path: `/v1/hooks/${host}/PreToolUse`, body: '{}' });
    expect(answer).toMatchObject({ status, headers: deny });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } });
  });

  it('input over 4 MiB is a refusal', async () => {
    const paths = await serve({
      adapters: [{ host: 'h', handle: async () => ({ permission: 'allow', exit: 0, body: '' }) }],
    });
    const answer = await raw(paths, { path: '/v1/hooks/h/e', body: new Uint8Array(4 * 1024 * 1024 + 1) });
    expect(answer).toMatchObject({ status: 413, headers: deny });
  });
});
