import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { IdleWatch } from '../../src/daemon/idle.js';
import { IDLE_EXIT_MS } from '../../src/daemon/options.js';
import { callFor, HOST, hostScene } from '../support/host.js';
import { bodyFor } from '../support/daemon.js';
import { until } from '../support/policy-scene.js';

/** A timer that is fired by hand. */
function watch(afterMs: number, busy: () => boolean = () => false) {
  const timers = new Map<object, { readonly afterMs: number; readonly fire: () => void }>();
  const seen = { idle: 0 };
  const idle = new IdleWatch({
    afterMs,
    busy,
    onIdle: () => {
      seen.idle += 1;
    },
    ports: {
      timer: (delay, fire) => {
        const key = {};
        timers.set(key, { afterMs: delay, fire });
        return () => timers.delete(key);
      },
    },
  });
  const fire = () => {
    for (const [key, timer] of [...timers]) {
      timers.delete(key);
      timer.fire();
    }
  };
  return { idle, seen, timers, fire };
}

describe(rules('LOC-010')`a daemon that nobody needs`, () => {
  it('started on demand ends after half an hour', () => {
    expect(IDLE_EXIT_MS).toBe(1_800_000);
    const { seen, timers, fire } = watch(IDLE_EXIT_MS);
    expect([...timers.values()].map(({ afterMs }) => afterMs)).toEqual([1_800_000]);
    fire();
    expect(seen.idle).toBe(1);
  });

  it('never ends where no time is set', () => {
    const { idle, timers } = watch(0);
    idle.enter();
    idle.leave();
    expect(timers.size).toBe(0);
  });

  it('counts from the last connection, and not while something is under way', () => {
    let isBusy = true;
    const { idle, seen, timers, fire } = watch(10, () => isBusy);
    idle.enter();
    idle.enter();
    idle.leave();
    expect(timers.size).toBe(0);
    idle.leave();
    fire();
    expect([seen.idle, timers.size]).toEqual([0, 1]);
    isBusy = false;
    fire();
    expect(seen.idle).toBe(1);
  });

  it('leaves no timer behind that would keep its process', () => {
    const { idle, timers } = watch(10);
    idle.enter();
    idle.stop();
    idle.leave();
    expect(timers.size).toBe(0);
  });
});

describe(rules('LOC-010', 'LOC-145')`a daemon that somebody waits for`, () => {
  const SLOW = { timeout: 30_000 };
  // By the quick clock of the tests: 200 ms.
  const idleExitMs = 2000;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('does not end while a layer of a host waits, and ends when the call is decided', SLOW, async () => {
    const made = await hostScene({ idleExitMs });
    const waiting = made.desk.decide(callFor(made.workspace));
    await until(() => made.relay.artifacts.size === 1);
    await pause(1000);
    made.human.decide([...made.relay.artifacts.values()][0]!, 'approve');
    expect(await waiting).toMatchObject({ permission: 'allow' });
    expect(await made.daemon.closed).toBe('idle');
  });

  it('nor while a layer without a tool-use id does', SLOW, async () => {
    const made = await hostScene({ idleExitMs });
    const waiting = made.desk.decide(callFor(made.workspace, { toolUseId: null }));
    await until(() => made.relay.artifacts.size === 1);
    await pause(1000);
    made.human.decide([...made.relay.artifacts.values()][0]!, 'reject');
    expect(await waiting).toMatchObject({ permission: 'deny' });
    expect(await made.daemon.closed).toBe('idle');
  });

  it('nor while a layer is to ask again', SLOW, async () => {
    const made = await hostScene({ idleExitMs });
    for (let n = 0; n < 4; n += 1) {
      expect(await made.desk.decide(callFor(made.workspace, { waitMs: 3000 }))).toEqual({ permission: 'pending' });
      await pause(300);
    }
    expect(made.relay.withdrawn).toEqual([]);
    made.desk.sessionEnded(HOST, 's-1');
    expect(await made.daemon.closed).toBe('idle');
  });

  it('nor while a caller of the socket does', SLOW, async () => {
    const made = await hostScene({ idleExitMs });
    made.relay.onArtifact = (artifact) => void pause(1000).then(() => made.human.decide(artifact, 'reject'));
    const events: string[] = [];
    for await (const event of made.client.request(bodyFor(made.workspace))) events.push(event.event);
    expect(events.at(-1)).toBe('decided');
    expect(await made.daemon.closed).toBe('idle');
  });
});
