import { connect } from 'node:net';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayConfigSchema } from '../../src/config.js';
import { addressGroup } from '../../src/http/connection.js';
import { LIMITS_OFF } from '../support/harness.js';
import { type Listening, listening } from '../support/listening.js';
import type { Paired, Party } from '../support/party.js';

const HEADERS_MS = 300;
const BODY_MS = 2500;

let l: Listening;
let user: Party;
let paired: Paired;
beforeAll(async () => {
  l = await listening({ limits: { ...LIMITS_OFF, headersMs: HEADERS_MS, bodyMs: BODY_MS } });
  user = await l.party();
  paired = await user.pair();
});
afterAll(() => l.close());

/** Sends text and never the rest; resolves with what came back once the other side hangs up, and after how long. */
async function unfinished(text: string): Promise<{ readonly said: string; readonly afterMs: number }> {
  const begun = performance.now();
  const socket = connect(Number(new URL(l.origin).port), '127.0.0.1');
  let said = '';
  socket.on('data', (bytes) => {
    said += bytes.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return { said, afterMs: performance.now() - begun };
}

const head = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nHost: gateway\r\n`;
const body = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';

describe(rules('GW-130', 'GW-190')`somebody without credentials who sends as slowly as possible`, () => {
  it('has 10 s for the headers and 15 s for the body unless the operator says otherwise', () => {
    const { limits } = gatewayConfigSchema.parse({ dataDir: '/d' });
    expect(limits).toMatchObject({ headersMs: 10_000, bodyMs: 15_000 });
  });

  it.each([
    ['headers that never end', head('GET', '/v1/status'), HEADERS_MS, BODY_MS],
    ['a body of an unauthenticated route', head('POST', '/v1/auth/refresh') + body, HEADERS_MS + BODY_MS, 8000],
    ['a body of a page', head('POST', '/device') + body.replace('json', 'x-www-form-urlencoded'), HEADERS_MS, 8000],
    ['a body of an unknown route', head('POST', '/nowhere') + body, 0, 8000],
  ])('%s: the connection ends', async (_, text, notBefore, before) => {
    const { afterMs } = await unfinished(text);
    expect(afterMs).toBeGreaterThanOrEqual(notBefore);
    expect(afterMs).toBeLessThan(before);
  });

  it('holds no connection that says nothing', async () => {
    expect((await unfinished('')).afterMs).toBeLessThan(5000);
  });

  it('does not end a parked wait, an event stream or a socket, which take longer', { timeout: 15_000 }, async () => {
    const sent = user.submission(paired);
    expect((await l.call('POST', '/v1/artifacts', { headers: user.enforcer, body: sent })).status).toBe(202);
    const events = new AbortController();
    const stream = await fetch(`${l.origin}/v1/sse/enforcers/${paired.enforcerId}`, {
      headers: user.enforcer,
      signal: events.signal,
    });
    let streamEnded = false;
    const reading = stream.text().then(
      () => {
        streamEnded = true;
      },
      () => undefined,
    );
    const socket = l.socket({ role: 'approver', id: paired.device.approverId }, paired.device.headers);
    await socket.opened;
    const begun = performance.now();
    const wait = await l.call('GET', `/v1/exchanges/${sent.requestId}/wait?timeout=4`, { headers: user.enforcer });
    expect(wait.status).toBe(204);
    expect(performance.now() - begun).toBeGreaterThan(HEADERS_MS + BODY_MS);
    expect(streamEnded).toBe(false);
    socket.send({ msgType: 'ping' });
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
    socket.raw.close();
    events.abort();
    await reading;
  });
});

describe(rules('GW-190')`somebody with a whole IPv6 network`, () => {
  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:0:0:0:9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['192.0.2.1', '192.0.2.1'],
    ['unknown', 'unknown'],
    ['not:an:address', 'not:an:address'],
  ])('%s counts as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });

  it('shares one budget over a /64', async () => {
    const small = await listening({
      trustProxy: ['127.0.0.1', '::1'],
      limits: { ...LIMITS_OFF, anonymousPerMinute: 2 },
    });
    const ask = async (address: string, path: string) =>
      (await small.call('GET', path, { headers: { 'X-Forwarded-For': address } })).status;
    for (const path of ['/v1/status', '/device']) {
      const answers = [];
      for (const host of ['1', '2', '3']) answers.push(await ask(`2001:db8:7:7::${host}`, path));
      expect(answers[2], path).toBe(429);
      expect(await ask('2001:db8:7:8::1', path)).not.toBe(429);
    }
    await small.close();
  });
});

describe(rules('PRES-040')`an enforcer that fills the gateway's memory with capabilities`, () => {
  const recordAfter = async (id: string, capabilities: Record<string, string>): Promise<any> => {
    const socket = l.socket({ role: 'enforcer', id }, user.enforcer);
    await socket.opened;
    socket.send({ msgType: 'hello', capabilities, workspaceName: 'w' });
    socket.send({ msgType: 'ping' });
    await socket.next();
    const { body: record } = await l.call('GET', `/v1/presence/enforcers/${id}`, { headers: user.console });
    socket.raw.close();
    return record;
  };
  const text = (bytes: number) => ({ c: 'x'.repeat(bytes - '{"c":""}'.length) });

  it('has up to 4 KiB kept; with more its record stays, without them', async () => {
    expect((await recordAfter('fits', text(4096))).capabilities).toEqual(text(4096));
    const large = await recordAfter('large', text(4097));
    expect(large).toMatchObject({ status: 'online', workspaceName: 'w' });
    expect(large).not.toHaveProperty('capabilities');
  });
});
