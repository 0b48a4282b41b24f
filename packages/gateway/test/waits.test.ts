import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveries } from '../src/live/deliveries.js';
import { errorDelays } from '../src/live/error-delays.js';
import type { Answer } from './support/call.js';
import { type Harness, harness, LIMITS_OFF } from './support/harness.js';
import type { Paired, Party, Submission } from './support/party.js';
import { settle } from './support/simulated-clock.js';

let h: Harness;
let user: Party;
let paired: Paired;
beforeAll(async () => {
  h = await harness({ limits: { ...LIMITS_OFF, concurrentWaits: 4 } });
  user = await h.party();
  paired = await user.pair();
});
afterAll(() => h.close());

async function accepted(over?: Record<string, unknown>): Promise<Submission> {
  const sent = user.submission(paired, over);
  const answer = await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: sent });
  expect(answer.status, answer.text).toBe(202);
  return sent;
}

interface Parked {
  readonly answer: Promise<Answer>;
  /** Simulated time it took, once it ended; milliseconds. */
  readonly took: () => number | undefined;
}

async function wait(requestId: string, query = '?timeout=30', headers = user.enforcer): Promise<Parked> {
  const begun = h.clock.now();
  let took: number | undefined;
  const answer = h.call('GET', `/v1/exchanges/${requestId}/wait${query}`, { headers }).then((ended) => {
    took = h.clock.now() - begun;
    return ended;
  });
  await settle();
  return { answer, took: () => took };
}

// Signed with a credential that outlives the device's access token.
const decide = async (sent: Submission): Promise<void> => {
  const body = user.decision(paired, sent);
  const answer = await h.call('POST', '/v1/decisions', { headers: user.console, body });
  expect(answer.status, answer.text).toBe(200);
  await settle();
};

describe(rules('EXCH-020')`the timeout`, () => {
  it.each([
    ['', 30],
    ['?timeout=', 30],
    ['?timeout=soon', 30],
    ['?timeout=2.5', 30],
    ['?timeout=25', 25],
    ['?timeout=0', 1],
    ['?timeout=-5', 1],
    ['?timeout=61', 60],
    ['?timeout=99999999999', 60],
  ])('%j means %i s', async (query, seconds) => {
    const { requestId } = await accepted();
    const parked = await wait(requestId, query);
    await h.clock.advance(seconds * 1000 - 1);
    expect(parked.took()).toBeUndefined();
    await h.clock.advance(1);
    const answer = await parked.answer;
    expect([answer.status, answer.text, parked.took()]).toEqual([204, '', seconds * 1000]);
  });
});

describe(rules('EXCH-030')`without a deliverable decision`, () => {
  const into: Record<string, (sent: Submission) => Promise<unknown>> = {
    PendingApproval: async () => undefined,
    Expired: () => h.clock.advance(600_000),
    Withdrawn: ({ requestId }) =>
      h.call('POST', `/v1/exchanges/${requestId}/withdraw`, { headers: user.enforcer, body: {} }),
    Delivered: async (sent) => {
      await decide(sent);
      const { answer } = await wait(sent.requestId);
      const body = {
        msgType: 'ack.submit',
        requestId: sent.requestId,
        body: { msgId: (await answer).body.msgId, status: 'processed' },
      };
      await h.call('POST', '/v1/acks', { headers: user.enforcer, body });
    },
  };
  it.each(Object.keys(into))('%s holds for the full time', async (state) => {
    const sent = await accepted();
    await into[state]!(sent);
    const parked = await wait(sent.requestId, '?timeout=10');
    await h.clock.advance(9_999);
    expect(parked.took()).toBeUndefined();
    await h.clock.advance(1);
    expect((await parked.answer).status).toBe(204);
  });

  it('what ends during the hold does not end the hold', async () => {
    const sent = await accepted();
    const parked = await wait(sent.requestId, '?timeout=10');
    await into['Withdrawn']!(sent);
    await h.clock.advance(9_999);
    expect(parked.took()).toBeUndefined();
    await h.clock.advance(1);
  });
});

