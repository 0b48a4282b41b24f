import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { StandingPolicy } from '../../src/standing/model.js';
import {
  ALL_KINDS,
  actionOf,
  approving,
  argvAction,
  CONTENT,
  factsOf,
  hash,
  inputOf,
  lineAction,
  SESSION,
  standingOf,
} from './inputs.js';

type Members = Readonly<Record<string, unknown>>;
const facts = factsOf([]);
const isAllowed = (action: ReturnType<typeof actionOf>, ...standing: StandingPolicy[]) =>
  evaluate(inputOf({ action, facts, standing })).kind === 'allow';

describe(rules('DND-090')`an approving selector by words`, () => {
  it.each<readonly [Members, string, boolean]>([
    [{ argvPrefix: ['git', 'status'] }, 'git status', true],
    [{ argvPrefix: ['git', 'status'] }, 'git status\n', true],
    [{ argvPrefix: ['git', 'status'] }, "git 'status'", true],
    [{ argvPrefix: ['git', 'status'] }, 'git status -sb', true],
    [{ argvPrefix: ['git', 'status'] }, 'git status src', true],
    [{ argvPrefix: ['git', 'status'] }, 'git status --exec=x', false],
    [{ argvPrefix: ['git', 'status'] }, 'git status ../x', false],
    [{ argvPrefix: ['git', 'status'] }, 'git push', false],
    [{ argvPrefix: ['git', 'status'] }, 'git', false],
    [{ argvPrefix: ['git status'] }, 'git status', false],
    [{ argv: ['git status'] }, 'git status', false],
    [{ argvPrefix: ['git'] }, 'git', true],
    [{ argvPrefix: ['git'] }, 'git status', false],
    [{ argvPrefix: ['npm', 'test'] }, 'npm test', true],
    [{ argvPrefix: ['npm', 'test'] }, 'npm test x', false],
    [{ argv: ['git', 'status'] }, 'git status', true],
    [{ argv: ['git', 'status'] }, 'git status -s', false],
    [{ argv: ['git', 'status', '-s'] }, 'git status', false],
    [{ argv: ['npm', 'run', 'lint fix'] }, "npm run 'lint fix'", true],
    [{ argv: ['npm', 'run', 'lint fix'] }, 'npm run lint fix', false],
    [{ commandFamily: 'git' }, 'git push origin main', true],
    [{ commandFamily: 'git' }, '/usr/bin/git push', false],
    [{ commandFamily: 'git' }, 'gitk', false],
    [{ commandFamily: 'GIT' }, 'git push', false],
    [{ commandFamily: 'git', argvPrefix: ['git', 'status'] }, 'git status', true],
    [{ commandFamily: 'git', argvPrefix: ['git', 'status'] }, 'git push', false],
    [{ commandFamily: 'npm', argvPrefix: ['git', 'status'] }, 'git status', false],
    [{ commandFamily: 'git', argv: ['git', 'push'] }, 'git push', true],
    [{ argvPrefix: ['git', 'status'], argv: ['git', 'status', '-s'] }, 'git status -s', true],
    [{ argvPrefix: ['git', 'status'], argv: ['git', 'status', '-s'] }, 'git status -b', false],
  ])('%j for %j: %s', (selector, line, expected) => {
    expect(isAllowed(lineAction(line), approving(selector))).toBe(expected);
  });

  it.each([
    'git status;',
    'git status; git status',
    'git status | git status',
    'git status && git status',
    'git status || git status',
    'git status &',
    'git status\ngit status',
    'git status\n\n',
    '(git status)',
    'git status $(ls)',
    'git status `ls`',
    'git status $X',
    'git status *',
    'git status {a,b}',
    'git status 2>&1',
    'git status >/dev/null',
    'git status 2>/dev/null',
    'git status 1>&2',
    'git status >x',
    'X=1 git status',
    'git status ~',
    'git status \u00e9',
  ])('matches nothing in %j, whose words are not known exactly or which is more', (line) => {
    for (const selector of [{ argvPrefix: ['git', 'status'] }, { argv: ['git', 'status'] }, { commandFamily: 'git' }]) {
      expect(isAllowed(lineAction(line), approving(selector))).toBe(false);
    }
  });

  it('matches nothing that another shell reads', () => {
    for (const shell of ['/usr/bin/fish', '/usr/bin/pwsh', 'C:\\Windows\\cmd.exe']) {
      expect(isAllowed(lineAction('git status', { shell }), approving({ argvPrefix: ['git', 'status'] }))).toBe(false);
    }
  });

  it('takes argv as it is where there is no shell', () => {
    const selector = { argvPrefix: ['git', 'status'] };
    expect(isAllowed(argvAction(['git', 'status']), approving(selector))).toBe(true);
    expect(isAllowed(argvAction(['git', 'status', '-s']), approving(selector))).toBe(true);
    expect(isAllowed(argvAction(['git', 'status;evil']), approving(selector))).toBe(false);
    expect(isAllowed(argvAction(['git', 'status', ';', 'evil']), approving(selector))).toBe(false);
    expect(isAllowed(argvAction(['git', 'push'], { commandText: 'git status' }), approving(selector))).toBe(false);
    expect(
      isAllowed(
        argvAction(['git', 'commit', '-m', 'a; b $C']),
        approving({ argv: ['git', 'commit', '-m', 'a; b $C'] }),
      ),
    ).toBe(true);
  });

  it('does not approve a program that is fed from a pipe by its words alone', () => {
    for (const selector of [{ argv: ['npm', 'test'] }, { argvPrefix: ['npm', 'test'] }]) {
      expect(isAllowed(argvAction(['npm', 'test'], { stdin: 'none' }), approving(selector))).toBe(true);
      expect(isAllowed(argvAction(['npm', 'test'], { stdin: 'pipe' }), approving(selector))).toBe(false);
    }
  });

  it('matches no action that is no command', () => {
    for (const kind of ALL_KINDS.filter((each) => each !== 'command')) {
      for (const selector of [
        { argvPrefix: ['git', 'status'] },
        { argv: ['git', 'status'] },
        { commandFamily: 'git' },
      ]) {
        expect(isAllowed(actionOf(kind), approving(selector))).toBe(false);
      }
    }
  });
});

