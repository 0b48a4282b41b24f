import { rules } from '@airlock/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { T } from './support/harness.js';
import { type Listening, listening, type TestSocket } from './support/listening.js';
import type { Party } from './support/party.js';
import { type SimulatedClock, simulatedClock } from './support/simulated-clock.js';

let l: Listening;
let clock: SimulatedClock;
let user: Party;

async function connected(): Promise<TestSocket> {
  clock = simulatedClock(T);
  l = await listening({}, clock);
  user = await l.party();
  const socket = l.socket({ role: 'enforcer', id: 'enf-1' }, user.enforcer);
  await socket.opened;
  return socket;
}
afterEach(() => l.close());

/** Lets simulated seconds pass while real sockets exchange what they have. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 5) {
    await clock.advance(5_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const record = async (): Promise<any> =>
  (await l.call('GET', '/v1/presence/enforcers/enf-1', { headers: user.console })).body;

describe(rules('GW-440')`an open socket`, () => {
  it('is pinged in both ways and stays open while it answers', async () => {
    const socket = await connected();
    const pings: string[] = [];
    socket.raw.on('message', (data: Buffer) => pings.push(data.toString('utf8')));
    let protocolPings = 0;
    socket.raw.on('ping', () => {
      protocolPings += 1;
    });
    await pass(180);
    expect(pings.length).toBeGreaterThanOrEqual(5);
    expect(new Set(pings)).toEqual(new Set(['{"msgType":"ping"}']));
    expect(protocolPings).toBeGreaterThanOrEqual(5);
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
  });

  it('is closed after 120 s of silence', async () => {
    const socket = await connected();
    // A client that answers no ping at all.
    socket.raw.pong = () => undefined;
    await pass(115);
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
    await pass(40);
    expect(await socket.closed).toBe(1001);
  });
});

describe(rules('GW-410')`a credential that ends while its socket is open`, () => {
  it('leads to 4401 within 60 s', async () => {
    const socket = await connected();
    const [pat] = (await l.gateway.admin.listPats()).filter((one) => one.role === 'enforcer');
    await l.gateway.admin.revokePat(pat!.tokenId);
    await pass(60);
    expect(await socket.closed).toBe(4401);
    expect((await record()).status).toBe('offline');
  });
});

describe(rules('PRES-040')`without hello`, () => {
  it('the record falls back to connection state alone after 5 s', async () => {
    const socket = await connected();
    const body = { enforcerId: 'enf-1', workspaceName: 'w', enforcerLabel: 'l' };
    await l.call('POST', '/v1/presence/heartbeat', { headers: user.enforcer, body });
    expect(await record()).toMatchObject({ status: 'online', transport: 'websocket', workspaceName: 'w' });
    await pass(10);
    const silent = await record();
    expect(silent).toMatchObject({ status: 'online', transport: 'websocket' });
    expect('workspaceName' in silent).toBe(false);
    socket.send({ msgType: 'hello', capabilities: { push: true }, workspaceName: 'w2' });
    await expect.poll(async () => (await record()).workspaceName).toBe('w2');
  });
});
