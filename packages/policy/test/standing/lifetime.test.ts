import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absorbFailure, absorbPolicies, endPolicy, initialStanding, standingAt } from '../../src/standing/standing.js';
import type { StandingState } from '../../src/standing/model.js';
import { AT, contextOf, HOUR, SECOND, signed, time, WORKSPACE_APPROVAL, WORKSPACE_DENIAL } from './signed-policies.js';

const approvalNamed = (requestId: string) => signed({ ...WORKSPACE_APPROVAL, requestId });
const denialNamed = (requestId: string) => ({ ...WORKSPACE_DENIAL, requestId });
const [A, B] = [approvalNamed('dnd-a'), approvalNamed('dnd-b')];
const D = denialNamed('dnd-d');

function absorbed(state: StandingState, policies: readonly unknown[], mono = 0, at = AT) {
  return absorbPolicies(state, { policies, at, mono }, contextOf());
}

function after(...answers: ReadonlyArray<readonly unknown[]>): StandingState {
  return answers.reduce<StandingState>((state, policies) => absorbed(state, policies).state, initialStanding([]));
}

function ids(state: StandingState, now: { readonly at?: number; readonly mono?: number } = {}): string[] {
  return standingAt(state, { at: AT, mono: 0, ...now }).map(({ policyId }) => policyId);
}

describe(rules('DND-110', 'DND-120')`what is known of standing policies`, () => {
  it('is nothing at first', () => {
    expect(ids(initialStanding([]))).toEqual([]);
    expect(initialStanding(['dnd-x'])).toEqual({ approving: [], denying: [], ended: ['dnd-x'], refreshedMono: null });
  });

  it.each([
    [0, ['dnd-d', 'dnd-a']],
    [15 * SECOND, ['dnd-d', 'dnd-a']],
    [15 * SECOND + 1, ['dnd-d']],
    [24 * HOUR, ['dnd-d']],
    [-1, ['dnd-d']],
  ])('%i ms of the monotonic clock after the answer are %j', (mono, expected) => {
    expect(ids(after([A, D]), { mono })).toEqual(expected);
  });

  it('counts the age from the last answer', () => {
    const { state } = absorbed(after([A]), [A], 10 * SECOND);
    expect(ids(state, { mono: 25 * SECOND })).toEqual(['dnd-a']);
    expect(ids(state, { mono: 25 * SECOND + 1 })).toEqual([]);
  });

  it.each([
    [60 * SECOND, ['dnd-d', 'dnd-a']],
    [60 * SECOND + 1, []],
  ])('%i ms after their end are %j', (late, expected) => {
    expect(ids(after([A, D]), { at: AT + HOUR + late })).toEqual(expected);
  });

  it('holds denials, and no approval, after a refresh that failed', () => {
    const failed = absorbFailure(after([A, D]));
    expect(ids(failed)).toEqual(['dnd-d']);
    expect(ids(absorbed(failed, [A, D]).state)).toEqual(['dnd-d', 'dnd-a']);
    expect(ids(absorbed(failed, [D]).state)).toEqual(['dnd-d']);
  });

  it('still notices after a failed refresh what vanished', () => {
    const failed = absorbFailure(after([A]));
    const missing = absorbed(failed, []);
    expect(missing.ended).toEqual(['dnd-a']);
    expect(ids(absorbed(missing.state, [A]).state)).toEqual([]);
  });

  it('drops a denial that a successful answer lacks, and takes it back when it returns', () => {
    expect(ids(after([D], []))).toEqual([]);
    expect(ids(after([D], [], [D]))).toEqual(['dnd-d']);
  });

  it('does not give up a denial because its id was ended', () => {
    expect(ids(endPolicy(after([D]), 'dnd-d'))).toEqual(['dnd-d']);
    expect(ids(absorbed(endPolicy(after([D]), 'dnd-d'), [D]).state)).toEqual(['dnd-d']);
  });
});

describe(rules('DND-120')`an approving policy that was missing once`, () => {
  it('is ended, and told once', () => {
    const { state, ended } = absorbed(after([A, B]), [B]);
    expect(ended).toEqual(['dnd-a']);
    expect(state.ended).toEqual(['dnd-a']);
    expect(absorbed(state, [B]).ended).toEqual([]);
    expect(absorbed(state, [A, B]).ended).toEqual([]);
  });

  it('is never honoured again, its neighbours are', () => {
    expect(ids(after([A, B], [B], [A, B]))).toEqual(['dnd-b']);
    expect(ids(after([A], [], [], [A], [A]))).toEqual([]);
  });

  it('counts as missing when it comes back as something that is not honoured', () => {
    const altered = { ...A, expiresAt: time(2 * HOUR) };
    expect(absorbed(after([A]), [altered]).ended).toEqual(['dnd-a']);
    expect(ids(after([A], [altered], [A]))).toEqual([]);
  });

  it('is forgotten, not ended, when it had expired', () => {
    const end = AT + HOUR + 60 * SECOND;
    expect(absorbed(after([A]), [], 0, end).ended).toEqual(['dnd-a']);
    expect(absorbed(after([A]), [], 0, end + 1).ended).toEqual([]);
  });

  it('stays ended across a restart', () => {
    const { state } = absorbed(initialStanding(['dnd-a']), [A, B]);
    expect(ids(state)).toEqual(['dnd-b']);
    expect(state.ended).toEqual(['dnd-a']);
  });

  it('can be ended from this side, for good', () => {
    const ended = endPolicy(after([A, B]), 'dnd-a');
    expect(ids(ended)).toEqual(['dnd-b']);
    expect(ended.ended).toEqual(['dnd-a']);
    expect(endPolicy(ended, 'dnd-a').ended).toEqual(['dnd-a']);
    expect(ids(absorbed(ended, [A, B]).state)).toEqual(['dnd-b']);
  });

  it('is honoured exactly while no answer lacked it, over any sequence of answers', () => {
    const names = ['dnd-1', 'dnd-2', 'dnd-3'];
    const elements = new Map(names.map((name) => [name, approvalNamed(name)]));
    const answer = fc.subarray(names);
    fc.assert(
      fc.property(fc.array(fc.option(answer, { nil: null }), { maxLength: 8 }), (answers) => {
        let state = initialStanding([]);
        const seen = new Set<string>();
        const gone = new Set<string>();
        for (const names of answers) {
          if (names === null) {
            state = absorbFailure(state);
            expect(ids(state)).toEqual([]);
            continue;
          }
          const step = absorbed(
            state,
            names.map((name) => elements.get(name)),
          );
          const vanished = [...seen].filter((name) => !names.includes(name) && !gone.has(name));
          expect([...step.ended].sort()).toEqual(vanished.sort());
          for (const name of vanished) gone.add(name);
          for (const name of names) seen.add(name);
          state = step.state;
          expect(ids(state)).toEqual(names.filter((name) => !gone.has(name)));
        }
      }),
    );
  });
});