describe(rules('DND-095')`an approving selector`, () => {
  const content = { contentSha256: CONTENT };

  it.each<readonly [Members, boolean]>([
    [content, true],
    [{ contentSha256: hash('d') }, false],
    [{ ...content, sessionId: SESSION }, true],
    [{ ...content, sessionId: 'session-2' }, false],
    [{ ...content, argv: ['git', 'status'] }, true],
    [{ ...content, argv: ['git', 'push'] }, false],
    [{ ...content, argvPrefix: ['git', 'push'] }, false],
    [{ ...content, commandFamily: 'npm' }, false],
    [{ contentSha256: hash('d'), argv: ['git', 'status'] }, false],
    [{ argv: ['git', 'status'], sessionId: SESSION }, true],
    [{ argv: ['git', 'status'], sessionId: 'session-2' }, false],
    [{ sessionId: SESSION }, false],
    [{}, false],
  ])('%j for git status in the session: %s', (selector, expected) => {
    expect(isAllowed(lineAction('git status'), approving(selector))).toBe(expected);
    expect(isAllowed(lineAction('git status'), approving(selector, { scope: 'workspace' }))).toBe(expected);
  });

  it('of an action without a selector matches nothing, of a workspace everything', () => {
    expect(isAllowed(lineAction('git status'), standingOf({ effect: 'approve', scope: 'action' }))).toBe(false);
    expect(isAllowed(lineAction('git status'), standingOf({ effect: 'approve', scope: 'workspace' }))).toBe(true);
  });

  it('with the content matches an action of any kind, however it is written', () => {
    for (const kind of ALL_KINDS.filter((each) => each !== 'policy.change')) {
      expect(isAllowed(actionOf(kind), approving(content))).toBe(true);
      expect(isAllowed(actionOf(kind, { contentSha256: hash('d') }), approving(content))).toBe(false);
    }
    expect(isAllowed(lineAction('git status $(ls) > x'), approving(content))).toBe(true);
  });

  it.each(ALL_KINDS.filter((each) => each !== 'policy.change'))('without a selector, for %s', (kind) => {
    const isGit = kind === 'git-commit' || kind === 'git-push';
    expect(isAllowed(actionOf(kind), standingOf({ effect: 'approve' }))).toBe(!isGit);
    expect(isAllowed(actionOf(kind), standingOf({ effect: 'approve', sessionId: SESSION }))).toBe(!isGit);
  });

  it('of a session matches no action without one', () => {
    const action = lineAction('git status', { sessionId: undefined });
    expect(isAllowed(action, approving({ ...content, sessionId: SESSION }))).toBe(false);
    expect(isAllowed(action, approving(content, { sessionId: SESSION }))).toBe(false);
    expect(isAllowed(action, approving(content))).toBe(true);
  });

  it.each<readonly [Partial<StandingPolicy>, boolean]>([
    [{ sessionId: SESSION }, true],
    [{ sessionId: 'session-2' }, false],
    [{ targetArtifactType: 'command.review' }, true],
    [{ targetArtifactType: 'command' }, false],
    [{ targetArtifactType: 'plan.review' }, false],
  ])('of a policy with %j: %s', (change, expected) => {
    expect(isAllowed(lineAction('git status'), approving(content, change))).toBe(expected);
    expect(isAllowed(lineAction('git status'), standingOf({ effect: 'approve', ...change }))).toBe(expected);
  });
});

describe(rules('LOC-045')`a grant and the input of a host's tool call`, () => {
  const standing = [standingOf({ effect: 'approve' })];
  const tool = actionOf('tool');

  it.each<readonly [string, ReturnType<typeof actionOf>, ReturnType<typeof factsOf> | null, object]>([
    ['all known', tool, facts, { kind: 'allow', basis: { kind: 'grant', policyId: 'dnd-1' } }],
    [
      'a member unknown',
      tool,
      factsOf([], { unknownInput: ['x'] }),
      { kind: 'ask', reason: 'unknown_input', detail: 'x' },
    ],
    ['nobody looked', tool, null, { kind: 'ask', reason: 'no_facts' }],
    ['no tool call', lineAction('git status'), null, { kind: 'allow', basis: { kind: 'grant', policyId: 'dnd-1' } }],
  ])('%s', (_, action, known, expected) => {
    expect(evaluate(inputOf({ action, facts: known, standing }))).toEqual(expected);
  });
});
