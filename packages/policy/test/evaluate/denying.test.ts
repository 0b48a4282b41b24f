import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { StandingPolicy } from '../../src/standing/model.js';
import {
  ALL_KINDS,
  actionOf,
  argvAction,
  CONTENT,
  denying,
  hash,
  inputOf,
  lineAction,
  SESSION,
  standingOf,
} from './inputs.js';

type Members = Readonly<Record<string, unknown>>;
const isDenied = (action: ReturnType<typeof actionOf>, ...standing: StandingPolicy[]) =>
  evaluate(inputOf({ action, standing })).kind === 'deny';

describe(rules('DND-100')`a denying selector by words`, () => {
  it.each<readonly [readonly string[], string, boolean]>([
    [['rm'], 'rm a', true],
    [['rm'], 'rm', true],
    [['rm'], '/bin/rm a', true],
    [['/bin/rm'], 'rm a', true],
    [['rm'], "'rm' a", true],
    [['rm'], 'RM a', true],
    [['rm', '-r'], 'rm -r a', true],
    [['rm', '-r'], 'rm -R a', false],
    [['rm', '-r'], 'rm a -r', false],
    [['rm', '-r'], 'rm', false],
    [['rm'], 'echo a; rm b', true],
    [['rm'], 'echo a | rm', true],
    [['rm'], 'echo a && rm b || true', true],
    [['rm'], 'echo rm', false],
    [['rm'], 'npm run format', false],
    [['rm'], 'git rm a', false],
    [['rm'], 'sudo rm a', true],
    [['rm'], "bash -c 'rm a'", true],
    [['rm'], 'xargs -0 rm', true],
    [['git', 'push'], 'sudo git -C x push', true],
    [['rm'], 'rm a 2>&1', true],
    [['rm'], 'rm a\n', true],
  ])('%j in %j: %s', (argvPrefix, line, expected) => {
    expect(isDenied(lineAction(line), denying({ argvPrefix }))).toBe(expected);
  });

  it.each<readonly [readonly string[], string, boolean]>([
    [['rm'], 'echo $X; rm a', true],
    [['rm'], 'X=1 rm a', true],
    [['rm'], 'echo $(rm a)', true],
    [['rm'], '$(echo rm) a', true],
    [['rm'], 'r"m" $X', true],
    [['rm'], 'r\\m $X', true],
    [['rm'], "'r'm $X", true],
    [['rm'], 'r\\\nm $X', true],
    [['rm'], 'bash <<< "ls\\nrm a"', true],
    [['rm'], '/bin/rm $X', true],
    [['rm'], '{rm,-r,a}', true],
    [['rm'], 'npm run format $X', false],
    [['rm'], 'charm $X', false],
    [['rm'], 'rmdir $X', false],
    [['rm'], '$X', false],
    [['rm', '-rf'], 'rm $X -rf a', true],
    [['rm', '-rf'], '-rf $X rm', false],
    [['rm', '-rf'], 'rm $X -r -f', false],
    [['git', 'push'], 'git $X push', true],
    [['git', 'push'], 'push $X git', false],
    [['git', 'git'], 'git $X', false],
    [['git', 'commit', '-m', "it's"], "git commit -m it\\'s $X", true],
    [['rm'], 'format $X rm', true],
    [['a', 'b'], '$X ab a b', true],
    [['rm'], 'rm_ $X', false],
    [['ab-'], 'ab-c $X', true],
    [['a-b'], 'a-bc $X', false],
    [['rm'], '_rm $X', false],
    [['rm'], 'rm1 $X', false],
  ])('%j in %j, which cannot be read exactly: %s', (argvPrefix, line, expected) => {
    expect(isDenied(lineAction(line), denying({ argvPrefix }))).toBe(expected);
  });

  it('denies in a shell that nobody knows', () => {
    expect(isDenied(lineAction('rm a', { shell: '/usr/bin/fish' }), denying({ argvPrefix: ['rm'] }))).toBe(true);
    expect(isDenied(lineAction('ls a', { shell: '/usr/bin/fish' }), denying({ argvPrefix: ['rm'] }))).toBe(false);
  });

  it.each<readonly [Members, string, boolean]>([
    [{ commandFamily: 'git' }, 'git push', true],
    [{ commandFamily: 'git' }, '/usr/bin/git push', true],
    [{ commandFamily: 'git' }, 'npm test', false],
    [{ commandFamily: 'git' }, 'npm test; git $X', true],
    [{ argv: ['git', 'push'] }, 'git push', true],
    [{ argv: ['git', 'push'] }, 'git push origin', false],
    [{ argv: ['git', 'push'] }, 'git', false],
    [{ argv: ['git', 'push'] }, 'git push $X', true],
    [{ argv: ['git', 'push'] }, 'ls; git push', true],
    [{ argvPrefix: ['rm'], argv: ['git', 'push'] }, 'git push', true],
    [{ argvPrefix: ['rm'], argv: ['git', 'push'] }, 'rm a', true],
    [{ argvPrefix: ['rm'], commandFamily: 'git' }, 'git status', true],
    [{ argvPrefix: ['rm'], commandFamily: 'git' }, 'npm test', false],
  ])('%j in %j: %s', (selector, line, expected) => {
    expect(isDenied(lineAction(line), denying(selector))).toBe(expected);
  });

  it.each<readonly [readonly string[], readonly string[], boolean]>([
    [['rm'], ['rm', 'a'], true],
    [['rm'], ['/usr/bin/rm', 'a'], true],
    [['rm'], ['echo', 'rm'], false],
    [['rm'], ['git', 'commit', '-m', 'rm; $X'], false],
    [['rm'], ['bash', '-c', 'ls; rm a'], true],
    [['rm'], ['env', 'X=1', 'rm', 'a'], true],
    [['bash'], ['bash', '-c', 'ls'], true],
    [['bash', 'ls'], ['bash', '-c', 'ls'], false],
    [['rm'], ['bash'], false],
  ])('%j in the words %j: %s', (argvPrefix, argv, expected) => {
    const action = argvAction(argv, { program: '/usr/bin/x', commandText: 'something else' });
    expect(isDenied(action, denying({ argvPrefix }))).toBe(expected);
  });

  it.each<readonly [string, ReturnType<typeof actionOf>, boolean]>([
    ['a tool call that names the command', actionOf('tool', { inputJson: '{"run":"cd x\\nrm a"}' }), true],
    ['a tool call whose text names it', actionOf('tool', { commandText: 'rm a' }), true],
    ['a call of a server that names it', actionOf('mcp-call', { inputJson: '{"command":["rm","a"]}' }), true],
    ['another call', actionOf('mcp-call', { inputJson: '{"path":"charm"}' }), false],
    ['a push that names it', actionOf('git-push', { commandText: 'rm a' }), true],
    ['a commit that names it', actionOf('git-commit', { commandText: 'rm a' }), true],
    ['an edit', actionOf('file-edit', { commandText: 'rm a' }), false],
    ['a change of policy', actionOf('policy.change', { commandText: 'rm a' }), false],
  ])('in %s', (_, action, expected) => {
    expect(isDenied(action, denying({ argvPrefix: ['rm'] }))).toBe(expected);
  });

  it('cannot be got around by quoting a letter of a line that is not read', () => {
    const quoted = (letter: string) =>
      fc.constantFrom(letter, `'${letter}'`, `"${letter}"`, `\\${letter}`, `${letter}\\\n`);
    const word = (text: string) => fc.tuple(...[...text].map(quoted)).map((letters) => letters.join(''));
    const line = fc.tuple(word('git'), fc.constantFrom(' ', '\t', ' -C x ', ' $X '), word('push'));
    fc.assert(
      fc.property(line, ([first, between, second]) => {
        expect(
          isDenied(lineAction(`: $Y; ${first}${between}${second}`), denying({ argvPrefix: ['git', 'push'] })),
        ).toBe(true);
      }),
    );
  });
});

