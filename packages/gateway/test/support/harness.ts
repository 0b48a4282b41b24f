import { type DestinationStream, pino } from 'pino';
import { createGateway, type Gateway, type GatewayOptions, systemPorts } from '../../src/index.js';
import { answered, type Call, requestInit } from './call.js';
import { type Party, party } from './party.js';
import { type SimulatedClock, simulatedClock } from './simulated-clock.js';
import { temporaryFolder } from './temporary.js';

/** T of vectors/gateway-messages.json. */
export const T = Date.parse('2026-03-02T14:00:00.000Z');

export interface Harness {
  readonly gateway: Gateway;
  readonly clock: SimulatedClock;
  readonly dataDir: string;
  readonly call: Call;
  /** A user with credentials of both roles and one device. */
  readonly party: (name?: string) => Promise<Party>;
  readonly close: () => Promise<void>;
}

export const LIMITS_OFF = {
  anonymousPerMinute: 1_000_000,
  requestsPerMinute: 1_000_000,
  waitsPerMinute: 1_000_000,
  concurrentWaits: 1_000_000,
};

/** A gateway over a real store in a temporary directory, called in process, whose clock only the test moves. */
export async function harness(options: Partial<GatewayOptions> = {}, logTo?: DestinationStream): Promise<Harness> {
  const dataDir = temporaryFolder();
  const clock = simulatedClock(T);
  const gateway = await createGateway(
    { dataDir, publicUrl: 'https://gateway.example', limits: LIMITS_OFF, ...options },
    {
      ports: { ...systemPorts(), now: clock.now, after: clock.after },
      log:
        logTo === undefined
          ? pino({ level: process.env['AIRLOCK_TEST_LOG'] ?? 'silent' })
          : pino({ level: 'debug' }, logTo),
    },
  );
  const call: Call = async (method, path, options) =>
    await answered(await gateway.app.request(path, requestInit(method, options)));
  let users = 0;
  return {
    gateway,
    clock,
    dataDir,
    call,
    party: (name) => {
      users += 1;
      return party({ gateway, call, now: clock.now }, name ?? `user ${users}`);
    },
    close: () => gateway.close(),
  };
}
