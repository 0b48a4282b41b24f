import { pino } from 'pino';
import { type RawData, WebSocket } from 'ws';
import { createGateway, type Gateway, type GatewayOptions, systemPorts } from '../../src/index.js';
import { answered, type Call, requestInit } from './call.js';
import { LIMITS_OFF } from './harness.js';
import { type Party, party } from './party.js';
import type { SimulatedClock } from './simulated-clock.js';
import { temporaryFolder } from './temporary.js';

/** A gateway on a real port, in real time. */
export interface Listening {
  readonly gateway: Gateway;
  readonly origin: string;
  readonly call: Call;
  readonly party: (name?: string) => Promise<Party>;
  readonly socket: (query: Record<string, string>, headers?: Record<string, string>) => TestSocket;
  readonly close: () => Promise<void>;
}

export interface TestSocket {
  readonly raw: WebSocket;
  /** The next message that is no ping, parsed. */
  readonly next: () => Promise<any>;
  readonly opened: Promise<void>;
  /** Close code. */
  readonly closed: Promise<number>;
  readonly send: (message: unknown) => void;
}

function testSocket(url: string, headers: Record<string, string>): TestSocket {
  const raw = new WebSocket(url, { headers });
  const queue: any[] = [];
  const readers: ((message: any) => void)[] = [];
  raw.on('message', (data: RawData) => {
    const message = JSON.parse((data as Buffer).toString('utf8'));
    if (message.msgType === 'ping') return;
    const reader = readers.shift();
    if (reader === undefined) queue.push(message);
    else reader(message);
  });
  return {
    raw,
    next: () =>
      queue.length > 0
        ? Promise.resolve(queue.shift())
        : new Promise((resolve) => {
            readers.push(resolve);
          }),
    opened: new Promise((resolve, reject) => {
      raw.once('open', () => resolve());
      raw.once('error', reject);
    }),
    closed: new Promise((resolve) => {
      raw.once('close', (code) => resolve(code));
    }),
    send: (message) => raw.send(typeof message === 'string' ? message : JSON.stringify(message)),
  };
}

/** Starts a gateway on a free port. */
export async function listening(options: Partial<GatewayOptions> = {}, clock?: SimulatedClock): Promise<Listening> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const gateway = await createGateway(
    { limits: LIMITS_OFF, port: 0, ...options, dataDir },
    {
      log: pino({ level: process.env['AIRLOCK_TEST_LOG'] ?? 'silent' }),
      ports: { ...systemPorts(), ...clock },
    },
  );
  const { port, url } = await gateway.listen();
  const call: Call = async (method, path, options) =>
    await answered(await fetch(url + path, requestInit(method, options)));
  let users = 0;
  return {
    gateway,
    origin: url,
    call,
    party: (name) => {
      users += 1;
      return party({ gateway, call, now: clock?.now ?? systemPorts().now }, name ?? `user ${users}`);
    },
    socket: (query, headers = {}) =>
      testSocket(`ws://127.0.0.1:${port}/v1/ws?${new URLSearchParams(query).toString()}`, headers),
    close: () => gateway.close(),
  };
}
