import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { StandingPolicy } from '../../src/standing/model.js';
import { absorbPolicies, initialStanding, standingAt } from '../../src/standing/standing.js';
import { argvAction, factsOf, hash, inputOf, lineAction, patternOf, policyOf, programOf } from '../evaluate/inputs.js';
import {
  ACTION_APPROVAL,
  AT,
  CONTENT,
  contextOf,
  HOUR,
  type Members,
  OTHER_SEED,
  signed,
  time,
  WORKSPACE_APPROVAL,
  WORKSPACE_DENIAL,
} from '../standing/signed-policies.js';

const NOW = { at: AT, mono: 0 };

/** What the enforcer honours of the answers of a gateway, in their order. */
function honoured(...answers: ReadonlyArray<readonly unknown[]>): readonly StandingPolicy[] {
  const state = answers.reduce(
    (known, policies) => absorbPolicies(known, { policies, ...NOW }, contextOf()).state,
    initialStanding([]),
  );
  return standingAt(state, NOW);
}

function verdict(line: string, standing: readonly StandingPolicy[]) {
  return evaluate(inputOf({ action: lineAction(line, { contentSha256: hash('1') }), facts: factsOf([]), standing }))
    .kind;
}

const selecting = (actionSelector: Members): Members => ({ ...ACTION_APPROVAL, actionSelector });
const STATUS = selecting({ argvPrefix: ['git', 'status'] });

