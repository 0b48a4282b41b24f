import { describe, expect, it } from 'vitest';
import { RecentDecisions } from '../../src/service/recent-decisions.js';
import { ALLOWED, SUBMITTED } from '../support/scripted-service.js';

const request = (over: { action?: { kind?: unknown } } = {}) => ({
  workspace: '/w',
  action: { kind: 'command', commandText: 'echo secret' },
  source: 'run',
  ...over,
});

describe('the newest decisions', () => {
  it('are the last 50, the newest first', () => {
    let at = 0;
    const recent = new RecentDecisions({ now: () => (at += 1) + 0.7 });
    for (let n = 1; n <= 60; n += 1) recent.note(request(), { ...ALLOWED, requestId: `req-${n}` } as never);
    const { decisions } = recent.list();
    expect(decisions.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 50 }, (_, n) => `req-${60 - n}`));
    expect(decisions[0]?.decidedAt).toBe(60);
  });

  it('show what lists show, and of the action only its kind', () => {
    const recent = new RecentDecisions({ now: () => 5 });
    recent.note(request(), SUBMITTED);
    recent.note(request(), ALLOWED);
    recent.note(request(), { ...ALLOWED, verdict: 'deny', outcome: 'rejected', reason: 'not today' } as never);
    const shown = { requestId: 'req-1', workspace: '/w', source: 'run', kind: 'command', decidedAt: 5 };
    expect(recent.list().decisions).toEqual([
      { ...shown, verdict: 'deny', outcome: 'rejected', reason: 'not today' },
      { ...shown, verdict: 'allow', outcome: 'approved' },
    ]);
  });

  it.each([['rm -rf /'], ['x'.repeat(65)], [''], [{ kind: 'command' }], [undefined]])(
    'call a kind that nobody checked unknown: %j',
    (kind) => {
      const recent = new RecentDecisions({ now: () => 5 });
      recent.note(request({ action: { kind } }), ALLOWED);
      expect(recent.list().decisions[0]?.kind).toBe('unknown');
    },
  );
});
