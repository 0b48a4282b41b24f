import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findClaude, installClaude, installedClaude } from '../src/index.js';

/** With a program called npm that installs what the test says: no network here. */
describe('the pinned installs', () => {
  let root: string;
  const cache = () => join(root, 'cache', 'airlock-tests', 'claude-code');

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'airlock-rig-'));
    mkdirSync(join(root, 'bin'));
    vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
    vi.stubEnv('PATH', `${join(root, 'bin')}:/usr/bin:/bin`);
    vi.stubEnv('npm_config_local_prefix', '/nowhere');
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  function npm(...lines: string[]): void {
    const file = join(root, 'bin', 'npm');
    writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(file, 0o755);
  }

  function installs(says: string): string[] {
    return [
      'mkdir -p node_modules/.bin',
      `printf '#!/bin/sh\\necho "${says} (Claude Code)"\\n' > node_modules/.bin/claude`,
      'chmod +x node_modules/.bin/claude',
      `echo "prefix=$npm_config_local_prefix registry=$npm_config_registry" >> '${root}/asked'`,
    ];
  }

  test('are made by npm, outside of the workspace, and once', async () => {
    npm(...installs('2.1.330'));
    const program = await installClaude('2.1.330');
    expect(program).toBe(join(cache(), '2.1.330', 'node_modules', '.bin', 'claude'));
    expect(installedClaude('2.1.330')).toBe(program);
    npm('exit 1');
    expect(await installClaude('2.1.330')).toBe(program);
    expect(readdirSync(cache())).toEqual(['2.1.330']);
    expect(readFileSync(join(root, 'asked'), 'utf8')).toBe('prefix= registry=http://127.0.0.1:9\n');
  });

  test('two at a time leave one', async () => {
    npm('sleep 0.1', ...installs('2.1.330'));
    const [one, two] = await Promise.all([installClaude('2.1.330'), installClaude('2.1.330')]);
    expect(one).toBe(two);
    expect(readdirSync(cache())).toEqual(['2.1.330']);
  });

  test.each([
    { what: 'another version', lines: () => installs('2.1.331'), says: /says it is 2\.1\.331/ },
    {
      what: 'a program that cannot run',
      lines: () => [...installs('2.1.330'), 'chmod -x node_modules/.bin/claude'],
      says: /EACCES/,
    },
    { what: 'no registry', lines: () => ['echo ENOTFOUND >&2', 'exit 1'], says: /ENOTFOUND/ },
  ])('are not taken with $what, and nothing is left', async ({ lines, says }) => {
    npm(...lines());
    await expect(installClaude('2.1.330')).rejects.toThrow(says);
    expect(findClaude('2.1.330')).toBeUndefined();
    expect(() => installedClaude('2.1.330')).toThrow(/not installed/);
    expect(readdirSync(cache())).toEqual([]);
  });
});
