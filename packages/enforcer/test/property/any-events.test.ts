import { rules } from '@airlock/conformance';
import { failure, NOT_FOUND, ok, type PlainEvent, UNAUTHORIZED, UNAVAILABLE, UNREACHABLE } from '@airlock/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bench, type Bench, GATEWAY_URL, WORKSPACE } from '../support/bench.js';

const TERMINAL = new Set(['Denied', 'Expired', 'Withdrawn', 'Failed', 'Executed']);

/** What can happen to a bench; each is a small number so that failures shrink. */
type Move = readonly [kind: number, index: number, extra: number];

const OUTCOMES = [UNREACHABLE, UNAUTHORIZED, UNAVAILABLE, NOT_FOUND, failure({ kind: 'malformed' }), ok({})];

function requestIds(b: Bench): readonly string[] {
  const known = Object.keys(b.driver.state().exchanges);
  return known.length === 0 ? ['req-none'] : known;
}

function eventOf(b: Bench, [kind, index, extra]: Move): PlainEvent | null {
  const ids = requestIds(b);
  const requestId = ids[index % ids.length] ?? 'req-none';
  const calls = ['submitArtifact', 'wait', 'withdraw', 'ack', 'refresh', 'checkConsent', 'pollDevice', 'pairingStatus'];
  switch (kind) {
    case 0:
      return { type: 'execution.claim', requestId };
    case 1:
      return { type: 'request.withdraw', requestId };
    case 2:
      return { type: 'journal.recorded', requestId };
    case 3:
      return { type: 'journal.replayed', requestId };
    case 4:
      return { type: 'request.deny', requestId, reason: 'x' };
    case 5: {
      const call = calls[extra % calls.length] ?? 'wait';
      const outcome = OUTCOMES[index % OUTCOMES.length];
      return { type: `gateway.${call}.result`, callId: `${call}:${requestId}`, outcome } as PlainEvent;
    }
    case 6:
      return {
        type: 'channel.message',
        workspaceId: WORKSPACE,
        text: extra % 2 === 0 ? '{' : '{"msgType":"pairing.revoked"}',
      };
    case 7:
      return extra % 2 === 0
        ? { type: 'channel.closed', workspaceId: WORKSPACE }
        : { type: 'channel.opened', workspaceId: WORKSPACE };
    case 8:
      return {
        type: 'persist.failed',
        persistId: ['auth.save:1.1', 'workspace.drop1:/srv/widgets', 'x'][extra % 3] ?? 'x',
      };
    case 9:
      return {
        type: 'timer.fired',
        timerId: `exchange.${['claim', 'deadline', 'pause', 'forget'][extra % 4]}:${requestId}`,
      };
    case 10:
      return extra % 4 === 0 ? { type: 'auth.signOut' } : { type: 'auth.cancel' };
    case 11:
      return { type: 'auth.signIn', gatewayUrl: GATEWAY_URL, method: { kind: 'pat', pat: 'airpat_model' } };
    case 12:
      return { type: 'execution.outcome', requestId, outcome: 'unknown' };
    case 13:
      return extra % 3 === 0
        ? { type: 'pairing.revoked', workspaceId: WORKSPACE, routingToken: 'rt-another' }
        : { type: 'pairing.unpair', workspaceId: extra % 3 === 1 ? WORKSPACE : '/nowhere' };
    case 14:
      return { type: 'engine.fault', code: 'journal_corrupt' };
    case 15:
      return { type: 'engine.repaired' };
    default:
      return null;
  }
}

function perform(b: Bench, move: Move): void {
  const [kind, index, extra] = move;
  const event = eventOf(b, move);
  if (event !== null) b.driver.send(event);
  else if (kind === 16) b.request({ sessionId: `s${index % 3}` });
  else if (kind === 17) b.driver.advance(extra * 997);
  else if (kind === 18) {
    const waiting = [...b.gateway.exchanges.values()].filter(({ state }) => state === 'PendingApproval');
    const chosen = waiting[index % Math.max(waiting.length, 1)];
    if (chosen !== undefined) b.decide(chosen, extra % 3 === 0 ? 'reject' : 'approve');
  } else if (kind === 19) b.startPairing();
  else if (b.gateway.sessions.size > 0 && b.session().state === 'Pending') b.completePairing();
}

const moves = fc.array(fc.tuple(fc.nat(20), fc.nat(7), fc.nat(50)), { maxLength: 40 });

describe(rules('INV-8', 'INV-10', 'ENF-080', 'ENF-100')`any sequence of events`, () => {
  it('throws nothing, changes no frozen state, keeps ends final and tells each caller once', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        const b = bench();
        b.ready();
        for (const move of sequence) {
          const before = Object.entries(b.driver.state().exchanges);
          perform(b, move);
          for (const [requestId, exchange] of before) {
            const after = b.exchange(requestId);
            if (after !== undefined && TERMINAL.has(exchange.name)) expect(after.name).toBe(exchange.name);
          }
        }
        const ids = new Set(b.driver.of('notify.request').map(({ requestId }) => requestId));
        for (const requestId of ids) {
          const decided = b.progress(requestId).filter(({ kind }) => kind === 'decided');
          expect(decided.length).toBeLessThanOrEqual(1);
          expect(b.grants(requestId)).toBeLessThanOrEqual(1);
          if (b.grants(requestId) === 1) expect(decided[0]).toMatchObject({ verdict: 'allow' });
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe(rules('INV-25', 'INV-26')`what nobody signed`, () => {
  const GARBAGE = (requestId: string): readonly PlainEvent[] => [
    { type: 'channel.message', workspaceId: WORKSPACE, text: '{"msgType":"pairing.revoked"}' },
    {
      type: 'channel.message',
      workspaceId: WORKSPACE,
      text: `{"msgType":"decision.deliver","requestId":"${requestId}","body":{"decision":"approve"}}`,
    },
    {
      type: 'channel.message',
      workspaceId: WORKSPACE,
      text: `{"msgType":"refresh.request","requestId":"${requestId}","body":{}}`,
    },
    { type: 'request.deny', requestId, reason: 'unsigned policy' },
    {
      type: 'gateway.wait.result',
      callId: `wait:${requestId}`,
      outcome: failure({ kind: 'rejected', code: 'NotFound', status: 404 }),
    },
    { type: 'gateway.wait.result', callId: `wait:${requestId}`, outcome: ok({ kind: 'delivered', text: '{}' }) },
    { type: 'channel.closed', workspaceId: WORKSPACE },
  ];

  it('never turns a denial into an execution, wherever it is put in', () => {
    const steps = 4;
    fc.assert(
      fc.property(fc.nat(6), fc.nat(steps - 1), fc.constantFrom('approve', 'reject', null), (which, when, decision) => {
        const run = (disturbed: boolean) => {
          const b = bench();
          b.ready();
          const open = b.request({ timeoutMs: 60_000 });
          const disturb = (at: number) => {
            if (disturbed && at === when) b.driver.send(GARBAGE(open.requestId)[which]!);
          };
          disturb(0);
          const isOpen = b.gateway.exchanges.get(open.requestId)?.state === 'PendingApproval';
          if (decision !== null && isOpen) b.decide(open, decision);
          disturb(1);
          if (decision === null) b.driver.advance(60_000);
          disturb(2);
          b.driver.send({ type: 'execution.claim', requestId: open.requestId });
          disturb(3);
          return b.grants(open.requestId);
        };
        expect(run(true)).toBeLessThanOrEqual(run(false));
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
