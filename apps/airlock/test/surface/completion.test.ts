import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requiresProgram } from '@airlock/conformance/requires';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';
import { allCommands } from './tree.js';

describe('completion is made from the command tree', () => {
  let home: string;
  const scripts = new Map<string, string>();
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'airlock-completion-'));
    for (const shell of ['bash', 'zsh', 'fish'])
      scripts.set(shell, (await run(['completion', shell], { home })).stdout);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  /** What bash would offer after these words. */
  function offered(words: readonly string[]): readonly string[] {
    const line = words.map((word) => `'${word}'`).join(' ');
    const script = `${scripts.get('bash')}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _airlock; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const result = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
    expect(result.stderr).toBe('');
    return result.stdout.split('\n').filter(Boolean);
  }

  test.each([
    { words: ['airlock', ''], includes: ['up', 'run', 'approver', 'gateway', '--version'] },
    { words: ['airlock', 'ap'], exactly: ['approve', 'approver'] },
    { words: ['airlock', 'approver', 're'], exactly: ['reject', 'revoke', 'render'] },
    { words: ['airlock', 'approver', 'reject', '--re'], exactly: ['--reason'] },
    { words: ['airlock', 'gateway', 'pat', 'c'], exactly: ['create'] },
    { words: ['airlock', 'run', '--t'], exactly: ['--timeout'] },
    { words: ['airlock', 'fail-mode', ''], includes: ['open', 'closed'] },
    { words: ['airlock', 'policy', 'require', 'v'], exactly: ['verified-pairing'] },
    { words: ['airlock', 'policy', 'lift', 'a'], exactly: ['ask-reads'] },
    { words: ['airlock', 'patterns', 'a'], exactly: ['add'] },
    { words: ['airlock', 'completion', ''], includes: ['bash', 'zsh', 'fish'] },
    { words: ['airlock', 'git', 'in'], exactly: ['install'] },
    { words: ['airlock', 'git', 'verify', '--a'], exactly: ['--approver'] },
    { words: ['airlock', 'daemon', 'r'], exactly: [] },
    { words: ['airlock', 'run', '--', ''], exactly: [] },
  ])('bash: $words', ({ words, includes, exactly }) => {
    const found = offered(words);
    if (exactly !== undefined) expect([...found].sort()).toEqual([...exactly].sort());
    for (const word of includes ?? []) expect(found).toContain(word);
  });

  test.each(['bash', 'zsh', 'fish'])('%s: names every visible command', (shell) => {
    const script = scripts.get(shell) ?? '';
    for (const name of allCommands().keys()) {
      if (name !== 'daemon run') expect(script).toContain(`airlock ${name}`);
    }
    expect(script).not.toContain('daemon run');
  });

  /** The same words, completed by the other shells. */
  const CASES = [
    { line: ['ap'], exactly: ['approve', 'approver'] },
    { line: ['approver', 're'], exactly: ['reject', 'render', 'revoke'] },
    { line: ['approver', 'reject', '--re'], exactly: ['--reason'] },
    { line: ['gateway', 'pat', 'c'], exactly: ['create'] },
    { line: ['run', '--t'], exactly: ['--timeout'] },
    { line: ['completion', 'b'], exactly: ['bash'] },
    { line: ['daemon', 'ru'], exactly: [] },
  ];

  requiresProgram('zsh')('zsh', () => {
    // What the completion system would be given; it keeps what begins with the word.
    const STUBS = 'compdef() {}; _files() {}; _normal() {}; _describe() { print -rl -- "${(@P)@[-1]}" }';

    test.each(CASES)('$line', ({ line, exactly }) => {
      const words = ['airlock', ...line].map((word) => `'${word}'`).join(' ');
      const script = `${STUBS}\n${scripts.get('zsh')}\nwords=(${words}); CURRENT=${line.length + 1}; _airlock`;
      const result = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8' });
      expect(result.stderr).toBe('');
      const offers = result.stdout.split('\n').map((each) => each.split(':')[0] ?? '');
      expect(offers.filter((each) => each.startsWith(line.at(-1) ?? '')).sort()).toEqual(exactly);
    });
  });

  requiresProgram('fish')('fish', () => {
    test.each(CASES)('$line', ({ line, exactly }) => {
      const script = `${scripts.get('fish')}\ncomplete -C 'airlock ${line.join(' ')}'`;
      const result = spawnSync('fish', ['--no-config', '-c', script], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', HOME: home },
      });
      expect(result.stderr).toBe('');
      const offers = result.stdout.split('\n').map((each) => each.split('\t')[0] ?? '');
      expect(offers.filter((each) => each.startsWith(line.at(-1) ?? '')).sort()).toEqual(exactly);
    });
  });
});
