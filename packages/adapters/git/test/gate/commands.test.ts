import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { type Ended, type GatedFolder, gatedFolder } from '../support/gated-folder.js';

interface Command {
  readonly name: string;
  /** Makes what the command works on, before there is a gate. */
  readonly given?: (at: GatedFolder) => void;
  readonly when: (at: GatedFolder) => Promise<Ended>;
  /** First lines of the commits that are asked about. */
  readonly asks: readonly string[];
  readonly branch?: string;
  /** A part of what says how to go on. */
  readonly goesOn?: string;
  /** What asks again after a refusal. */
  readonly again?: readonly string[];
}

const side = (at: GatedFolder) => {
  at.git(['checkout', '-q', '-b', 'side']);
  at.commit('side one', { s1: '1\n' });
  at.commit('side two', { s2: '2\n' });
  at.git(['checkout', '-q', 'main']);
};
const diverged = (at: GatedFolder) => {
  side(at);
  at.commit('main one', { m1: '1\n' });
};

const SAME = 'the same command asks again';

const COMMANDS: readonly Command[] = [
  {
    name: 'commit',
    when: (at) => (at.stage({ a: 'new\n' }), at.run(['commit', '-m', 'one'])),
    asks: ['one'],
    goesOn: SAME,
  },
  {
    name: 'commit --no-verify',
    when: (at) => (at.stage({ a: 'new\n' }), at.run(['commit', '--no-verify', '-m', 'one'])),
    asks: ['one'],
    goesOn: SAME,
  },
  { name: 'commit --amend', when: (at) => at.run(['commit', '--amend', '-m', 'other']), asks: ['other'], goesOn: SAME },
  {
    name: 'merge',
    given: diverged,
    when: (at) => at.run(['merge', '--no-edit', 'side']),
    asks: ["Merge branch 'side'"],
  },
  {
    name: 'merge --no-ff',
    given: side,
    when: (at) => at.run(['merge', '--no-ff', '--no-edit', 'side']),
    asks: ["Merge branch 'side'"],
  },
  { name: 'cherry-pick', given: diverged, when: (at) => at.run(['cherry-pick', 'side']), asks: ['side two'] },
  { name: 'revert', when: (at) => at.run(['revert', '--no-edit', 'HEAD']), asks: ['Revert "second"'] },
  {
    name: 'rebase of two commits: one question',
    given: (at) => (diverged(at), void at.git(['checkout', '-q', 'side'])),
    when: (at) => at.run(['rebase', 'main']),
    asks: ['side one', 'side two'],
    branch: 'side',
    goesOn: 'git rebase --continue asks again',
    again: ['rebase', '--continue'],
  },
  {
    name: 'rebase --apply',
    given: (at) => (diverged(at), void at.git(['checkout', '-q', 'side'])),
    when: (at) => at.run(['rebase', '--apply', 'main']),
    asks: ['side one', 'side two'],
    branch: 'side',
  },
  {
    name: 'am',
    given: (at) => {
      side(at);
      at.git(['config', 'gate.patch', at.git(['format-patch', '-o', '.git/patches', '-1', 'side'])]);
    },
    when: (at) => at.run(['am', at.git(['config', 'gate.patch'])]),
    asks: ['side two'],
  },
  {
    name: 'update-ref of a commit made by hand',
    when: (at) =>
      at.run(['update-ref', 'refs/heads/main', at.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'by hand'])]),
    asks: ['by hand'],
  },
  {
    name: 'branch -f to a commit made by hand',
    when: (at) =>
      at.run(['branch', '-f', 'side', at.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'by hand'])]),
    asks: ['by hand'],
    branch: 'side',
  },
  {
    name: 'switch -c that takes what was committed without a branch',
    given: (at) => {
      at.git(['checkout', '-q', '--detach']);
      at.commit('detached', { d: '1\n' });
    },
    when: (at) => at.run(['switch', '-c', 'taken']),
    asks: ['detached'],
    branch: 'taken',
  },
  {
    name: 'fast-import',
    when: (at) =>
      at.run(['fast-import', '--quiet'], {
        input:
          'commit refs/heads/imported\ncommitter Ada <ada@example.org> 1772460000 +0000\ndata 4\nbulk\nM 644 inline f\ndata 1\nx\n',
      }),
    asks: ['bulk'],
    branch: 'imported',
  },
  {
    name: 'pull from a repository that is no remote',
    given: (at) => {
      at.git(['clone', '-q', '.', '.git/elsewhere']);
      at.git(['-C', '.git/elsewhere', 'commit', '-q', '--allow-empty', '-m', 'from elsewhere']);
    },
    when: (at) => at.run(['pull', '-q', '.git/elsewhere', 'main']),
    asks: ['from elsewhere'],
  },
  {
    name: 'fetch into a branch',
    given: (at) => {
      at.git(['clone', '-q', '.', '.git/elsewhere']);
      at.git(['-C', '.git/elsewhere', 'commit', '-q', '--allow-empty', '-m', 'from elsewhere']);
    },
    when: (at) => at.run(['fetch', '-q', '.git/elsewhere', 'main:fetched']),
    asks: ['from elsewhere'],
    branch: 'fetched',
  },
];