describe(rules('EXCH-040', 'EXCH-050')`a decision`, () => {
  it('ends every wait at once, with one envelope', async () => {
    const sent = await accepted();
    const parked = await Promise.all([wait(sent.requestId), wait(sent.requestId), wait(sent.requestId)]);
    await h.clock.advance(5_000);
    await decide(sent);
    const answers = await Promise.all(parked.map((one) => one.answer));
    expect(answers.map((one) => one.status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map((one) => one.text)).size).toBe(1);
    expect(parked.map((one) => one.took())).toEqual([5_000, 5_000, 5_000]);
  });

  it('that commits while a wait begins is not missed', async () => {
    const many = await Promise.all(Array.from({ length: 100 }, () => accepted()));
    const answers = many.map(async (sent, index) => {
      const path = `/v1/exchanges/${sent.requestId}/wait?timeout=60`;
      const deciding = (): Promise<Answer> =>
        h.call('POST', '/v1/decisions', { headers: user.console, body: user.decision(paired, sent) });
      const waiting = (): Promise<Answer> => h.call('GET', path, { headers: user.enforcer });
      const [first, second] = index % 2 === 0 ? [deciding, waiting] : [waiting, deciding];
      const begun = first();
      for (let turn = 0; turn < index % 7; turn += 1) await Promise.resolve();
      return await Promise.all([begun, second()]);
    });
    // No time passes: a wait that missed its decision would never end.
    const statuses = (await Promise.all(answers)).flat().map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('is the same envelope at every wait, spaced from the third on', async () => {
    const sent = await accepted();
    await decide(sent);
    const took: (number | undefined)[] = [];
    const texts = new Set<string>();
    for (let time = 1; time <= 11; time += 1) {
      const parked = await wait(sent.requestId, '?timeout=30');
      await h.clock.advance(6_000 * Number(time >= 3));
      texts.add((await parked.answer).text);
      took.push(parked.took());
    }
    expect(texts.size).toBe(1);
    expect(took[0]).toBe(0);
    expect(took[1]).toBe(0);
    expect(took[2]).toBe(1_000);
  });

  it('is spaced by one second from the third and five from the tenth delivery', () => {
    const book = deliveries();
    const delays = Array.from({ length: 12 }, () => book.reserve('x', 0, 1_000_000));
    expect(delays.map((ms) => ms / 1000)).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 12, 17, 22]);
    expect(book.reserve('x', 100_000, 1_000_000)).toBe(0);
  });
});

describe(rules('EXCH-080', 'EXCH-120')`a decision that is over`, () => {
  it('is not delivered after the expiry', async () => {
    const sent = await accepted();
    await decide(sent);
    await h.clock.advance(600_000);
    const parked = await wait(sent.requestId, '?timeout=1');
    await h.clock.advance(1_000);
    expect((await parked.answer).status).toBe(204);
    const status = await h.call('GET', `/v1/exchanges/${sent.requestId}`, { headers: user.enforcer });
    expect(status.body.body.state).toBe('Decided');
  });

  it('is not delivered after its pairing was revoked', async () => {
    const other = await h.party();
    const pair = await other.pair();
    const sent = other.submission(pair);
    await h.call('POST', '/v1/artifacts', { headers: other.enforcer, body: sent });
    const body = other.decision(pair, sent, { decision: 'reject' });
    await h.call('POST', '/v1/decisions', { headers: other.console, body });
    await h.call('DELETE', `/v1/pairings/${pair.pairingId}`, { headers: other.console });
    const parked = await wait(sent.requestId, '?timeout=1', other.enforcer);
    await h.clock.advance(1_000);
    expect((await parked.answer).status).toBe(204);
  });

  it('expires at the instant, and is moved on by the sweep', async () => {
    const sent = await accepted();
    const path = `/v1/exchanges/${sent.requestId}`;
    const state = async (): Promise<string> => (await h.call('GET', path, { headers: user.enforcer })).body.body.state;
    await h.clock.advance(599_999);
    expect(await state()).toBe('PendingApproval');
    await h.clock.advance(1);
    expect(await state()).toBe('Expired');
    await h.gateway.sweep();
    expect(await state()).toBe('Expired');
    const inbox = `/v1/approvers/${paired.device.approverId}/inbox`;
    const [pending, expired] = await Promise.all([
      h.call('GET', `${inbox}?limit=200`, { headers: user.console }),
      h.call('GET', `${inbox}/expired?limit=200`, { headers: user.console }),
    ]);
    const ids = (page: Answer): string[] => page.body.body.items.map((item: any) => item.requestId);
    expect(ids(pending)).not.toContain(sent.requestId);
    expect(ids(expired)).toContain(sent.requestId);
  });
});

