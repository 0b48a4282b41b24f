import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { actionOf, AT, CONTENT, factsOf, FOLDER, inputOf, patternOf, policyOf, SESSION, standingOf } from './inputs.js';

const UNTIL = AT + 1;
const ASKED = { kind: 'ask', reason: 'no_rule' };
const facts = factsOf([['git', 'commit']], { reads: [FOLDER] });

describe.each(['git-commit', 'git-push'] as const)('%s', (kind) => {
  const words = kind.split('-');
  const action = actionOf(kind, { commandText: `${words.join(' ')} refs/heads/main` });
  const approve = (change: object) => standingOf({ effect: 'approve', ...change });

  describe(rules('LOC-045')`is always asked`, () => {
    it.each([
      ['by nothing', {}],
      ['whatever pattern there is', { policy: policyOf([patternOf(words.join(' '))]) }],
      ['whatever it is said to read', { facts }],
      ['in spite of a grant for the workspace', { standing: [approve({ scope: 'workspace' })] }],
      ['in spite of a grant for the session', { standing: [approve({ scope: 'workspace', sessionId: SESSION })] }],
      ['in spite of a grant for its words', { standing: [approve({ selector: { argvPrefix: words } })] }],
      ['in spite of a grant for its program', { standing: [approve({ selector: { commandFamily: 'git' } })] }],
      ['in spite of a grant for another one', { standing: [approve({ selector: { contentSha256: 'd'.repeat(64) } })] }],
    ])('%s', (_, change) => {
      expect(evaluate(inputOf({ action, facts: null, ...change }))).toEqual(ASKED);
    });
  });

  it.each([
    ['exactly this one again', approve({ scope: 'action', selector: { contentSha256: CONTENT } })],
    ['in this session', approve({ selector: { contentSha256: CONTENT, sessionId: SESSION } })],
  ])(rules('DND-095')`a grant for %s allows`, (_, grant) => {
    expect(evaluate(inputOf({ action, facts: null, standing: [grant] }))).toMatchObject({ kind: 'allow' });
  });

  it(rules('LOC-090')`not where it touches the gate`, () => {
    const standing = [approve({ scope: 'action', selector: { contentSha256: CONTENT } })];
    const marked = actionOf(kind, { notices: ['touches-gate'] });
    const policy = policyOf([], { autoUntil: UNTIL });
    expect(evaluate(inputOf({ action: marked, standing, policy }))).toEqual({
      kind: 'ask',
      reason: 'protected_target',
    });
  });

  it.each([
    ['auto mode', { autoUntil: UNTIL }, 'auto'],
    ['an unmanaged folder', { unmanaged: [FOLDER] }, 'unmanaged'],
    ['a layer that is off', { gatesOff: ['run'] }, 'gate-off'],
  ])(rules('LOC-045')`passes in %s`, (_, change, basis) => {
    const policy = policyOf([], change);
    expect(evaluate(inputOf({ action, facts: null, policy }))).toMatchObject({ kind: 'pass', basis: { kind: basis } });
  });

  it.each([
    ['its words', { argvPrefix: words }, 'deny'],
    ['its program', { commandFamily: 'git' }, 'deny'],
    ['other words', { argvPrefix: ['git', 'stash'] }, 'ask'],
  ])(rules('DND-100')`a denial of %s`, (_, selector, expected) => {
    const standing = [standingOf({ effect: 'deny', scope: 'action', selector })];
    expect(evaluate(inputOf({ action, facts: null, standing })).kind).toBe(expected);
  });
});
