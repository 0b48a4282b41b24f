import { rules } from '@airlock/conformance';
import { describe, expect, it, vi } from 'vitest';
import {
  type ChannelEvent,
  type ChannelOptions,
  createGatewayClient,
  type Credentials,
  type GatewayTransport,
} from '../../src/index.js';
import { type Answer, memoryTransport } from '../memory-transport.js';
import { GATEWAY_MESSAGES } from '../vectors/gateway-messages.js';
import { FakeSocket } from './fake-socket.js';

const TICKET: Answer = { status: 200, body: { ticket: 'tkt-1', expiresIn: 30 } };
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 2));

interface Setup {
  readonly credentials?: Credentials;
  readonly socketHeaders?: boolean;
  readonly answer?: Answer;
  readonly options?: Partial<ChannelOptions>;
}

function open({ credentials, socketHeaders = false, answer = TICKET, options = {} }: Setup = {}) {
  const sockets: FakeSocket[] = [];
  const events: ChannelEvent[] = [];
  const timers: (() => void)[] = [];
  const memory = memoryTransport(() => answer);
  const transport: GatewayTransport = {
    ...memory.transport,
    socketHeaders,
    sleep: (ms) => {
      memory.pauses.push(ms);
      return new Promise((resolve) => setImmediate(resolve));
    },
    openSocket: (url, headers) => {
      const socket = new FakeSocket(url, headers);
      sockets.push(socket);
      return socket;
    },
    deadline: (ms, parent) => {
      const deadline = memory.transport.deadline(2 ** 30, parent);
      if (ms !== 90_000) return deadline;
      const controller = new AbortController();
      let isCleared = false;
      timers.push(() => !isCleared && controller.abort());
      deadline.clear();
      return { signal: controller.signal, expired: true, clear: () => (isCleared = true) };
    },
  };
  const client = createGatewayClient({
    origin: 'https://gateway.example',
    transport,
    credentials: credentials ?? { user: { kind: 'pat', pat: 'airpat_1' } },
  });
  const channel = client.openChannel({
    role: 'enforcer',
    id: 'enf-1',
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { ...memory, channel, sockets, events, timers };
}

const bearer = (token: (rejected: string | undefined) => string | undefined): Credentials => ({
  user: { kind: 'bearer', token: async ({ rejected }) => token(rejected) },
});

describe(rules('GW-400')`the credential of a socket`, () => {
  it('is a ticket where no header can be set, asked for with the ordinary credential', async () => {
    const { sockets, sent } = open();
    await turn();
    expect(sent[0]).toMatchObject({
      url: 'https://gateway.example/v1/ws/ticket',
      init: { headers: { 'X-PAT': 'airpat_1' } },
    });
    expect(sockets[0]).toMatchObject({
      url: 'wss://gateway.example/v1/ws?role=enforcer&id=enf-1&token=tkt-1',
      headers: {},
    });
  });

  it('is a ticket for a PAT even where headers can be set', async () => {
    const { sockets } = open({ socketHeaders: true });
    await turn();
    expect(sockets[0]?.url).toContain('token=tkt-1');
    expect(sockets[0]?.headers).toEqual({});
  });

  it('is the Authorization header for a bearer token, never the URL', async () => {
    const { sockets, sent } = open({ socketHeaders: true, credentials: bearer(() => 'jwt') });
    await turn();
    expect(sent).toHaveLength(0);
    expect(sockets[0]?.url).toBe('wss://gateway.example/v1/ws?role=enforcer&id=enf-1');
    expect(sockets[0]?.headers).toMatchObject({ Authorization: 'Bearer jwt', 'X-HARP-Version': '0.2' });
  });
});

describe(rules('GW-440')`an open channel`, () => {
  it('says hello first and answers every ping', async () => {
    const hello = GATEWAY_MESSAGES.messages.find(({ id }) => id === 'hello')!.value;
    const { msgType: _, ...helloOptions } = hello;
    const { sockets, events } = open({ options: { hello: helloOptions } });
    await turn();
    sockets[0]?.emit('open');
    sockets[0]?.receive({ msgType: 'ping' });
    expect(sockets[0]?.sent).toEqual([hello, { msgType: 'pong' }]);
    expect(events).toEqual([{ type: 'open' }]);
  });

  it('hands on envelopes as text and drops what is none', async () => {
    const { sockets, events } = open();
    await turn();
    sockets[0]?.emit('open');
    const frames = GATEWAY_MESSAGES.messages.filter(
      ({ channel }) => /^ws.*gateway to/.test(channel) && !/ping|pong/.test(channel),
    );
    const texts = frames.map(({ value }) => JSON.stringify(value)).filter((text) => !text.includes('"ping"'));
    for (const text of texts) sockets[0]?.receive(text);
    for (const bad of ['', '[]', 'null', '{"msgType":1}', '{"msgType":"a","msgType":"b"}', '{'])
      sockets[0]?.receive(bad);
    sockets[0]?.emit('message', { data: new Uint8Array(3) });
    expect(events.slice(1)).toEqual(
      texts.map((text) => ({ type: 'message', msgType: JSON.parse(text).msgType, text })),
    );
    expect(texts.length).toBeGreaterThan(5);
  });

  it('sends while it is open and says so when it is not', async () => {
    const { sockets, channel } = open();
    expect(channel.send({ msgType: 'ack.submit' })).toBe(false);
    await turn();
    expect(channel.send({ msgType: 'ack.submit' })).toBe(false);
    sockets[0]?.emit('open');
    expect(channel.send({ msgType: 'ack.submit' })).toBe(true);
    sockets[0]?.close(1006);
    expect(channel.send({ msgType: 'ack.submit' })).toBe(false);
  });
});

describe(rules('GW-490')`reconnection`, () => {
  it('tells the caller after every connection to re-read, and waits longer after each failure', async () => {
    const { sockets, events, pauses } = open();
    for (let round = 0; round < 4; round += 1) {
      await turn();
      sockets[round]?.emit('open');
      if (round === 3) sockets[round]?.receive({ msgType: 'ping' });
      sockets[round]?.close(1006);
    }
    await turn();
    expect(pauses).toEqual([1000, 2000, 4000, 1000]);
    expect(events.filter(({ type }) => type === 'open')).toHaveLength(4);
    expect(events[1]).toEqual({ type: 'closed', code: 1006, retryInMs: 1000 });
  });

  it('closes a connection that the gateway left silent', async () => {
    const { sockets, timers } = open();
    await turn();
    sockets[0]?.emit('open');
    for (const fire of timers) fire();
    await turn();
    expect(sockets[0]?.closedWith).toBe(4000);
    expect(sockets).toHaveLength(2);
  });

  it.each([
    ['before it opened', false],
    ['while it is open', true],
  ])('ends for good when it is closed %s', async (_, isOpen) => {
    const { sockets, events, channel } = open();
    await turn();
    if (isOpen) sockets[0]?.emit('open');
    channel.close();
    await turn();
    expect(sockets[0]?.closedWith).toBe(1000);
    expect(sockets).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: 'stopped', reason: 'closed' });
  });
});

describe('a refused credential', () => {
  it('is refreshed after a close with 4401, and the channel stops when that does not help', async () => {
    const asked: (string | undefined)[] = [];
    const { sockets, events } = open({
      socketHeaders: true,
      credentials: bearer((rejected) => {
        asked.push(rejected);
        return rejected === undefined ? `jwt-${asked.length}` : 'jwt-new';
      }),
    });
    await turn();
    sockets[0]?.emit('open');
    sockets[0]?.close(4401);
    await turn();
    expect(asked).toContain('jwt-1');
    sockets[1]?.close(4401);
    await turn();
    expect(events.at(-1)).toEqual({ type: 'stopped', reason: 'unauthorized' });
  });

  it('stops the channel when no ticket is given', async () => {
    const { events, sockets } = open({ answer: { status: 403, body: { error: 'forbidden' } } });
    await turn();
    await turn();
    expect(sockets).toHaveLength(0);
    expect(events.at(-1)).toEqual({ type: 'stopped', reason: 'unauthorized' });
  });

  it('does not stop the channel when the gateway is only away', async () => {
    const { events, channel } = open({ answer: { status: 503, body: {} } });
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('closed'));
    channel.close();
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ type: 'stopped', reason: 'closed' }));
  });
});