async function prepared({ given }: Command): Promise<GatedFolder> {
  const at = await gatedFolder();
  at.git(['config', 'core.hooksPath', '/nonexistent']);
  at.commit('first', { a: '1\n' });
  at.commit('second', { b: '2\n' });
  given?.(at);
  at.git(['config', '--unset', 'core.hooksPath']);
  return at;
}

const tip = (at: GatedFolder, branch: string) =>
  at.attempt(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]).said;

describe(rules('LOC-148')`every command that gives a branch commits`, () => {
  it.each(COMMANDS)('$name: approved', async (command) => {
    const at = await prepared(command);
    const { branch = 'main' } = command;
    const before = tip(at, branch);
    const { exit, said } = await command.when(at);
    expect({ exit, said, questions: at.questions() }).toMatchObject({ exit: 0, questions: [command.asks] });
    expect(tip(at, branch)).not.toBe(before);
    const [{ action } = { action: null }] = at.daemon.asked;
    expect(action?.kind).toBe('git-commit');
    expect(action?.extensions?.['airlock.commits']).toContain(tip(at, branch));
    expect(at.daemon.outcomes).toEqual([
      { requestId: at.daemon.claimed[0], outcome: { result: 'exited', exitCode: 0 } },
    ]);
    expect(at.git(['notes', '--ref', 'airlock', 'show', tip(at, branch)])).toContain(at.daemon.claimed[0]);
    expect(at.git(['fsck', '--no-dangling'])).toBe('');
  });

  it.each(COMMANDS)('$name: refused', async (command) => {
    const at = await prepared(command);
    const { branch = 'main', goesOn, again } = command;
    at.daemon.answers(() => 'reject');
    const before = tip(at, branch);
    const { exit, said } = await command.when(at);
    expect({ exit: exit === 0, questions: at.questions() }).toEqual({ exit: false, questions: [command.asks] });
    expect(said).toContain('airlock: rejected by the approver: not like this\n');
    if (goesOn !== undefined) expect(said).toContain(goesOn);
    expect(tip(at, branch)).toBe(before);
    expect(at.daemon.claimed).toEqual([]);
    expect(at.git(['for-each-ref', 'refs/notes'])).toBe('');
    at.daemon.answers(() => 'approve');
    if (again === undefined) return;
    expect((await at.run(again)).exit).toBe(0);
    expect(tip(at, branch)).not.toBe(before);
    expect(at.questions()).toEqual([command.asks, command.asks]);
  });
});

describe('what gives no branch a new commit', () => {
  it.each([
    ['branch', ['branch', 'other']],
    ['branch -m', ['branch', '-m', 'other']],
    ['branch -D', ['branch', '-D', 'side']],
    ['reset --hard', ['reset', '-q', '--hard', 'HEAD^']],
    ['fast-forward to a branch', ['merge', '-q', '--ff-only', 'side']],
    ['tag', ['tag', '-m', 'a tag', 'v1']],
    ['stash', ['stash', 'push', '-u']],
    ['checkout', ['checkout', '-q', 'side']],
    ['commit without a branch', ['-c', 'advice.detachedHead=false', 'checkout', '-q', '--detach']],
    ['notes', ['notes', 'add', '-m', 'a note']],
    ['gc', ['gc', '-q']],
    ['pack-refs', ['pack-refs', '--all']],
  ])('%s: nobody is asked', async (_, args) => {
    const at = await prepared({ name: '', given: side, when: async () => ({ exit: 0, said: '' }), asks: [] });
    at.daemon.answers(() => 'reject');
    expect(await at.run(args)).toMatchObject({ exit: 0 });
    expect(at.daemon.asked).toEqual([]);
  });
});

describe('a refused commit', () => {
  it('loses nothing that was staged, and keeps the message', async () => {
    const at = await prepared(COMMANDS[0]!);
    at.stage({ a: 'staged\n', 'new file': 'x\n' });
    const before = at.state();
    at.daemon.answers(() => 'reject');
    const { exit, said } = await at.run(['commit', '-m', 'the message']);
    expect(exit).not.toBe(0);
    expect(said).toContain(SAME);
    expect(at.state()).toEqual(before);
    expect(readFileSync(join(at.folder, '.git/COMMIT_EDITMSG'), 'utf8')).toContain('the message');
    at.daemon.answers(() => 'approve');
    expect((await at.run(['commit', '-F', '.git/COMMIT_EDITMSG'])).exit).toBe(0);
  });
});
