import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, test } from 'vitest';
import { at, gitFolder, type GitFolder } from '../support/git-folder.js';
import { type Manager, MANAGERS, ran, WITH_TOOLS } from '../support/hook-tools.js';
import { standIn, type StandIn } from '../support/stand-in.js';

const SLOW = 240_000;
const ALL = ['installed', 'installed', 'installed'];

/** What is left of ours in `commit-msg`, `pre-push` and `reference-transaction` when a manager was run. */
interface Expected {
  /** First run, after us. */
  readonly after: readonly string[];
  /** Another run, after us. */
  readonly again: readonly string[];
  /** What is still asked about while the states are those of `after`. */
  readonly asked: readonly string[];
}

const EXPECTED: Readonly<Record<Manager['name'], Expected>> = {
  // Moves core.hooksPath once; afterwards it writes only files of its own.
  husky: { after: ['missing', 'missing', 'missing'], again: ALL, asked: [] },
  // Moves what it finds to `.old`, which nobody calls.
  lefthook: {
    after: ['replaced', 'replaced', 'installed'],
    again: ['replaced', 'replaced', 'installed'],
    asked: ['reference-transaction'],
  },
  // Moves what it finds to `.legacy`, and calls it.
  'pre-commit': {
    after: ['replaced', 'replaced', 'installed'],
    again: ['replaced', 'replaced', 'installed'],
    asked: ['reference-transaction', 'pre-push'],
  },
  // Overwrites the hooks that it configures, and deletes all others.
  'simple-git-hooks': {
    after: ['replaced', 'replaced', 'missing'],
    again: ['replaced', 'replaced', 'missing'],
    asked: [],
  },
};

/** A repository with a remote, and a manager that has not been run. */
function workplace(manager: Manager): GitFolder {
  const server = gitFolder('--bare');
  const here = at(gitFolder().folder, WITH_TOOLS);
  here.git(['remote', 'add', 'server', server.folder]);
  here.commit('zero', { '.gitignore': 'ran\n' });
  manager.configure(here);
  here.commit('configured');
  return here;
}

let count = 0;

/** Commits and pushes: what the manager ran, what we were asked. */
function work(
  here: GitFolder,
  program: StandIn,
): { readonly ran: readonly string[]; readonly asked: readonly string[] } {
  program.calls();
  ran(here);
  count += 1;
  here.commit(`work ${count}`, { work: String(count) });
  here.git(['push', '-q', 'server', 'HEAD:main']);
  return { ran: ran(here), asked: program.calls().map(({ words }) => words[2] ?? '') };
}

const BOTH = { ran: ['commit-msg', 'pre-push'], asked: ['reference-transaction', 'pre-push'] };

/** Everything as it should be: both are called, and our refusal counts. */
async function holds(here: GitFolder, program: StandIn): Promise<void> {
  const { hooks } = await program.status(here);
  expect(hooks.map(({ state }) => state)).toEqual(ALL);
  expect(work(here, program)).toEqual(BOTH);
  program.answers(1);
  expect(here.attempt(['push', 'server', 'HEAD:other']).ok).toBe(false);
  expect(here.attempt(['commit', '--allow-empty', '-m', 'refused']).ok).toBe(false);
  program.answers(0);
}

/** Only the manager is left, and no file of ours. */
function isGone(here: GitFolder, program: StandIn): void {
  expect(work(here, program)).toEqual({ ...BOTH, asked: [] });
  const folders = ['.git/hooks', '.husky'].map((each) => join(here.folder, each)).filter((each) => existsSync(each));
  const files = folders.flatMap((each) => readdirSync(each, { recursive: true, withFileTypes: true }));
  const texts = files.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  expect(texts.filter((path) => /airlock/i.test(path.slice(here.folder.length) + readFileSync(path, 'utf8')))).toEqual(
    [],
  );
}

async function states(here: GitFolder, program: StandIn): Promise<readonly string[]> {
  return (await program.status(here)).hooks.map(({ state }) => state);
}

for (const manager of MANAGERS) {
  const suite = manager.name === 'pre-commit' ? requiresProgram('pre-commit') : describe;
  const expected = EXPECTED[manager.name];
  suite(`${manager.name}, for real`, () => {
    test(
      'there before us: both are called, a second installation changes nothing, and it is as before when we go',
      async () => {
        const here = workplace(manager);
        const program = standIn();
        manager.run(here);
        const { managers } = await program.install(here);
        expect(managers).toEqual([manager.name]);
        await holds(here, program);
        await program.install(here);
        await holds(here, program);
        await program.uninstall(here);
        isGone(here, program);
      },
      SLOW,
    );

    test(
      'comes after us: status says what is left, and installing again puts it right',
      async () => {
        const here = workplace(manager);
        const program = standIn();
        await program.install(here);
        manager.run(here);
        expect(await states(here, program)).toEqual(expected.after);
        expect(work(here, program)).toEqual({ ...BOTH, asked: expected.asked });
        await program.install(here);
        await holds(here, program);
        await program.uninstall(here);
        isGone(here, program);
      },
      SLOW,
    );

    test(
      'run again after us: the same, as often as it happens',
      async () => {
        const here = workplace(manager);
        const program = standIn();
        manager.run(here);
        await program.install(here);
        for (const _ of [1, 2]) {
          manager.run(here);
          expect(await states(here, program)).toEqual(expected.again);
          expect(work(here, program)).toEqual({ ...BOTH, asked: expected.again === ALL ? BOTH.asked : expected.asked });
          await program.install(here);
          await holds(here, program);
        }
        manager.run(here);
        await program.uninstall(here);
        isGone(here, program);
      },
      SLOW,
    );
  });
}
