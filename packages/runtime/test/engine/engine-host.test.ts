import { rules } from '@airlock/conformance';
import type { EnforcerEffect } from '@airlock/enforcer';
import { describe, expect, it } from 'vitest';
import { EngineHost } from '../../src/engine/engine-host.js';
import { EventQueue } from '../../src/engine/event-queue.js';
import { Problems } from '../../src/engine/problems.js';
import { RuntimeError } from '../../src/errors.js';

const NOTHING = { auth: null, workspaces: [], openRequests: [], rejections: [] };

function hostWith(perform: (effect: EnforcerEffect) => void, defects: string[] = []): EngineHost {
  return new EngineHost({
    config: {},
    enforcerPorts: {},
    ports: { now: () => 1000.7, mono: () => 5 },
    perform,
    onDefect: (_, where) => defects.push(where),
  });
}

describe(rules('INV-22')`the loop around the engine`, () => {
  it('takes events that effects raise after the effects of the event before, one at a time', () => {
    const seen: string[] = [];
    const host: EngineHost = hostWith((effect) => {
      seen.push(effect.type);
      if (effect.type === 'audit.append' && effect.entry.kind === 'engine.started') {
        host.dispatch({ type: 'engine.fault', code: 'x' });
        seen.push('after dispatch');
      }
    });
    host.dispatch({ type: 'engine.start', durable: NOTHING });
    expect(host.state).toMatchObject({ lifecycle: 'running', fault: 'x' });
    expect(seen.indexOf('after dispatch')).toBe(seen.indexOf('audit.append') + 1);
  });

  it('an effect that throws is reported and does not keep the others from happening', () => {
    const defects: string[] = [];
    const host = hostWith(() => {
      throw new Error('boom');
    }, defects);
    host.dispatch({ type: 'engine.start', durable: NOTHING });
    expect(defects.length).toBeGreaterThan(0);
    expect(host.state.lifecycle).toBe('running');
  });

  it('tells watchers until they leave', () => {
    const host = hostWith(() => undefined);
    let told = 0;
    const leave = host.watch(() => {
      told += 1;
    });
    host.dispatch({ type: 'engine.start', durable: NOTHING });
    leave();
    host.dispatch({ type: 'engine.shutdown' });
    expect(told).toBe(1);
  });

  it('the first local problem becomes the fault, a repeated one nothing new', () => {
    const faults: string[] = [];
    const problems = new Problems((code) => faults.push(code));
    const error = new RuntimeError('journal_corrupt', 'm', { file: '/f' });
    problems.report(error);
    problems.report(error);
    problems.report(new RuntimeError('state_corrupt', 'm'));
    expect(faults).toEqual(['journal_corrupt']);
    expect(problems.all).toHaveLength(2);
  });
});

describe(rules('LOC-040')`a queue of progress`, () => {
  it('hands out what came before and after somebody reads, then ends', async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    const read: number[] = [];
    const reading = (async () => {
      for await (const value of queue) read.push(value);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    queue.push(2);
    queue.end();
    queue.push(3);
    await reading;
    expect(read).toEqual([1, 2]);
  });
});
