import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { failsOpen } from '../../src/evaluate/evaluate.js';
import { ALL_KINDS, actionOf, AT, policyOf } from './inputs.js';

const open = policyOf([], { failOpenUntil: AT + 1 });

describe(rules('ENF-155', 'LOC-090')`fail mode open`, () => {
  it.each<readonly [string, number | null, boolean]>([
    ['is closed', null, false],
    ['has ended now', AT, false],
    ['has ended', AT - 1, false],
    ['is in force', AT + 1, true],
  ])('%s', (_, failOpenUntil, expected) => {
    expect(failsOpen({ action: actionOf('command'), policy: policyOf([], { failOpenUntil }), at: AT })).toBe(expected);
  });

  it.each(ALL_KINDS)('of kind %s', (kind) => {
    const isChange = kind === 'policy.change';
    expect(failsOpen({ action: actionOf(kind), policy: open, at: AT })).toBe(!isChange);
    expect(failsOpen({ action: actionOf(kind, { notices: ['same-host'] }), policy: open, at: AT })).toBe(!isChange);
    expect(failsOpen({ action: actionOf(kind, { notices: ['touches-gate'] }), policy: open, at: AT })).toBe(false);
  });

  it('is not auto mode', () => {
    const policy = policyOf([], { autoUntil: AT + 1 });
    expect(failsOpen({ action: actionOf('command'), policy, at: AT })).toBe(false);
  });
});
