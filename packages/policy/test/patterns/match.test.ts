import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { matchCommandLine, matchWords } from '../../src/index.js';

const match = (pattern: string, command: string, shell = 'bash') => matchCommandLine(pattern, { command, shell });

describe(rules('ENF-170', 'INV-28')`a pattern approves`, () => {
  it.each([
    ['git status', 'git status'],
    ['git status', '  git   status\t'],
    ['git status', 'git status\n'],
    ['git status', 'git status -sb src'],
    ['git status *', 'git status -sb src'],
    ['git status', "git 'status'"],
    ['git status', 'git "status"'],
    ['git status', 'git status 2>/dev/null'],
    ['git status', 'git status; git status -s && git status src || git status'],
    ['git log', 'git log --oneline | git log'],
    ['npm test', 'npm test'],
    ['npm test', 'npm test && npm test'],
    ['npm  test', 'npm test'],
    ["grep 'a b' c", 'grep "a b" c'],
    ['npx tsc --noEmit', 'npx tsc --noEmit'],
    ['python3 -m pytest -q', 'python3 -m pytest -q 2>&1'],
    ['git', 'git'],
    ['cat a.txt', 'cat a.txt'],
    ['./run.sh', './run.sh'],
    ['echo', 'echo x | echo y'],
    ['ls', 'ls | ls -l'],
    ['printf %s', 'printf %s a; printf %s b | printf %s'],
    ['pwd', 'pwd | pwd -P'],
    ['true', 'true || true | true'],
  ])('%j ← %j', (pattern, command) => {
    for (const shell of ['bash', '/bin/dash', 'sh', 'zsh'])
      expect(match(pattern, command, shell)).toEqual({ approve: true, reason: 'match' });
  });
});

describe(rules('ENF-170', 'ENF-175', 'INV-28')`a pattern leaves to the human`, () => {
  it.each<[pattern: string, command: string, reason: string, detail?: string]>([
    ['git status', 'git stash', 'no_match', 'stash'],
    ['git status', 'git', 'no_match', 'status'],
    ['git status x', 'git status', 'no_match', 'x'],
    ['git status', 'gitstatus', 'no_match', 'gitstatus'],
    ['git status', 'mygit status', 'no_match', 'mygit'],
    ['git status', './git status', 'no_match', './git'],
    ['git status', '/usr/bin/git status', 'no_match', '/usr/bin/git'],
    ['git status', 'git statusx', 'no_match', 'statusx'],
    ['git status', "git 'status '", 'no_match', 'status '],
    ['git status', 'git Status', 'no_match', 'Status'],
    ['git status', 'GIT status', 'no_match', 'GIT'],
    ['git status', "git '' status", 'no_match', ''],
    ["git ''", 'git', 'no_match', ''],
    ['git status', 'status git', 'no_match', 'status'],
    ['git status', 'ls', 'no_match', 'ls'],
    ['git status', 'git -c a.b=c status', 'no_match', '-c'],
    ['git status', 'git -C x status', 'no_match', '-C'],
    ['git status', 'sudo git status', 'wrapper', 'sudo'],
    ['git status', '/usr/bin/env git status', 'wrapper', '/usr/bin/env'],
    ['git status', 'xargs git status', 'wrapper', 'xargs'],
    ['git status', 'bash x', 'interpreter', 'bash'],
    ['git status', 'node x', 'interpreter', 'node'],
    ['git status', 'python3.12 x', 'interpreter', 'python3.12'],
    ['npx tsc', 'npx evil', 'no_match', 'evil'],
    ['npx tsc', 'npx tsc --noEmit', 'extra_words', '--noEmit'],
    ['npm test', 'npm test --prefix x', 'extra_words', '--prefix'],
    ['npm', 'npm test', 'extra_words', 'test'],
    ['cat', 'cat a.txt', 'extra_words', 'a.txt'],
    ['head', 'head -5 a', 'extra_words', '-5'],
    ['grep foo', 'grep foo a', 'extra_words', 'a'],
    ['git status', 'git status --ext-diff', 'extra_words', '--ext-diff'],
    ['git status', 'git status src /etc', 'extra_words', '/etc'],
    ['git status', "git status ''", 'extra_words', ''],
    ['git log -n', 'git log -n 5', 'extra_words', '5'],
    ['git status', 'git status; ls', 'no_match', 'ls'],
    ['git status', 'ls; git status', 'no_match', 'ls'],
    ['git status', 'git status && sudo git status', 'wrapper', 'sudo'],
    ['git status', 'git status || git push', 'no_match', 'push'],
    ['git status', 'git status; git status; git status x; git status --output=x', 'extra_words', '--output=x'],
    ['npm test', 'npm test | npm test', 'piped_input', 'npm'],
    ['./run.sh', './run.sh | ./run.sh', 'piped_input', './run.sh'],
    ['git commit', 'git commit | git commit', 'piped_input', 'git'],
    ['git', 'git|git', 'piped_input', 'git'],
    ['git log --stdin', 'git log --stdin | git log --stdin', 'piped_input', 'git'],
    ['node x.js', 'node x.js | node x.js', 'piped_input', 'node'],
    ['npx tsc', 'npx tsc | npx tsc', 'piped_input', 'npx'],
    ['xargs x', 'xargs x | xargs x', 'piped_input', 'xargs'],
    ['tee x', 'tee x | tee x', 'piped_input', 'tee'],
    ['sed p', 'sed p | sed p', 'piped_input', 'sed'],
    ['sort', 'sort | sort', 'piped_input', 'sort'],
    ['ls /etc', 'ls /etc | ls /etc', 'piped_input', 'ls'],
    ['wc --files0-from=/dev/stdin', 'wc --files0-from=/dev/stdin | wc --files0-from=/dev/stdin', 'piped_input', 'wc'],
    ['./cat x', './cat x | ./cat x', 'piped_input', './cat'],
    ['git status', 'git status | sh', 'interpreter', 'sh'],
    ['git status', 'git status $x', 'expansion', '$'],
    ['git status', 'git status > x', 'redirection', '>'],
    ['git status', 'git status &', 'operator', '&'],
    ['git status', 'X=1 git status', 'assignment', 'X=1'],
    ['git status', 'time git status', 'reserved_word', 'time'],
    ['git status', 'cd x && git status', 'builtin', 'cd'],
    ['git status', 'git status #', 'character', '#'],
    ['git status', "'git' status", 'quoting', 'git'],
    ['git status', '', 'empty'],
    ['git status', 'x'.repeat(5000), 'too_long'],
    ['git status', Array(17).fill('git status').join(';'), 'too_many_commands'],
    ['git status *x', 'git status', 'pattern_invalid'],
    ['', 'git status', 'pattern_invalid'],
    ['', '', 'pattern_invalid'],
    ['*', 'git status', 'pattern_invalid'],
    ['bash x', 'bash x', 'pattern_too_broad'],
    ['npm *', 'npm test', 'pattern_too_broad'],
    ['cd', 'cd', 'pattern_too_broad'],
    ['node -e x', 'node -e x', 'pattern_too_broad'],
    ['/git/', '/git/', 'pattern_invalid'],
  ])('%j ← %j: %s', (pattern, command, reason, ...detail) => {
    const result = match(pattern, command);
    expect(result).toMatchObject({ approve: false, reason });
    if (detail.length > 0) expect(result).toEqual({ approve: false, reason, detail: detail[0] });
  });

  it('any line for another shell, whatever else is wrong with it', () => {
    expect(match('git status', 'git status', 'fish')).toEqual({
      approve: false,
      reason: 'shell_unsupported',
      detail: 'fish',
    });
    expect(match('git status', 'git status $x', 'powershell')).toMatchObject({ reason: 'shell_unsupported' });
  });

  it('a reason without a detail has no member for it', () => {
    expect(match('git status', '')).toEqual({ approve: false, reason: 'empty' });
  });
});

