import { request as httpRequest } from 'node:http';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuntimePaths } from '../../src/paths/paths.js';
import { hookEnvironment } from '../../src/socket/hook-environment.js';
import type { HookAnswer, HookCall, HookPending } from '../../src/socket/host-adapter.js';
import { serve, type RawAnswer } from '../support/serve.js';

type Handle = (call: HookCall) => Promise<HookAnswer | HookPending>;

const ALLOW: HookAnswer = { permission: 'allow', exit: 0, body: '{"a":1}' };
const REFUSED = { 'airlock-permission': 'deny', 'airlock-exit': '2' };

async function post(
  handle: Handle,
  { headers = {}, body = '{}' }: { headers?: Record<string, string | string[]>; body?: string } = {},
): Promise<RawAnswer> {
  const paths = await serve({ adapters: [{ host: 'h', handle }] });
  return await posted(paths, headers, body);
}

async function posted(paths: RuntimePaths, headers: Record<string, string | string[]>, body: string) {
  return await new Promise<RawAnswer>((resolve, reject) => {
    const options = { socketPath: paths.socket, method: 'POST', path: '/v1/hooks/h/e', agent: false, headers };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const listed = (...entries: string[]) => Buffer.from(entries.map((entry) => `${entry}\0`).join('')).toString('base64');

describe(rules('LOC-040', 'INV-24')`an answer to a hook`, () => {
  it.each<[string, HookAnswer]>([
    ['allow', ALLOW],
    ['pass', { permission: 'pass', exit: 0, body: '{}' }],
    ['pass with nothing to say', { permission: 'pass', exit: 0, body: '' }],
    ['deny', { permission: 'deny', exit: 2, body: '{"no":true}' }],
  ])('%s is given with its exit code and its body', async (_, answer) => {
    expect(await post(async () => answer)).toMatchObject({
      status: 200,
      headers: { 'airlock-permission': answer.permission, 'airlock-exit': String(answer.exit) },
      body: answer.body,
    });
  });

  it.each<[string, object]>([
    ['an allow that exits with 2', { ...ALLOW, exit: 2 }],
    ['a pass that exits with 1', { permission: 'pass', exit: 1, body: '{}' }],
    ['a deny that exits with 0', { permission: 'deny', exit: 0, body: '{}' }],
    ['a deny that exits with 1', { permission: 'deny', exit: 1, body: '{}' }],
    ['half an exit code', { ...ALLOW, exit: 0.5 }],
    ['an unknown permission', { ...ALLOW, permission: 'ask' }],
    ['a permission that every object has', { ...ALLOW, permission: 'toString' }],
    ['a body that is no JSON', { ...ALLOW, body: '{"a":' }],
    ['text before the JSON', { ...ALLOW, body: 'hi {}' }],
    ['text after the JSON', { ...ALLOW, body: '{} hi' }],
    ['a JSON array', { ...ALLOW, body: '[]' }],
    ['bytes for a body', { ...ALLOW, body: Uint8Array.of(0x7b, 0x7d) }],
    ['no body', { permission: 'allow', exit: 0 }],
  ])('%s becomes a refusal', async (_, answer) => {
    const given = await post(async () => answer as HookAnswer);
    expect(given).toMatchObject({ status: 500, headers: REFUSED });
    expect(JSON.parse(given.body)).toMatchObject({ error: { code: 'internal_error' } });
  });

  it('that is not there yet is 202 and nothing else', async () => {
    const given = await post(async () => ({ permission: 'pending' }));
    expect(given).toMatchObject({ status: 202, body: '' });
    expect(Object.keys(given.headers).filter((name) => name.startsWith('airlock'))).toEqual([]);
  });

  const safe = expect.stringMatching(/^airlock refused this and cannot show why here/);

  it.each<[string, string, unknown]>([
    ['printable', 'no: rm -rf / (~ 100%)', 'no: rm -rf / (~ 100%)'],
    ['as long as it may be', 'x'.repeat(4000), 'x'.repeat(4000)],
    ['too long', 'x'.repeat(4001), safe],
    ['empty', '', safe],
    ['not ASCII', 'n\u00f6', safe],
    ['of two lines', 'no\r\nAirlock-Permission: allow', safe],
    ['with an escape', '\u001b[2J', safe],
  ])('carries a reason that is %s', async (_, reason, shown) => {
    const given = await post(async () => ({ permission: 'deny', exit: 2, body: '{}', reason }));
    expect(given).toMatchObject({ status: 200, headers: { ...REFUSED, 'airlock-reason': shown } });
  });

  it('says why it failed, where that can be said', async () => {
    const given = await post(async () => {
      throw new Error('the disk is full');
    });
    expect(given.headers).toMatchObject({ ...REFUSED, 'airlock-reason': 'airlock: the disk is full (internal_error)' });
  });
});

describe(rules('INV-23', 'LOC-040')`the environment that a hook tells`, () => {
  it('reaches the adapter as the host had it', async () => {
    const seen: unknown[] = [];
    const environment = listed('A=1', 'EMPTY=', 'X=a=b\nc', 'BASH_FUNC_x%%=() {  :\n}', '__proto__=p', 'U=\u{1f600}');
    await post(
      async (call) => {
        seen.push(Object.entries(call.environment ?? {}));
        return ALLOW;
      },
      { headers: { 'airlock-environment': environment } },
    );
    expect(seen).toEqual([
      [
        ['A', '1'],
        ['EMPTY', ''],
        ['X', 'a=b\nc'],
        ['BASH_FUNC_x%%', '() {  :\n}'],
        ['__proto__', 'p'],
        ['U', '\u{1f600}'],
      ],
    ]);
  });

  it('of 90 KiB reaches it too; of more than fits, nothing does', async () => {
    const calls: HookCall[] = [];
    const paths = await serve({
      adapters: [
        {
          host: 'h',
          handle: async (call) => {
            calls.push(call);
            return ALLOW;
          },
        },
      ],
    });
    const big = (bytes: number) => ({ 'airlock-environment': listed(`BIG=${'x'.repeat(bytes)}`) });
    expect(await posted(paths, big(90 * 1024), '{}')).toMatchObject({ status: 200 });
    expect(calls[0]?.environment?.BIG).toHaveLength(90 * 1024);
    const refused = await posted(paths, big(300 * 1024), '{}').catch((cause: unknown) => cause);
    expect(refused).not.toMatchObject({ status: 200 });
    expect(calls).toHaveLength(1);
  });

  it.each<[string, string | string[]]>([
    ['no base64', 'A=1'],
    ['cut base64', listed('A=1', 'B=2').slice(0, -1)],
    ['a list that is cut off', Buffer.from('A=1\0B=').toString('base64')],
    ['two headers', [listed('A=1'), listed('A=2')]],
    ['base64 for the web', Buffer.from('A=\u00ff\u00ff\u00ff\u00ff\0').toString('base64url')],
  ])('%s is a refusal, and the adapter is not asked', async (_, environment) => {
    const given = await post(async () => ALLOW, { headers: { 'airlock-environment': environment } });
    expect(given).toMatchObject({ status: 400, headers: REFUSED });
    expect(JSON.parse(given.body)).toMatchObject({ error: { code: 'bad_request' } });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['an empty name', listed('A=1', '=x')],
    ['an entry without a value', listed('A=1', 'B')],
    ['a name twice', listed('A=1', 'A=2')],
    ['bytes that are no text', Buffer.from([0x41, 0x3d, 0xff, 0x00]).toString('base64')],
    ['one NUL', Buffer.from([0]).toString('base64')],
  ])('%s is no environment, so that no pattern applies', (_, header) => {
    expect(hookEnvironment(header)).toBe(null);
  });

  it('is told as it is, whatever it holds', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[=\0]/.test(text));
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1 }), (entries) => {
        const told = hookEnvironment(listed(...entries.map(([key, text]) => `${key}=${text}`)));
        expect(new Map(Object.entries(told ?? {}))).toEqual(new Map(entries));
      }),
    );
  });
});

