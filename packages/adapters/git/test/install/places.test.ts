import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, gitFolder, scratch } from '../support/git-folder.js';
import { standIn } from '../support/stand-in.js';

const COMMIT = ['commit', '-q', '--allow-empty', '-m', 'x'];

describe('the place that git looks at', () => {
  test('linked work trees share their hooks', async () => {
    const here = gitFolder();
    here.commit('one');
    const linked = at(join(scratch(), 'linked'));
    here.git(['worktree', 'add', '-q', '-b', 'linked', linked.folder]);
    const program = standIn();
    await program.install(linked);
    expect((await program.status(here)).problems).toEqual([]);
    here.commit('here');
    linked.commit('there');
    expect(program.calls()).toHaveLength(2);
    await program.uninstall(here);
    linked.commit('and nobody asks');
    expect(program.calls()).toEqual([]);
  });

  test('from a folder inside the work tree', async () => {
    const here = gitFolder();
    const below = join(here.folder, 'a', 'b');
    mkdirSync(below, { recursive: true });
    const program = standIn();
    expect((await program.install({ ...here, folder: below })).repository).toBe(here.folder);
    at(below).git(COMMIT);
    expect(program.calls()).toHaveLength(1);
  });

  test('a submodule has hooks of its own, and status of the repository around it says so', async () => {
    const part = gitFolder();
    part.commit('one');
    const here = gitFolder();
    here.git(['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', part.folder, 'part']);
    here.commit('with a part');
    const program = standIn();
    const { problems } = await program.install(here);
    expect(problems).toMatchObject([
      { code: 'submodule_not_covered', fix: expect.stringContaining('airlock git install') },
    ]);
    const inside = at(join(here.folder, 'part'));
    inside.git(COMMIT);
    expect(program.calls()).toEqual([]);
    await program.install(inside);
    inside.git(COMMIT);
    expect(program.calls()).toHaveLength(1);
    expect((await program.status(here)).problems).toEqual([]);
  });

  test('a bare repository gets the hook of a server, after the one it has', async () => {
    const server = gitFolder('--bare');
    const hook = join(server.folder, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\ncat >>before\n');
    chmodSync(hook, 0o755);
    const program = standIn();
    expect(await program.install(server)).toMatchObject({
      side: 'server',
      hooks: [{ hook: 'pre-receive', state: 'installed', chained: `${hook}.before-airlock` }],
      problems: [],
    });
    const here = gitFolder();
    const id = here.commit('one');
    here.git(['push', '-q', server.folder, 'main']);
    const line = `${'0'.repeat(40)} ${id} refs/heads/main\n`;
    expect(program.calls()).toMatchObject([{ words: ['git', 'pre-receive'], input: line }]);
    expect(readFileSync(join(server.folder, 'before'), 'utf8')).toBe(line);
    program.answers(1);
    expect(here.attempt(['push', '-q', server.folder, 'main:other']).ok).toBe(false);
    await program.uninstall(server);
    expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\ncat >>before\n');
  });

  test('core.hooksPath inside the work tree is respected and stays', async () => {
    const here = gitFolder();
    here.git(['config', 'core.hooksPath', '.githooks']);
    mkdirSync(join(here.folder, '.githooks'));
    const program = standIn();
    expect((await program.install(here)).hooksDirectory).toBe(join(here.folder, '.githooks'));
    here.git(COMMIT);
    expect(program.calls()).toHaveLength(1);
    expect(here.git(['config', 'core.hooksPath'])).toBe('.githooks');
    await program.uninstall(here);
    expect(here.git(['config', 'core.hooksPath'])).toBe('.githooks');
  });

  test('core.hooksPath outside of the repository is not ours to change', async () => {
    const here = gitFolder();
    const shared = scratch();
    here.git(['config', 'core.hooksPath', shared]);
    const program = standIn();
    await expect(program.install(here)).rejects.toMatchObject({
      code: 'hooks_elsewhere',
      fix: expect.stringContaining('git config --local core.hooksPath'),
    });
    expect(existsSync(join(shared, 'pre-push'))).toBe(false);
    expect((await program.status(here)).problems.map(({ code }) => code)).toContain('hooks_elsewhere');
    expect(await program.uninstall(here)).toMatchObject({ removed: [] });
  });

  test('a relative core.hooksPath is another folder in a linked work tree', async () => {
    const here = gitFolder();
    here.commit('one');
    here.git(['config', 'core.hooksPath', '.githooks']);
    mkdirSync(join(here.folder, '.githooks'));
    const linked = at(join(scratch(), 'linked'));
    here.git(['worktree', 'add', '-q', '-b', 'linked', linked.folder]);
    const program = standIn();
    expect((await program.install(here)).problems).toMatchObject([{ code: 'worktree_not_covered' }]);
    await expect(program.install(linked)).rejects.toMatchObject({ code: 'hooks_elsewhere' });
    mkdirSync(join(linked.folder, '.githooks'));
    await program.install(linked);
    expect((await program.status(here)).problems).toEqual([]);
  });

  test.each([
    ['no repository', () => scratch()],
    ['the inside of .git', () => join(gitFolder().folder, '.git')],
  ])('%s: no_repository', async (_, folder) => {
    await expect(standIn().install({ ...gitFolder(), folder: folder() })).rejects.toMatchObject({
      code: 'no_repository',
    });
  });

  test('a repository of sha256 objects', async () => {
    const here = gitFolder('--object-format=sha256');
    const program = standIn();
    await program.install(here);
    here.commit('one');
    here.git(['branch', 'more']);
    here.git(['branch', '-D', 'more']);
    expect(program.calls()).toHaveLength(1);
  });

  test('a repository that moved to another folder still calls what was there', async () => {
    const here = gitFolder();
    const hook = join(here.folder, '.git', 'hooks', 'reference-transaction');
    writeFileSync(hook, '#!/bin/sh\nexit 3\n');
    chmodSync(hook, 0o755);
    const program = standIn();
    await program.install(here);
    const moved = at(join(scratch(), 'moved'));
    renameSync(here.folder, moved.folder);
    expect(moved.attempt(COMMIT).ok).toBe(false);
    expect(program.calls()).toEqual([]);
  });
});
