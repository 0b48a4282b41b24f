import { rules } from '@airlock/conformance';
import { base64UrlDecode, base64UrlEncode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { absorbPolicies, initialStanding, standingAt } from '../../src/standing/standing.js';
import type { StandingContext } from '../../src/standing/model.js';
import {
  ACTION_APPROVAL,
  AT,
  CONTENT,
  contextOf,
  HOUR,
  type Members,
  OTHER_SEED,
  SECOND,
  selectorHash,
  signed,
  SIGNER_KEY_ID,
  time,
  without,
  WORKSPACE_APPROVAL,
} from './signed-policies.js';

function honoured(element: unknown, context: StandingContext = contextOf()) {
  const { state } = absorbPolicies(initialStanding([]), { policies: [element], at: AT, mono: 0 }, context);
  expect(standingAt(state, { at: AT, mono: 0 })).toStrictEqual(state.approving);
  return state.approving;
}

const selecting = (actionSelector: unknown, more: Members = {}): Members => ({
  ...ACTION_APPROVAL,
  actionSelector,
  ...more,
});

const HONOURED: ReadonlyArray<readonly [string, Members]> = [
  ['of a workspace', WORKSPACE_APPROVAL],
  ['of its own session', { ...WORKSPACE_APPROVAL, sessionId: 'session-1' }],
  ['of an artifact type', { ...WORKSPACE_APPROVAL, targetArtifactType: 'command.review' }],
  ['selecting in a whole workspace', { ...WORKSPACE_APPROVAL, actionSelector: { contentSha256: CONTENT } }],
  ['by content', ACTION_APPROVAL],
  ['by content within a session', selecting({ contentSha256: CONTENT, sessionId: 'session-1' })],
  ['by family', selecting({ commandFamily: 'git' })],
  ['by prefix', selecting({ argvPrefix: ['git', 'status'] })],
  ['by words, one of them empty', selecting({ argv: ['git', 'commit', '-m', ''] })],
  ['with the hash of its selector', selecting({ argv: ['ls'] }, { selectorHash: selectorHash({ argv: ['ls'] }) })],
  ['made by a clock 60 s ahead', { ...WORKSPACE_APPROVAL, createdAt: time(60 * SECOND) }],
  ['over since 60 s', { ...WORKSPACE_APPROVAL, expiresAt: time(-60 * SECOND) }],
  ['of 24 h', { ...WORKSPACE_APPROVAL, createdAt: time(-HOUR), expiresAt: time(23 * HOUR) }],
];

const REQUIRED = ['requestId', 'objectType', 'enforcerId', 'workspaceId', 'policyMode', 'createdAt', 'expiresAt'];

/** Everything of it is signed by the right key; what is wrong is what the name says. */
const IGNORED: ReadonlyArray<readonly [string, Members]> = [
  ...REQUIRED.map((name) => [`without ${name}`, without(WORKSPACE_APPROVAL, name)] as const),
  ...REQUIRED.map((name) => [`with a number for ${name}`, { ...WORKSPACE_APPROVAL, [name]: 1 }] as const),
  ['without signerKeyId', without(WORKSPACE_APPROVAL, 'signerKeyId')],
  ['with one more member', { ...WORKSPACE_APPROVAL, comment: 'harmless' }],
  ['with one more member in its selector', selecting({ contentSha256: CONTENT, glob: '*' })],
  ['of another enforcer', { ...WORKSPACE_APPROVAL, enforcerId: 'enf-2' }],
  ['of another workspace', { ...WORKSPACE_APPROVAL, workspaceId: 'ws-2' }],
  ['of another session', { ...WORKSPACE_APPROVAL, sessionId: 'session-2' }],
  ['of another mode', { ...WORKSPACE_APPROVAL, policyMode: 'approve_some' }],
  ['of another scope', { ...ACTION_APPROVAL, objectType: 'airlock.dnd.user' }],
  ['naming another key', { ...WORKSPACE_APPROVAL, signerKeyId: 'al1.other' }],
  ['made by a clock over 60 s ahead', { ...WORKSPACE_APPROVAL, createdAt: time(60 * SECOND + 1) }],
  ['over since more than 60 s', { ...WORKSPACE_APPROVAL, expiresAt: time(-60 * SECOND - 1) }],
  ['of more than 24 h', { ...WORKSPACE_APPROVAL, createdAt: time(-HOUR), expiresAt: time(23 * HOUR + 1) }],
  ['without a time in createdAt', { ...WORKSPACE_APPROVAL, createdAt: 'yesterday' }],
  ['of an action without a selector', without(ACTION_APPROVAL, 'actionSelector')],
  ['selecting nothing', selecting({})],
  ['selecting a session only', selecting({ sessionId: 'session-1' })],
  ['selecting nothing in a workspace', { ...WORKSPACE_APPROVAL, actionSelector: { sessionId: 'session-1' } }],
  ['with an empty prefix', selecting({ argvPrefix: [] })],
  ['with a blank prefix', selecting({ argvPrefix: [''] })],
  ['with a blank word in its prefix', selecting({ argvPrefix: ['git', ' '] })],
  ['with a blank prefix beside a content', selecting({ argvPrefix: [''], contentSha256: CONTENT })],
  ['with no words', selecting({ argv: [] })],
  ['with a blank program', selecting({ argv: ['', 'x'] })],
  ['with an empty family', selecting({ commandFamily: '' })],
  ['with a blank family', selecting({ commandFamily: '\t' })],
  ['with a content that is no hash', selecting({ contentSha256: 'C'.repeat(64) })],
  ['with the hash of another selector', selecting({ argv: ['ls'] }, { selectorHash: selectorHash({ argv: ['rm'] }) })],
  ['with the hash of a selector it has not', { ...WORKSPACE_APPROVAL, selectorHash: selectorHash({}) }],
];

describe(rules('DND-060')`an approving policy`, () => {
  it.each(HONOURED)('%s is honoured', (_, members) => {
    expect(honoured(signed(members))).toMatchObject([{ policyId: 'dnd-1', effect: 'approve' }]);
  });

  it.each(IGNORED)('%s does not exist', (_, members) => {
    expect(honoured(signed(members))).toEqual([]);
  });

  it('is handed on with everything that limits it', () => {
    const actionSelector = { contentSha256: CONTENT, sessionId: 'session-1' };
    const members = { ...ACTION_APPROVAL, actionSelector, sessionId: 'session-1', targetArtifactType: 'plan.review' };
    expect(honoured(signed(members))).toEqual([
      {
        policyId: 'dnd-1',
        effect: 'approve',
        scope: 'action',
        selector: actionSelector,
        sessionId: 'session-1',
        targetArtifactType: 'plan.review',
        createdAt: AT - HOUR,
        expiresAt: AT + HOUR,
      },
    ]);
    expect(honoured(signed(WORKSPACE_APPROVAL))).toStrictEqual([
      { policyId: 'dnd-1', effect: 'approve', scope: 'workspace', createdAt: AT - HOUR, expiresAt: AT + HOUR },
    ]);
  });

  it('of a session does not exist where there is no session', () => {
    const element = signed({ ...WORKSPACE_APPROVAL, sessionId: 'session-1' });
    const { sessionId: _, ...context } = contextOf();
    expect(honoured(element, context)).toEqual([]);
  });

  it('does not exist in a pairing that is not verified or signs no policies', () => {
    expect(honoured(signed(WORKSPACE_APPROVAL), contextOf({ signer: null }))).toEqual([]);
  });

  it('is judged alone: bad neighbours spoil nothing', () => {
    const policies = [null, 1, 'x', [], {}, signed(WORKSPACE_APPROVAL), { policyMode: 'approve_all' }];
    const { state } = absorbPolicies(initialStanding([]), { policies, at: AT, mono: 0 }, contextOf());
    expect(state.approving).toHaveLength(1);
    expect(state.denying).toEqual([]);
  });
});

describe(rules('DND-050', 'DND-060', 'INV-26')`the signature of an approving policy`, () => {
  const good = signed(WORKSPACE_APPROVAL);
  const signature = good['signature'] as string;
  const flipped = base64UrlEncode(base64UrlDecode(signature, 64).map((byte, index) => (index === 5 ? byte ^ 1 : byte)));

  const BAD: ReadonlyArray<readonly [string, unknown]> = [
    ['missing', { ...WORKSPACE_APPROVAL }],
    ['empty', { ...good, signature: '' }],
    ['of another key', signed(WORKSPACE_APPROVAL, OTHER_SEED)],
    ['of another policy', { ...good, expiresAt: time(2 * HOUR) }],
    ['of the policy without a limit', { ...good, sessionId: 'session-1' }],
    ['with one bit flipped', { ...good, signature: flipped }],
    ['in the other alphabet or padded', { ...good, signature: `${signature}==` }],
    ['over text that has no canonical form', { ...good, targetArtifactType: '\uD800' }],
    ['where a member came as null', { ...good, sessionId: null }],
  ];

  it.each(BAD)('%s: the policy does not exist', (_, element) => {
    expect(honoured(element)).toEqual([]);
  });

  it.each([
    ['no key at all', ''],
    ['a short key', 'AAAA'],
    ['no base64url', '!'.repeat(43)],
    ['a key of small order', base64UrlEncode(new Uint8Array(32))],
  ])('cannot verify under %s', (_, publicKey) => {
    const signer = { signerKeyId: SIGNER_KEY_ID, publicKey };
    expect(honoured(good, contextOf({ signer }))).toEqual([]);
  });

  it('does not count for a selector hash that cannot be computed', () => {
    const selector = { commandFamily: '\uD800' };
    expect(honoured({ ...good, actionSelector: selector, selectorHash: CONTENT })).toEqual([]);
  });
});
