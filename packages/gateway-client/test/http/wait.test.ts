import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { createGatewayClient, type GatewayError } from '../../src/index.js';
import { type Answer, memoryTransport } from '../memory-transport.js';

const TEXT = '{"msgType":"decision.deliver","a":1,"a":2}';
const DELIVERED: Answer = { status: 200, bytes: new TextEncoder().encode(TEXT) };
const NOTHING: Answer = { status: 204 };
const UNAVAILABLE: Answer = { status: 503, body: { error: 'unavailable', code: 'unavailable', message: 'no' } };

/** Each step of the script: how long the gateway takes, and what it answers. */
function waiting(...steps: readonly { readonly ms: number; readonly answer: Answer }[]) {
  const memory = memoryTransport((_, index) => {
    const step = steps[index];
    if (step === undefined) throw new Error('asked once too often');
    memory.advance(step.ms);
    return step.answer;
  });
  const { exchanges } = createGatewayClient({ origin: 'https://gateway.example', transport: memory.transport });
  return { ...memory, exchanges };
}

describe('one wait', () => {
  it('hands a decision on as the text that arrived, unread', async () => {
    const { exchanges } = waiting({ ms: 10, answer: DELIVERED });
    expect(await exchanges.wait({ requestId: 'req-1' })).toEqual({ kind: 'delivered', text: TEXT });
  });

  it.each([
    [25, 25_000, 0],
    [25, 24_900, 0],
    [25, 10, 1000],
    [25, 20_000, 1000],
    [1, 1000, 0],
    [1, 0, 1000],
  ])('of %s s answered with 204 after %s ms asks for a pause of %s ms', async (timeoutSeconds, ms, pauseMs) => {
    const { exchanges, sent } = waiting({ ms, answer: NOTHING });
    expect(await exchanges.wait({ requestId: 'req-1', timeoutSeconds })).toEqual({ kind: 'pending', pauseMs });
    expect(sent[0]?.url).toMatch(new RegExp(`wait\\?timeout=${timeoutSeconds}$`));
  });

  it('refuses a delivery that is far too large unread', async () => {
    const { exchanges } = waiting({ ms: 0, answer: { status: 200, bytes: new Uint8Array(129 * 1024) } });
    await expect(exchanges.wait({ requestId: 'req-1' })).rejects.toMatchObject({ code: 'response_too_large' });
  });
});

describe(rules('EXCH-150')`waiting for a decision`, () => {
  it('pauses a second after everything but a full hold, and goes on through outages', async () => {
    const { exchanges, pauses } = waiting(
      { ms: 60_000, answer: NOTHING },
      { ms: 5, answer: NOTHING },
      { ms: 5, answer: UNAVAILABLE },
      { ms: 5, answer: { ...UNAVAILABLE, headers: { 'Retry-After': '7' } } },
      { ms: 5, answer: DELIVERED },
    );
    const failures: string[] = [];
    const onFailure = (error: GatewayError) => failures.push(error.code);
    expect(await exchanges.awaitDecision({ requestId: 'req-1', withinMs: 300_000, onFailure })).toBe(TEXT);
    expect(pauses).toEqual([0, 1000, 1000, 7000]);
    expect(failures).toEqual(['unavailable', 'unavailable']);
  });

  it('gives up at its deadline and asks the gateway for no longer than that', async () => {
    const { exchanges, sent } = waiting({ ms: 60_000, answer: NOTHING }, { ms: 30_000, answer: NOTHING });
    expect(await exchanges.awaitDecision({ requestId: 'req-1', withinMs: 90_000 })).toBeUndefined();
    expect(sent.map(({ url }) => new URL(url).searchParams.get('timeout'))).toEqual(['60', '30']);
  });

  it.each([401, 403, 404])('ends with the error that waiting does not cure: %s', async (status) => {
    const { exchanges } = waiting({ ms: 5, answer: { status, body: {} } });
    await expect(exchanges.awaitDecision({ requestId: 'req-1', withinMs: 90_000 })).rejects.toMatchObject({ status });
  });
});
