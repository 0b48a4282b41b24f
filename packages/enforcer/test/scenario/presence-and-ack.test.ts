import { rules } from '@airlock/conformance';
import { failure, UNAVAILABLE } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, type BenchOptions, WORKSPACE } from '../support/bench.js';

function prepared(options: BenchOptions = {}) {
  const b = bench(options);
  b.ready();
  return b;
}

const presence = (b: ReturnType<typeof bench>) => b.driver.state().presence[WORKSPACE];

describe(rules('PRES-010')`presence`, () => {
  it('opens a channel once paired and sends heartbeats every 30 s until there is one', () => {
    const b = prepared();
    expect(presence(b)?.name).toBe('Connecting');
    expect(b.driver.of('channel.open')).toHaveLength(1);
    expect(b.driver.of('gateway.heartbeat')).toHaveLength(1);
    b.driver.advance(60_000);
    expect(b.driver.of('gateway.heartbeat')).toHaveLength(3);
    b.driver.send({ type: 'channel.opened', workspaceId: WORKSPACE });
    b.driver.advance(120_000);
    expect(presence(b)?.name).toBe('Online');
    expect(b.driver.of('gateway.heartbeat')).toHaveLength(3);
  });

  it('reconnects with growing pauses', () => {
    const b = prepared();
    for (const pause of [1000, 2000, 4000]) {
      b.driver.send({ type: 'channel.closed', workspaceId: WORKSPACE });
      expect(presence(b)?.name).toBe('Backoff');
      b.driver.advance(pause - 1);
      expect(presence(b)?.name).toBe('Backoff');
      b.driver.advance(1);
      expect(presence(b)?.name).toBe('Connecting');
    }
  });

  it('ends with unpairing, sign-out and shutdown', () => {
    for (const event of [
      { type: 'pairing.unpair', workspaceId: WORKSPACE },
      { type: 'auth.signOut' },
      { type: 'engine.shutdown' },
    ] as const) {
      const b = prepared();
      b.driver.send(event);
      expect(presence(b)?.name).toBe('Offline');
      expect(b.driver.of('channel.close')).toHaveLength(1);
    }
  });

  it('changes nothing about a decision', () => {
    const outcomes = (['channel.opened', 'channel.closed'] as const).map((type) => {
      const b = prepared();
      b.driver.send({ type, workspaceId: WORKSPACE });
      const open = b.request();
      b.decide(open, 'approve');
      return b.exchange(open.requestId)?.name;
    });
    expect(outcomes).toEqual(['Approved', 'Approved']);
  });
});

describe(rules('ACK-010', 'ACK-050')`the acknowledgement`, () => {
  function failing(outcome = UNAVAILABLE) {
    let left = Number.POSITIVE_INFINITY;
    const b = bench({
      gateway: (effect, now) => {
        if (effect.type !== 'gateway.ack' || left <= 0) return b.gateway.answer(effect, now);
        left -= 1;
        return outcome;
      },
    });
    b.ready();
    return { b, heal: () => (left = 0) };
  }

  it('is sent after the record, with the id of the decision and the status processed', () => {
    const b = prepared();
    const open = b.request();
    const text = b.decide(open, 'approve');
    const { envelope } = b.driver.of('gateway.ack')[0]!.request;
    expect(envelope).toMatchObject({ msgId: open.ackMsgId, requestId: open.requestId });
    expect(envelope.body).toMatchObject({ status: 'processed', msgId: JSON.parse(text).msgId });
  });

  it('is retried a few times and then given up, while the execution went on', () => {
    const { b } = failing();
    const open = b.request();
    b.decide(open, 'approve');
    b.driver.send({ type: 'execution.claim', requestId: open.requestId });
    expect(b.grants(open.requestId)).toBe(1);
    b.driver.advance(60_000);
    expect(b.driver.of('gateway.ack')).toHaveLength(5);
    expect(b.exchange(open.requestId)?.ack.name).toBe('GaveUp');
    expect(b.audit('ack.gave-up')).toHaveLength(1);
  });

  it('gets through when the gateway is back', () => {
    const { b, heal } = failing(failure({ kind: 'unreachable', retryable: true }));
    const open = b.request();
    b.decide(open, 'reject');
    heal();
    b.driver.advance(1000);
    expect(b.exchange(open.requestId)?.ack.name).toBe('Sent');
  });

  it('is not sent for a decision that was refused', () => {
    const b = prepared();
    const open = b.request();
    b.gateway.decide(open.requestId, '{}');
    b.driver.release(`wait:${open.requestId}`);
    b.driver.advance(60_000);
    expect(b.driver.of('gateway.ack')).toEqual([]);
  });
});

describe('a finished request', () => {
  it('is forgotten after a while', () => {
    const b = prepared();
    const open = b.request();
    b.decide(open, 'reject');
    b.driver.advance(299_999);
    expect(b.exchange(open.requestId)).toBeDefined();
    b.driver.advance(1);
    expect(b.exchange(open.requestId)).toBeUndefined();
  });
});
