import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, test } from 'vitest';
import { at, cloneOf, ENVIRONMENT, gitFolder, type GitFolder, scratch } from '../support/git-folder.js';
import { standIn } from '../support/stand-in.js';

/** An operation on a repository with two commits, a clone's origin and a branch `side`; which calls it makes. */
interface Operation {
  readonly what: string;
  readonly run: (here: GitFolder) => void;
  readonly asks: readonly string[];
}

const PREPARED = 'reference-transaction prepared';

const OPERATIONS: readonly Operation[] = [
  { what: 'status', run: (here) => here.git(['status']), asks: [] },
  { what: 'a branch of a commit that is on one', run: (here) => here.git(['branch', 'more']), asks: [] },
  { what: 'a switch', run: (here) => here.git(['switch', '-q', 'side']), asks: [] },
  { what: 'a tag', run: (here) => here.git(['tag', '-a', 'v1', '-m', 'v1']), asks: [] },
  { what: 'a stash', run: stash, asks: [] },
  { what: 'a note', run: (here) => here.git(['notes', 'add', '-m', 'n']), asks: [] },
  { what: 'a fetch', run: (here) => here.git(['fetch', '-q', 'origin']), asks: [] },
  { what: 'a fast-forward to what was fetched', run: (here) => here.git(['pull', '-q', '--ff-only']), asks: [] },
  { what: 'a reset back', run: (here) => here.git(['reset', '-q', '--hard', 'HEAD~1']), asks: [] },
  { what: 'a branch that goes', run: (here) => here.git(['branch', '-D', 'side']), asks: [] },
  { what: 'a branch that gets another name', run: (here) => here.git(['branch', '-m', 'side', 'other']), asks: [] },
  { what: 'a detached commit', run: detached, asks: [] },
  { what: 'a commit', run: (here) => here.commit('more', { more: 'x' }), asks: [PREPARED] },
  { what: 'a commit with --no-verify', run: (here) => here.git([...COMMIT, '--no-verify']), asks: [PREPARED] },
  { what: 'an amended commit', run: (here) => here.git([...COMMIT, '--amend']), asks: [PREPARED] },
  { what: 'a merge', run: (here) => here.git(['merge', '-q', '--no-ff', '-m', 'm', 'side']), asks: [PREPARED] },
  { what: 'a cherry-pick', run: (here) => here.git(['cherry-pick', 'side']), asks: [PREPARED] },
  { what: 'a revert', run: (here) => here.git(['revert', '--no-edit', 'HEAD']), asks: [PREPARED] },
  { what: 'a rebase', run: (here) => here.git(['rebase', '-q', 'side']), asks: [PREPARED] },
  { what: 'a branch on a detached commit', run: branchOnDetached, asks: [PREPARED] },
  { what: 'update-ref of a branch', run: updateRef, asks: [PREPARED] },
];

const COMMIT = ['commit', '-q', '--allow-empty', '-m', 'x'];

function stash(here: GitFolder): void {
  writeFileSync(join(here.folder, 'a'), 'changed');
  here.git(['stash']);
  here.git(['stash', 'pop']);
}

function detached(here: GitFolder): void {
  here.git(['switch', '-q', '--detach']);
  here.git(COMMIT);
}

function branchOnDetached(here: GitFolder): void {
  detached(here);
  here.git(['branch', 'kept']);
}

function updateRef(here: GitFolder): void {
  const made = here.git(['commit-tree', '-m', 'x', 'HEAD^{tree}']);
  here.git(['update-ref', 'refs/heads/made', made]);
}

/** A clone with commits of its own; its origin has got another one since. */
function workplace(): GitFolder {
  const origin = gitFolder();
  origin.commit('one', { a: '1' });
  origin.commit('two', { a: '2' });
  const here = cloneOf(origin);
  here.git(['switch', '-q', '-c', 'side', 'HEAD~1']);
  here.commit('side', { b: '1' });
  here.git(['switch', '-q', 'main']);
  origin.commit('three', { c: '1' });
  return here;
}

