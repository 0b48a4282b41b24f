import { rules } from '@airlock/conformance';
import { isUnsent, unansweredRefresh } from '@airlock/enforcer';
import { failure, UNAUTHORIZED, UNAVAILABLE, UNREACHABLE } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, type Bench, GATEWAY_URL } from '../support/bench.js';

type Failure = ReturnType<typeof failure>;

const UNSENT = failure({ kind: 'unreachable', code: 'gateway_unreachable', retryable: true, sent: false });
const LOST = UNREACHABLE;
const BUSY = failure({ kind: 'rejected', code: 'rate_limited', status: 429, retryable: true });

/** A signed-in, paired bench whose submissions fail one after the other as told; the last failure repeats. */
function failing(...outcomes: Failure[]) {
  let on = false;
  let count = 0;
  const b = bench({
    gateway: (effect, now) => {
      if (!on || effect.type !== 'gateway.submitArtifact') return b.gateway.answer(effect, now);
      const outcome = outcomes[Math.min(count, outcomes.length - 1)] ?? UNSENT;
      count += 1;
      return outcome;
    },
  });
  b.ready();
  on = true;
  return b;
}

function began(b: Bench, requestId: string): boolean[] {
  return b.progress(requestId).flatMap((step) => (step.kind === 'retrying' ? [step.submissionBegan] : []));
}

describe(rules('ENF-155')`whether a submission began`, () => {
  it.each<[string, Failure[], boolean[]]>([
    ['no connection was made, three times', [UNSENT], [false, false, false]],
    ['the connection was lost', [LOST], [true, true, true]],
    [
      'it is not known whether a byte left',
      [failure({ kind: 'unreachable', code: 'x', retryable: true })],
      [true, true, true],
    ],
    ['the gateway answered 503', [UNAVAILABLE], [true, true, true]],
    ['the gateway answered 429', [BUSY], [true, true, true]],
    ['a lost connection, then none', [LOST, UNSENT], [true, true, true]],
    ['none, then an answer, then none', [UNSENT, UNAVAILABLE, UNSENT], [false, true, true]],
  ])('%s', (_, outcomes, expected) => {
    const b = failing(...outcomes);
    const open = b.request({ timeoutMs: 60_000 });
    b.driver.advance(6000);
    expect(began(b, open.requestId).slice(0, 3)).toEqual(expected);
    expect(isUnsent(b.driver.state(), open.requestId)).toBe(expected[2] === false);
  });

  it('an answer of 401 before the connection went away counts', () => {
    let stage: Failure | null = null;
    const b = bench({
      gateway: (effect, now) => {
        if (effect.type !== 'gateway.submitArtifact' || stage === null) return b.gateway.answer(effect, now);
        const outcome = stage;
        stage = UNSENT;
        return outcome;
      },
    });
    b.start();
    b.driver.send({ type: 'auth.signIn', gatewayUrl: GATEWAY_URL, method: { kind: 'device' } });
    b.gateway.device = 'granted';
    b.driver.advance(5000);
    b.startPairing();
    b.completePairing();
    stage = UNAUTHORIZED;
    const open = b.request();
    expect(began(b, open.requestId)).toEqual([true]);
  });

  it('is open again with the next attempt, from the moment it starts', () => {
    const answers: (Failure | 'parked')[] = [UNSENT];
    const b = bench({
      gateway: (effect, now) =>
        effect.type === 'gateway.submitArtifact' ? (answers.shift() ?? 'parked') : b.gateway.answer(effect, now),
    });
    b.ready();
    const { requestId } = b.request();
    expect(isUnsent(b.driver.state(), requestId)).toBe(true);
    b.driver.advance(1000);
    expect(isUnsent(b.driver.state(), requestId)).toBe(false);
    b.driver.release(`submitArtifact:${requestId}`, UNSENT);
    expect(isUnsent(b.driver.state(), requestId)).toBe(true);
  });

  it('never happens after a withdrawal, and of what never left there is nothing to withdraw', () => {
    const b = failing(UNSENT);
    const { requestId } = b.request();
    b.driver.send({ type: 'request.withdraw', requestId });
    expect(isUnsent(b.driver.state(), requestId)).toBe(false);
    expect(b.decided(requestId)).toMatchObject({ outcome: 'withdrawn', submissionBegan: false });
    const sent = b.driver.of('gateway.submitArtifact').length;
    b.driver.advance(120_000);
    expect(b.driver.of('gateway.submitArtifact')).toHaveLength(sent);
    expect(b.driver.of('gateway.withdraw')).toHaveLength(0);
  });

  it('is no question for a request that is not known', () => {
    expect(isUnsent(failing(UNSENT).driver.state(), 'req-unknown')).toBe(false);
  });
});

describe(rules('ENF-155')`a refresh that nobody answers`, () => {
  it.each<[string, Failure, boolean]>([
    ['no connection', UNSENT, true],
    ['a lost connection', LOST, true],
    ['503', UNAVAILABLE, false],
    ['429', BUSY, false],
  ])('%s', (_, outcome, unanswered) => {
    let refused = false;
    const b = bench({
      gateway: (effect, now) =>
        refused && effect.type === 'gateway.refresh' ? outcome : b.gateway.answer(effect, now),
    });
    b.start();
    b.driver.send({ type: 'auth.signIn', gatewayUrl: GATEWAY_URL, method: { kind: 'device' } });
    b.gateway.device = 'granted';
    b.driver.advance(5000);
    expect(unansweredRefresh(b.driver.state())).toBeNull();
    b.startPairing();
    b.completePairing();
    refused = true;
    for (const secret of b.gateway.credentials) if (secret.startsWith('access-')) b.gateway.credentials.delete(secret);
    b.request();
    expect(unansweredRefresh(b.driver.state())).toEqual(
      unanswered ? { gatewayUrl: GATEWAY_URL, idpUrl: expect.any(String) } : null,
    );
  });
});
