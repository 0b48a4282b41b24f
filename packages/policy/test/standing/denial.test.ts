import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absorbPolicies, initialStanding, standingAt } from '../../src/standing/standing.js';
import type { StandingContext } from '../../src/standing/model.js';
import {
  ACTION_DENIAL,
  AT,
  CONTENT,
  contextOf,
  HOUR,
  type Members,
  SECOND,
  signed,
  time,
  without,
  WORKSPACE_DENIAL,
} from './signed-policies.js';

function denials(element: unknown, context: StandingContext = contextOf()) {
  const { state } = absorbPolicies(initialStanding([]), { policies: [element], at: AT, mono: 0 }, context);
  expect(state.approving).toEqual([]);
  expect(standingAt(state, { at: AT, mono: 0 })).toStrictEqual(state.denying);
  return state.denying;
}

const WHOLE = {
  policyId: 'dnd-2',
  effect: 'deny',
  scope: 'workspace',
  createdAt: AT - HOUR,
  expiresAt: AT + HOUR,
};
const selecting = (actionSelector: unknown): Members => ({ ...ACTION_DENIAL, actionSelector });

describe(rules('DND-070', 'INV-26')`a denying policy`, () => {
  it.each<readonly [string, Members]>([
    ['unsigned', WORKSPACE_DENIAL],
    ['signed by whomever', { ...WORKSPACE_DENIAL, signerKeyId: 'nobody', signature: 'AAAA' }],
    ['signed', signed({ ...WORKSPACE_DENIAL, signerKeyId: 'al1.approver.key' })],
    ['with members nobody knows', { ...WORKSPACE_DENIAL, comment: 'x', extra: { deep: [1] } }],
    ['with a selector that a workspace does not need', { ...WORKSPACE_DENIAL, actionSelector: { argv: ['ls'] } }],
    ['with a wrong selector hash', { ...WORKSPACE_DENIAL, selectorHash: 'nonsense' }],
    ['with an artifact type that is no text', { ...WORKSPACE_DENIAL, targetArtifactType: 7 }],
    ['with a session that is no text', { ...WORKSPACE_DENIAL, sessionId: { any: true } }],
    ['with a blank session', { ...WORKSPACE_DENIAL, sessionId: '' }],
  ])('%s is honoured', (_, members) => {
    expect(denials(members)).toEqual([WHOLE]);
  });

  it.each<readonly [string, Members, Members]>([
    ['of its own session', { sessionId: 'session-1' }, { sessionId: 'session-1' }],
    ['of an artifact type', { targetArtifactType: 'plan.review' }, { targetArtifactType: 'plan.review' }],
    ['without an id', { requestId: undefined }, { policyId: 'dnd-unreadable' }],
    ['with an id that cannot be shown', { requestId: '\u001B[2J' }, { policyId: 'dnd-unreadable' }],
    ['without an end', { expiresAt: undefined }, { expiresAt: AT + 24 * HOUR }],
    ['with an end that is no time', { expiresAt: 'tomorrow' }, { expiresAt: AT + 24 * HOUR }],
    ['with a number for an end', { expiresAt: AT }, { expiresAt: AT + 24 * HOUR }],
    ['without a beginning', { createdAt: undefined }, { createdAt: AT }],
    ['that begins tomorrow', { createdAt: time(24 * HOUR) }, { createdAt: AT + 24 * HOUR }],
    ['of a week', { expiresAt: time(168 * HOUR) }, { expiresAt: AT + 168 * HOUR }],
    ['over since 60 s', { expiresAt: time(-60 * SECOND) }, { expiresAt: AT - 60 * SECOND }],
  ])('%s is honoured', (_, change, expected) => {
    expect(denials({ ...WORKSPACE_DENIAL, ...change })).toEqual([{ ...WHOLE, ...expected }]);
  });

  it.each<readonly [string, unknown, unknown]>([
    ['a prefix', { argvPrefix: ['rm', '-r'] }, { argvPrefix: ['rm', '-r'] }],
    ['a family', { commandFamily: 'rm' }, { commandFamily: 'rm' }],
    ['words', { argv: ['rm', 'x'] }, { argv: ['rm', 'x'] }],
    ['a content', { contentSha256: CONTENT }, { contentSha256: CONTENT }],
    ['a session', { sessionId: 'session-1' }, { sessionId: 'session-1' }],
    ['a prefix with words that are none', { argvPrefix: [1, 'rm', '', null, ' '] }, { argvPrefix: ['rm'] }],
    ['a prefix beside what nobody knows', { argvPrefix: ['rm'], glob: '*' }, { argvPrefix: ['rm'] }],
    ['a prefix beside a bad hash', { argvPrefix: ['rm'], contentSha256: 'x' }, { argvPrefix: ['rm'] }],
    ['a prefix beside bad words', { argvPrefix: ['rm'], argv: 'rm' }, { argvPrefix: ['rm'] }],
  ])('selects by %s', (_, selector, expected) => {
    expect(denials(selecting(selector))).toEqual([{ ...WHOLE, scope: 'action', selector: expected }]);
  });

  it.each<readonly [string, unknown]>([
    ['missing', undefined],
    ['no object', 'rm'],
    ['a list', ['rm']],
    ['empty', {}],
    ['of unknown members', { glob: 'rm*' }],
    ['a blank prefix', { argvPrefix: [''] }],
    ['an empty prefix', { argvPrefix: [] }],
    ['blank everywhere', { commandFamily: ' ', argv: [], contentSha256: '', sessionId: '' }],
  ])('whose selector is %s denies everything', (_, selector) => {
    expect(denials(selecting(selector))).toEqual([{ ...WHOLE, scope: 'action' }]);
  });

  it.each<readonly [string, unknown]>([
    ['of another enforcer', { ...WORKSPACE_DENIAL, enforcerId: 'enf-2' }],
    ['of no enforcer', without(WORKSPACE_DENIAL, 'enforcerId')],
    ['of another workspace', { ...WORKSPACE_DENIAL, workspaceId: 'ws-2' }],
    ['of no workspace', without(WORKSPACE_DENIAL, 'workspaceId')],
    ['of another session', { ...WORKSPACE_DENIAL, sessionId: 'session-2' }],
    ['over since more than 60 s', { ...WORKSPACE_DENIAL, expiresAt: time(-60 * SECOND - 1) }],
    ['that is no object', 'deny_all'],
    ['that is a list', [WORKSPACE_DENIAL]],
  ])('%s is none of ours', (_, element) => {
    expect(denials(element)).toEqual([]);
  });

  it('of a session is none of ours where there is no session', () => {
    const { sessionId: _, ...context } = contextOf();
    expect(denials({ ...WORKSPACE_DENIAL, sessionId: 'session-1' }, context)).toEqual([]);
    expect(denials(WORKSPACE_DENIAL, context)).toEqual([WHOLE]);
  });

  it('never vanishes by what is added to it', () => {
    const junk = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !(name in WORKSPACE_DENIAL) && name !== 'sessionId'),
      fc.jsonValue(),
    );
    fc.assert(fc.property(junk, (more) => denials({ ...more, ...WORKSPACE_DENIAL }).length === 1));
  });
});

describe(rules('DND-080')`unknown modes and scopes`, () => {
  it.each<readonly [string, Members]>([
    ['a mode nobody knows', { ...WORKSPACE_DENIAL, policyMode: 'deny_some' }],
    ['no mode', without(WORKSPACE_DENIAL, 'policyMode')],
    ['another spelling of the mode', { ...WORKSPACE_DENIAL, policyMode: 'DENY_ALL' }],
    ['a scope nobody knows', { ...WORKSPACE_DENIAL, objectType: 'airlock.dnd.user' }],
    ['no scope', without(WORKSPACE_DENIAL, 'objectType')],
    ['an approval of an unknown mode', signed({ ...WORKSPACE_DENIAL, policyMode: 'approve_some' })],
  ])('%s is ignored', (_, members) => {
    expect(denials(members)).toEqual([]);
  });
});
