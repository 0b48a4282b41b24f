import { rules } from '@airlock/conformance';
import type { RequestProgress } from '@airlock/enforcer';
import { STRICTEST_POLICY } from '@airlock/policy';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../src/engine/event-queue.js';
import type { Asked } from '../../src/service/asked.js';
import type { Core } from '../../src/service/core.js';
import { OpenRequests } from '../../src/service/open-requests.js';

const REQUEST = 'req-1';

/** An engine that says what a test makes it say, slowly, while it has gone on already. */
function scripted(policy = { ...STRICTEST_POLICY, failOpenUntil: Date.now() + 60_000 }) {
  const events = new EventQueue<RequestProgress>();
  const dispatched: string[] = [];
  const exchange = { name: 'Submitting', submissionBegan: true, facts: { requestId: REQUEST } };
  const core = {
    host: {
      state: { exchanges: { [REQUEST]: exchange }, rejections: [] },
      watch: () => undefined,
      dispatch: ({ type }: { type: string }) => {
        dispatched.push(type);
        if (type !== 'request.withdraw') return;
        exchange.name = 'Withdrawn';
        const { submissionBegan } = exchange;
        events.push({ kind: 'decided', verdict: 'deny', outcome: 'withdrawn', code: 'withdrawn', submissionBegan });
      },
    },
    hub: { request: () => ({ events, close: () => events.end() }) },
    ports: {
      now: () => Date.now(),
      mono: () => performance.now(),
      random: (bytes: number) => new Uint8Array(bytes),
      uuid: () => 'u',
    },
    policies: { inForce: () => policy },
    problems: { byCode: () => undefined },
    standing: { watch: () => undefined, refresh: () => undefined },
    receipts: { note: () => undefined },
  } as unknown as Core;
  const asked = {
    requestId: REQUEST,
    workspace: { workspaceId: 'ws', path: '/w' },
    pairing: { workspaceName: 'w', signerKeyId: 'k', assurance: 'verified' },
    plaintext: { text: '{}', artifactHash: 'a', contentSha256: 'c', action: { kind: 'command' } },
  } as unknown as Asked;
  const opened = new OpenRequests(core).open(asked, {
    timeoutSeconds: 60,
    label: undefined,
    signal: new AbortController().signal,
  });
  return { events, dispatched, exchange, opened };
}

const UNSENT: RequestProgress = {
  kind: 'retrying',
  code: 'gateway_unreachable',
  afterMs: 1000,
  submissionBegan: false,
};

describe(rules('ENF-155')`a retry that is just starting when fail mode open would let the call pass`, () => {
  it('has begun: the call does not pass, and is not withdrawn', async () => {
    const { events, dispatched, opened } = scripted();
    events.push(UNSENT);
    expect((await opened.next()).value).toMatchObject({ event: 'retrying' });
    expect(dispatched).toEqual(['request.open']);
  });

  it('has not begun: it is withdrawn first, and passes by what the engine then says', async () => {
    const { events, dispatched, exchange, opened } = scripted();
    exchange.submissionBegan = false;
    events.push(UNSENT);
    expect((await opened.next()).value).toMatchObject({ event: 'unsent', until: expect.any(Number) });
    expect(dispatched).toEqual(['request.open', 'request.withdraw']);
  });

  it.each<[string, RequestProgress]>([
    [
      'began after all',
      { kind: 'decided', verdict: 'deny', outcome: 'withdrawn', code: 'withdrawn', submissionBegan: true },
    ],
    [
      'was ended by the stop of the daemon',
      { kind: 'decided', verdict: 'deny', outcome: 'withdrawn', code: 'shutting_down', submissionBegan: false },
    ],
    [
      'was denied',
      { kind: 'decided', verdict: 'deny', outcome: 'policy', code: 'HARP_ERR_POLICY_DENY', submissionBegan: false },
    ],
    [
      'ran out of time',
      { kind: 'decided', verdict: 'deny', outcome: 'failed', code: 'gateway_unreachable', submissionBegan: false },
    ],
  ])('%s: it is denied', async (_, end) => {
    const { events, exchange, opened } = scripted();
    exchange.submissionBegan = false;
    events.push(UNSENT);
    events.push(end);
    expect((await opened.next()).value).toMatchObject({ event: 'decided', verdict: 'deny' });
  });

  it('does not pass without the policy', async () => {
    const { events, dispatched, exchange, opened } = scripted({ ...STRICTEST_POLICY, failOpenUntil: Date.now() - 1 });
    exchange.submissionBegan = false;
    events.push(UNSENT);
    expect((await opened.next()).value).toMatchObject({ event: 'retrying' });
    expect(dispatched).toEqual(['request.open']);
  });
});
