import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';

const SLOW = 120_000;

describe('git install, status and uninstall, as they are typed', () => {
  let home: string;
  let folder: string;
  const airlock = (...words: readonly string[]) => run(['git', ...words], { home, cwd: folder });
  const json = async (...words: readonly string[]) => JSON.parse((await airlock(...words, '--json')).stdout) as object;

  beforeAll(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-git-command-')));
    folder = join(home, 'widgets');
    execFileSync('git', ['init', '-q', folder]);
  });
  afterAll(async () => {
    await run(['daemon', 'stop'], { home });
    rmSync(home, { recursive: true, force: true });
  });

  test(
    'status fails until it is installed, and again after it is taken out',
    async () => {
      expect(await airlock('status')).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/PROBLEM {2}not_installed/),
      });
      const installed = await airlock('install', '--repository', 'example.org/widgets');
      expect(installed).toMatchObject({ code: 0, stdout: '' });
      for (const words of ['approvals call this repository example.org/widgets', 'not covered: ', 'next, sign in: ']) {
        expect(installed.stderr).toContain(words);
      }
      expect((await airlock('status')).code).toBe(0);
      expect(await json('install')).toMatchObject({ installed: true, identity: 'example.org/widgets', problems: [] });
      expect(await json('status')).toMatchObject({ ok: true, side: 'client', repository: folder });
      expect(await json('uninstall')).toEqual({
        repository: folder,
        removed: ['commit-msg', 'pre-push', 'reference-transaction'],
        restored: [],
      });
      expect(await json('status')).toMatchObject({ ok: false, identity: null });
    },
    SLOW,
  );

  test(
    'outside of a repository: a code and what to do',
    async () => {
      const { code, stderr } = await run(['git', 'install'], { home, cwd: home });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^airlock: no_repository .*\(try: git status\)\n$/);
    },
    SLOW,
  );

  test(
    'without a gateway a commit is refused, with what to type',
    async () => {
      await airlock('install', '--repository', 'example.org/widgets');
      const commit = ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'x'];
      const env = { PATH: process.env['PATH'] ?? '', HOME: home };
      const attempt = () => execFileSync('git', commit, { cwd: folder, env, stdio: 'pipe', encoding: 'utf8' });
      expect(attempt).toThrow(/airlock: not_signed_in .*\(try: /);
    },
    SLOW,
  );
});