describe('only a branch that gets a commit starts anything', () => {
  test.each(OPERATIONS)('$what: $asks', async ({ run, asks }) => {
    const here = workplace();
    const program = standIn();
    await program.install(here);
    run(here);
    expect(program.calls().map(({ words }) => words.slice(2).join(' '))).toEqual(asks);
  });

  test('the program gets its home, the hook, its words, and what git said, byte for byte', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    const id = here.commit('one', { a: '1' });
    const none = '0'.repeat(40);
    expect(program.calls()).toEqual([
      {
        words: ['--home', program.program.home, 'reference-transaction', 'prepared'],
        input: `${none} ${id} HEAD\n${none} ${id} refs/heads/main\n`,
        options: null,
      },
    ]);
  });

  test('its refusal is the refusal of the update, and the index stays', async () => {
    const here = workplace();
    const program = standIn();
    await program.install(here);
    program.answers(1);
    writeFileSync(join(here.folder, 'a'), 'staged');
    here.git(['add', 'a']);
    const head = here.git(['rev-parse', 'HEAD']);
    expect(here.attempt(['commit', '-m', 'x'])).toMatchObject({
      ok: false,
      said: expect.stringContaining('aborted by hook'),
    });
    expect(here.git(['rev-parse', 'HEAD'])).toBe(head);
    expect(here.git(['diff', '--cached', '--name-only'])).toBe('a');
  });

  test('the end of an update is told only while a receipt waits for it, in linked work trees too', async () => {
    const here = workplace();
    const program = standIn();
    await program.install(here);
    const linked = at(join(scratch(), 'linked'));
    here.git(['worktree', 'add', '-q', '-b', 'linked', linked.folder]);
    const pending = join(here.folder, '.git', 'airlock', 'pending');
    mkdirSync(pending, { recursive: true });
    here.commit('nothing waits');
    expect(program.calls()).toHaveLength(1);
    writeFileSync(join(pending, 'x.json'), '{}');
    for (const folder of [here, linked]) {
      folder.git(COMMIT);
      expect(program.calls().map(({ words }) => words[3])).toEqual(['prepared', 'committed']);
    }
    program.answers(1);
    here.attempt(COMMIT);
    expect(program.calls().map(({ words }) => words[3])).toEqual(['prepared', 'aborted']);
  });

  test('a push is told with its remote, its URL and its references; one without references is not', async () => {
    const here = workplace();
    const program = standIn();
    await program.install(here);
    const url = here.git(['remote', 'get-url', 'origin']);
    const id = here.git(['rev-parse', 'side']);
    here.git(['push', '-q', 'origin', 'side']);
    here.git(['push', '-q', 'origin', 'side']);
    expect(program.calls()).toEqual([
      {
        words: ['--home', program.program.home, 'pre-push', 'origin', url],
        input: `refs/heads/side ${id} refs/heads/side ${'0'.repeat(40)}\n`,
        options: null,
      },
    ]);
  });

  test('commit messages only where a trailer is wanted', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    here.commit('without');
    expect(program.calls().map(({ words }) => words[2])).toEqual(['reference-transaction']);
    await program.install(here, { trailer: true });
    here.commit('with');
    expect(program.calls().map(({ words }) => words.slice(2, 4))).toEqual([
      ['commit-msg', '.git/COMMIT_EDITMSG'],
      ['reference-transaction', 'prepared'],
    ]);
  });
});

describe('every POSIX shell reads the scripts alike', () => {
  for (const [shell, ...options] of [['dash'], ['bash', '--posix'], ['zsh', '--emulate', 'sh'], ['busybox', 'ash']]) {
    requiresProgram(shell ?? '')(shell ?? '', () => {
      test('reference-transaction and pre-push', async () => {
        const here = workplace();
        const program = standIn();
        await program.install(here);
        const made = here.git(['commit-tree', '-m', 'x', 'HEAD^{tree}']);
        const known = here.git(['rev-parse', 'HEAD']);
        const none = '0'.repeat(40);
        const hook = (name: string, words: readonly string[], input: string) => {
          const script = join(here.folder, '.git', 'hooks', name);
          const env = { ...ENVIRONMENT, NODE_OPTIONS: '--no-such-option' };
          const done = spawnSync(shell ?? '', [...options, script, ...words], { cwd: here.folder, env, input });
          return { exit: done.status, said: done.stderr.toString(), calls: program.calls().length };
        };
        const line = (id: string, ref = 'refs/heads/x') => `${none} ${id} ${ref}\n`;
        const answers = [
          hook('reference-transaction', ['prepared'], line(made)),
          hook('reference-transaction', ['prepared'], line(known)),
          hook('reference-transaction', ['prepared'], line(none)),
          hook('reference-transaction', ['prepared'], line(made, 'refs/tags/x')),
          hook('reference-transaction', ['prepared'], line('f'.repeat(40))),
          hook('reference-transaction', ['preparing'], line(made)),
          hook('reference-transaction', ['committed'], line(made)),
          hook('reference-transaction', ['prepared'], line(known) + line(made, 'refs/heads/a$(id)*')),
          hook('pre-push', ['origin', 'url with blanks'], `refs/heads/x ${made} refs/heads/x ${none}\n`),
          hook('pre-push', ['origin', 'u'], ''),
        ];
        expect(answers.map(({ calls }) => calls)).toEqual([1, 0, 0, 0, 1, 0, 0, 1, 1, 0]);
        expect(answers.every(({ exit, said }) => exit === 0 && said === '')).toBe(true);
        program.answers(1);
        expect(hook('reference-transaction', ['prepared'], line(made)).exit).toBe(1);
        expect(hook('pre-push', ['o', 'u'], `refs/heads/x ${made} refs/heads/x ${none}\n`).exit).toBe(1);
        expect(readFileSync(join(here.folder, '.git', 'hooks', 'pre-push'), 'utf8')).toMatch(/^#!\/bin\/sh\n/);
      });
    });
  }
});