describe(rules('DND-095')`a denying selector`, () => {
  const content = { contentSha256: CONTENT };

  it.each<readonly [Members, boolean]>([
    [content, true],
    [{ contentSha256: hash('d') }, false],
    [{ ...content, argvPrefix: ['rm'] }, true],
    [{ ...content, sessionId: 'session-2' }, true],
    [{ contentSha256: hash('d'), argvPrefix: ['git'] }, true],
    [{ contentSha256: hash('d'), argvPrefix: ['rm'] }, false],
    [{ contentSha256: hash('d'), sessionId: SESSION }, false],
    [{ sessionId: SESSION }, true],
    [{ sessionId: 'session-2' }, false],
    [{ argvPrefix: ['git'], sessionId: SESSION }, true],
    [{ argvPrefix: ['git'], sessionId: 'session-2' }, false],
    [{}, true],
  ])('%j for git status in the session: %s', (selector, expected) => {
    expect(isDenied(lineAction('git status'), denying(selector))).toBe(expected);
  });

  it('with the content matches an action of every kind', () => {
    for (const kind of ALL_KINDS) {
      expect(isDenied(actionOf(kind), denying(content))).toBe(true);
      expect(isDenied(actionOf(kind), denying({ contentSha256: hash('d') }))).toBe(false);
    }
  });
});

describe(rules('DND-070')`a denial without a selector`, () => {
  it('denies everything', () => {
    for (const kind of ALL_KINDS) {
      expect(isDenied(actionOf(kind), standingOf({ effect: 'deny' }))).toBe(true);
      expect(isDenied(actionOf(kind), standingOf({ effect: 'deny', scope: 'action' }))).toBe(true);
    }
  });

  it.each<readonly [Partial<StandingPolicy>, boolean]>([
    [{ sessionId: SESSION }, true],
    [{ sessionId: 'session-2' }, false],
    [{ targetArtifactType: 'command.review' }, true],
    [{ targetArtifactType: 'plan.review' }, false],
  ])('but for %j: %s', (change, expected) => {
    expect(isDenied(lineAction('git status'), standingOf({ effect: 'deny', ...change }))).toBe(expected);
  });
});