describe(rules('LOC-145')`a hook that goes away`, () => {
  it('is noticed while it waits', async () => {
    let told: () => void = () => undefined;
    const noticed = new Promise<void>((resolve) => {
      told = resolve;
    });
    const handle: Handle = async ({ signal }) => {
      signal.addEventListener('abort', () => told());
      client.destroy();
      await noticed;
      return ALLOW;
    };
    const paths = await serve({ adapters: [{ host: 'h', handle }] });
    const client = begin(paths);
    client.end('{}');
    await noticed;
  });

  it('in the middle of its input is not asked about', async () => {
    const calls: HookCall[] = [];
    const handle: Handle = async (call) => {
      calls.push(call);
      return ALLOW;
    };
    const paths = await serve({ adapters: [{ host: 'h', handle }] });
    const client = begin(paths);
    client.setHeader('content-length', 100);
    await new Promise<void>((resolve) => client.write('{', () => resolve()));
    client.destroy();
    expect(await posted(paths, {}, '{}')).toMatchObject({ status: 200 });
    expect(calls).toHaveLength(1);
  });
});

function begin(paths: RuntimePaths) {
  const client = httpRequest({ socketPath: paths.socket, method: 'POST', path: '/v1/hooks/h/e', agent: false });
  client.on('error', () => undefined);
  return client;
}