describe(rules('ENF-170')`behind a pipe`, () => {
  it.each(['cat', 'head', 'tail', 'wc', 'grep', 'cut', 'tr', 'nl'])('%s reads data', (filter) => {
    for (const words of ['', ' -5', ' x', ' -l x', " 'a b'"]) {
      const pattern = `${filter}${words}`;
      expect(match(pattern, `${pattern} | ${pattern}`)).toEqual({ approve: true, reason: 'match' });
    }
    for (const words of [' --files0-from=x', ' --x', ' x --y', ' --']) {
      const pattern = `${filter}${words}`;
      expect(match(pattern, pattern).approve).toBe(true);
      expect(match(pattern, `${pattern} | ${pattern}`)).toEqual({
        approve: false,
        reason: 'piped_input',
        detail: filter,
      });
    }
  });

  it('a command that comes first in its pipeline is not', () => {
    expect(match('npm test', 'npm test; npm test && npm test').approve).toBe(true);
  });
});

describe(rules('ENF-170', 'INV-28')`the words of one command`, () => {
  const command = (argv: readonly string[], isPiped = false) => ({ argv, isPiped });

  it('match a pattern of the same words', () => {
    expect(matchWords({ argv: ['npm', 'test'], allowsExtra: false }, command(['npm', 'test']))).toEqual({
      approve: true,
      reason: 'match',
    });
  });

  it('match nothing that names no words', () => {
    for (const allowsExtra of [true, false]) {
      expect(matchWords({ argv: [], allowsExtra }, command(['npm']))).toMatchObject({ approve: false });
      expect(matchWords({ argv: [], allowsExtra }, command([]))).toMatchObject({ approve: false });
    }
    expect(matchWords({ argv: ['npm'], allowsExtra: true }, command([]))).toEqual({
      approve: false,
      reason: 'no_match',
      detail: '',
    });
  });

  it('get further words only from a list, whatever a pattern claims', () => {
    const claims = { allowsExtra: true } as const;
    expect(matchWords({ ...claims, argv: ['npm'] }, command(['npm', 'test']))).toEqual({
      approve: false,
      reason: 'extra_words',
      detail: 'test',
    });
    expect(matchWords({ ...claims, argv: ['git'] }, command(['git', 'push']))).toMatchObject({
      approve: false,
      reason: 'extra_words',
    });
    expect(
      matchWords({ ...claims, argv: ['git', 'log', '--output'] }, command(['git', 'log', '--output', 'x'])),
    ).toEqual({
      approve: false,
      reason: 'extra_words',
      detail: '--output',
    });
    expect(matchWords({ ...claims, argv: ['git'] }, command(['git', 'status', '-s']))).toMatchObject({
      reason: 'extra_words',
    });
    expect(matchWords({ argv: ['git', 'log'], allowsExtra: false }, command(['git', 'log', '-5']))).toEqual({
      approve: false,
      reason: 'extra_words',
      detail: '-5',
    });
  });
});