describe(rules('DND-060', 'DND-120', 'INV-26')`a hostile gateway that wants an approval without a signature`, () => {
  it.each<readonly [string, unknown]>([
    ['invents one', { ...WORKSPACE_APPROVAL, signature: 'A'.repeat(86) }],
    ['leaves the signature out', WORKSPACE_APPROVAL],
    ['signs with a key of its own', signed({ ...WORKSPACE_APPROVAL }, OTHER_SEED)],
    ['names a key of its own', signed({ ...WORKSPACE_APPROVAL, signerKeyId: 'gateway' }, OTHER_SEED)],
    ['widens an action to the workspace', { ...signed(STATUS), objectType: 'airlock.dnd.workspace' }],
    ['shortens the prefix', { ...signed(STATUS), actionSelector: { argvPrefix: ['git'] } }],
    [
      'turns a denial around',
      { ...signed({ ...WORKSPACE_DENIAL, signerKeyId: 'al1.approver.key' }), policyMode: 'approve_all' },
    ],
    ['prolongs one', { ...signed(WORKSPACE_APPROVAL), expiresAt: time(20 * HOUR) }],
    ['moves one to another workspace', signed({ ...WORKSPACE_APPROVAL, workspaceId: 'ws-2' })],
    ['moves one to another session', signed({ ...WORKSPACE_APPROVAL, sessionId: 'session-2' })],
    ['hides a wider meaning in a member', signed({ ...selecting({ contentSha256: CONTENT, any: true }) })],
    ['sends it in other capitals', { ...signed(WORKSPACE_APPROVAL), policyMode: 'APPROVE_ALL' }],
    ['sends it inside a list', [signed(WORKSPACE_APPROVAL)]],
  ])('%s', (_, element) => {
    const standing = honoured([element]);
    expect(standing.filter(({ effect }) => effect === 'approve')).toEqual([]);
    expect(verdict('git status', standing)).not.toBe('allow');
  });

  it('replays a deleted policy', () => {
    const policy = signed(WORKSPACE_APPROVAL);
    expect(verdict('git status', honoured([policy]))).toBe('allow');
    expect(verdict('git status', honoured([policy], []))).toBe('ask');
    expect(verdict('git status', honoured([policy], [], [policy]))).toBe('ask');
  });

  it('goes silent instead of saying that a policy was deleted', () => {
    const { state } = absorbPolicies(
      initialStanding([]),
      { policies: [signed(WORKSPACE_APPROVAL)], ...NOW },
      contextOf(),
    );
    expect(verdict('git status', standingAt(state, { at: AT, mono: 15_001 }))).toBe('ask');
  });

  it('goes silent about a denial', () => {
    const { state } = absorbPolicies(initialStanding([]), { policies: [WORKSPACE_DENIAL], ...NOW }, contextOf());
    expect(verdict('git status', standingAt(state, { at: AT, mono: HOUR }))).toBe('deny');
  });

  it('cannot change one character of a signed policy', () => {
    const policy = signed(STATUS);
    const json = JSON.stringify(policy);
    fc.assert(
      fc.property(fc.nat(json.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const altered = json.slice(0, at) + character + json.slice(at + 1);
        if (altered === json) return;
        let element: unknown;
        try {
          element = JSON.parse(altered);
        } catch (error) {
          if (error instanceof SyntaxError) return;
          throw error;
        }
        expect(honoured([element]).filter(({ effect }) => effect === 'approve')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe(rules('DND-060', 'DND-090', 'DND-095')`an agent that wants more than its grant`, () => {
  const standing = honoured([signed(STATUS)]);

  it('has the grant', () => {
    expect(verdict('git status', standing)).toBe('allow');
    expect(verdict('git status -s', standing)).toBe('allow');
  });

  it.each([
    ['an operator glued to the last word', 'git status;evil'],
    ['an operator behind it', 'git status && evil'],
    ['a command before it', 'evil; git status'],
    ['a pipe', 'git status | sh'],
    ['a second line', 'git status\nevil'],
    ['two final newlines', 'git status\n\n'],
    ['a substitution', 'git status $(evil)'],
    ['a comment', 'git status #'],
    ['a redirection into a file', 'git status > ~/.bashrc'],
    ['a redirection that is harmless in a pattern', 'git status 2>&1'],
    ['an assignment', 'GIT_DIR=evil git status'],
    ['the prefix split across one word', "'git status'"],
    ['the prefix as part of a word', 'git statusx'],
    ['a space that is none', 'git\u00a0status'],
    ['an option before the subcommand', 'git -c alias.status=!evil status'],
    ['another program of that name', './git status'],
    ['another case', 'Git status'],
    ['a flag that runs a program', 'git status --ext-diff'],
    ['a path that leaves the folder', 'git status ../../etc'],
    ['a wrapper', 'env git status'],
  ])('%s', (_, line) => {
    expect(verdict(line, standing)).toBe('ask');
  });

  it.each<readonly [string, Members]>([
    ['a blank prefix', { argvPrefix: [''] }],
    ['an empty prefix', { argvPrefix: [] }],
    ['a prefix of a space', { argvPrefix: [' '] }],
    ['no words', { argv: [] }],
    ['an empty family', { commandFamily: '' }],
    ['nothing but the session', { sessionId: 'session-1' }],
    ['nothing', {}],
  ])('a grant that selects by %s, although it is signed', (_, selector) => {
    expect(verdict('evil', honoured([signed(selecting(selector))]))).toBe('ask');
  });

  it.each([
    ['a shell', ['bash'], ['bash', '-c', 'evil']],
    ['an interpreter', ['node'], ['node', '-e', 'evil']],
    ['a wrapper', ['env'], ['env', 'evil']],
    ['a tool of many subcommands', ['git'], ['git', 'push']],
    ['a script runner', ['npm', 'run'], ['npm', 'run', 'evil']],
  ])('a prefix that is %s and is granted with nothing behind it', (_, argvPrefix, argv) => {
    const policies = honoured([signed(selecting({ argvPrefix }))]);
    expect(evaluate(inputOf({ action: argvAction(argv), facts: factsOf([]), standing: policies })).kind).toBe('ask');
  });

  it('the content of another action', () => {
    const policies = honoured([signed(ACTION_APPROVAL)]);
    expect(verdict('git status', policies)).toBe('ask');
  });

  it('a grant for a protected target', () => {
    const action = lineAction('rm ~/.claude/settings.json', { notices: ['touches-gate'] });
    const policies = honoured([signed(WORKSPACE_APPROVAL)]);
    expect(evaluate(inputOf({ action, standing: policies }))).toEqual({ kind: 'ask', reason: 'protected_target' });
  });
});

describe(rules('INV-34', 'LOC-045')`an agent that prepares the ground for a pattern`, () => {
  const policy = policyOf([patternOf('npm test'), patternOf('echo hi')]);
  const npm = ['npm', 'test'];

  it('asks with facts about a harmless command', () => {
    const action = lineAction('rm -rf src');
    expect(evaluate(inputOf({ action, facts: factsOf([npm]), policy })).kind).toBe('ask');
  });

  it('asks with facts about more harmless commands than it runs', () => {
    expect(evaluate(inputOf({ action: lineAction('npm test'), facts: factsOf([npm, npm]), policy })).kind).toBe('ask');
  });

  it('runs another file than the facts are about', () => {
    const action = argvAction(npm, { program: '/tmp/npm' });
    expect(evaluate(inputOf({ action, facts: factsOf([npm]), policy })).kind).toBe('ask');
    const swapped = argvAction(npm, { programSha256: hash('6') });
    expect(evaluate(inputOf({ action: swapped, facts: factsOf([npm]), policy })).kind).toBe('ask');
  });

  it('plants a program that did not exist when its name was approved', () => {
    const planted = policyOf([patternOf('deploy now', { program: undefined })]);
    for (const program of [null, programOf('deploy')]) {
      const command = { argv: ['deploy', 'now'], program, interpreters: [], configuration: [] };
      const facts = factsOf([], { commands: [command] });
      expect(evaluate(inputOf({ action: lineAction('deploy now'), facts, policy: planted })).kind).toBe('ask');
    }
  });

  it('adds a member to the tool input that nobody here knows', () => {
    const facts = factsOf([npm], { unknownInput: ['dangerouslyDisableSandbox'] });
    expect(evaluate(inputOf({ action: lineAction('npm test'), facts, policy }))).toEqual({
      kind: 'ask',
      reason: 'unknown_input',
      detail: 'dangerouslyDisableSandbox',
    });
  });

  it('changes its shell first', () => {
    const facts = factsOf([npm]);
    const session = { tainted: true };
    expect(evaluate(inputOf({ action: lineAction('npm test'), facts, policy, session }))).toEqual({
      kind: 'ask',
      reason: 'tainted_session',
    });
  });
});