describe(rules('EXCH-140', 'PAIR-050')`retention`, () => {
  it('keeps exchanges readable, their ciphertext for a day and their history for 30', async () => {
    const own = await harness();
    const one = await own.party();
    const pair = await one.pair();
    const sent = one.submission(pair);
    await own.call('POST', '/v1/artifacts', { headers: one.enforcer, body: sent });
    const get = (path: string, headers = one.console): Promise<Answer> => own.call('GET', path, { headers });
    const expired = async (): Promise<number> => {
      const page = await get(`/v1/approvers/${pair.device.approverId}/inbox/expired`);
      return page.body.body.items.length;
    };
    const hours = async (count: number): Promise<void> => {
      await own.clock.advance(count * 3_600_000);
      await own.gateway.sweep();
    };
    const readable = async (): Promise<number> => (await get(`/v1/exchanges/${sent.requestId}`, one.enforcer)).status;
    const session = async (): Promise<number> => (await get(`/v1/pairing/${pair.nonce}/status`, one.enforcer)).status;
    await hours(24);
    expect([await readable(), await expired(), await session()]).toEqual([200, 1, 200]);
    await hours(1);
    expect([await readable(), await expired(), await session()]).toEqual([200, 0, 404]);
    await hours(24 * 30);
    expect([await readable(), (await get('/v1/history')).body.body.items.length]).toEqual([404, 0]);
    await own.close();
  });
});

describe(rules('EXCH-060', 'EXCH-070')`refused waits`, () => {
  it('come back after one second, doubling to ten, within the timeout', async () => {
    const delays: (number | undefined)[] = [];
    for (let time = 0; time < 6; time += 1) {
      const parked = await wait('req-unknown', '?timeout=60');
      await h.clock.advance(20_000);
      expect((await parked.answer).status).toBe(404);
      delays.push(parked.took());
    }
    // The answer is seen at the end of the step that let it through.
    expect(delays.every((ms) => ms !== undefined)).toBe(true);
    const book = errorDelays();
    const next = (timeout: number): number => book.next('k', timeout);
    expect([next(60_000), next(60_000), next(60_000), next(60_000), next(60_000)]).toEqual([
      1_000, 2_000, 4_000, 8_000, 10_000,
    ]);
    expect(next(3_000)).toBe(3_000);
    book.reset('k');
    expect(next(60_000)).toBe(1_000);
  });

  it.each([
    ['a wrong credential', { 'X-PAT': 'airpat_wrong' }, 401],
    ['no credential', {}, 401],
    ['another version', { 'X-HARP-Version': '9.9' }, 426],
  ])('hold back %s', async (name, headers, status) => {
    const parked = await wait(`req-${encodeURIComponent(name)}`, '?timeout=5', headers as Record<string, string>);
    await h.clock.advance(999);
    expect(parked.took()).toBeUndefined();
    await h.clock.advance(1);
    expect((await parked.answer).status).toBe(status);
  });

  it('are the fifth of one exchange at the same time', async () => {
    const sent = await accepted();
    const parked = await Promise.all([1, 2, 3, 4].map(() => wait(sent.requestId)));
    const fifth = await wait(sent.requestId);
    await h.clock.advance(1_000);
    const answer = await fifth.answer;
    expect([answer.status, answer.body.code]).toEqual([429, 'rate_limited']);
    await decide(sent);
    expect((await Promise.all(parked.map((one) => one.answer))).map((one) => one.status)).toEqual([200, 200, 200, 200]);
  });

  it('are those beyond the budget of one exchange and minute', async () => {
    const strict = await harness({ limits: { ...LIMITS_OFF, waitsPerMinute: 3 } });
    const two = await strict.party();
    const sent = two.submission(await two.pair());
    await strict.call('POST', '/v1/artifacts', { headers: two.enforcer, body: sent });
    const path = `/v1/exchanges/${sent.requestId}/wait?timeout=1`;
    const calls = [1, 2, 3, 4].map(() => strict.call('GET', path, { headers: two.enforcer }));
    await strict.clock.advance(2_000);
    const statuses = (await Promise.all(calls)).map((answer) => answer.status);
    expect(statuses.sort()).toEqual([204, 204, 204, 429]);
    await strict.close();
  });
});

describe(rules('EXCH-030', 'GW-180')`shutdown`, () => {
  it('answers parked waits with 204 at once', async () => {
    const stopping = await harness();
    const one = await stopping.party();
    const sent = one.submission(await one.pair());
    await stopping.call('POST', '/v1/artifacts', { headers: one.enforcer, body: sent });
    const path = `/v1/exchanges/${sent.requestId}/wait?timeout=60`;
    const parked = stopping.call('GET', path, { headers: one.enforcer });
    await settle();
    await stopping.close();
    expect((await parked).status).toBe(204);
  });
});
