import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    { words: ['airlock', 'completion', ''], includes: ['bash', 'zsh', 'fish'] },
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

  test.each(['bash', 'zsh', 'fish'].filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0))(
    '%s accepts the script',
    (shell) => {
      const result = spawnSync(shell, ['-n'], { input: scripts.get(shell) ?? '', encoding: 'utf8' });
      expect(result.stderr).toBe('');
      expect(result.status).toBe(0);
    },
  );
});
