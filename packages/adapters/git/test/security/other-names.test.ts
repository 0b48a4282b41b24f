import { describe, expect, it } from 'vitest';
import { cloneOf, gitFolder } from '../support/git-folder.js';
import { gatedFolder } from '../support/gated-folder.js';
import { opened } from '../support/opened.js';
import { standIn } from '../support/stand-in.js';
import { trustAt } from '../../src/index.js';

describe('a branch under another name is no way around the gate', () => {
  it('as a reference of the main work tree', async () => {
    const at = await gatedFolder();
    await at.run(['commit', '-q', '--allow-empty', '-m', 'one']);
    const evil = at.git(['commit-tree', '-m', 'evil', '-p', 'HEAD', 'HEAD^{tree}']);
    const { exit } = await at.run(['update-ref', 'main-worktree/refs/heads/main', evil]);
    expect(exit).not.toBe(0);
    expect(at.git(['rev-parse', 'main'])).not.toBe(evil);
  });

  it.each(['main-worktree/refs/heads/main', 'refs/Heads/main', 'REFS/heads/main'])(
    'the script leaves %s to the program',
    async (name) => {
      const at = gitFolder();
      at.commit('one', { a: '1' });
      const program = standIn();
      await program.install(at);
      program.answers(1);
      const evil = at.git(['commit-tree', '-m', 'evil', '-p', 'HEAD', 'HEAD^{tree}']);
      expect(at.attempt(['update-ref', name, evil]).ok).toBe(false);
      expect(program.calls()[0]?.words.slice(-2)).toEqual(['reference-transaction', 'prepared']);
    },
  );

  it.each(['HEAD', 'main-worktree/HEAD', 'refs/x/alias'])('as %s, which leads to it', async (name) => {
    const at = await gatedFolder();
    await at.run(['commit', '-q', '--allow-empty', '-m', 'one']);
    at.git(['symbolic-ref', 'refs/x/alias', 'refs/heads/main']);
    const evil = at.git(['commit-tree', '-m', 'evil', '-p', 'HEAD', 'HEAD^{tree}']);
    const before = at.questions().length;
    at.daemon.answers(() => 'reject');
    await at.run(['update-ref', name, evil]);
    expect(at.git(['rev-parse', 'main'])).not.toBe(evil);
    expect(at.questions().length).toBeGreaterThanOrEqual(before);
  });
});

describe('whom to trust is not what a pushed reference says', () => {
  it('by a tag with the name of the branch of a remote', async () => {
    const origin = gitFolder();
    const base = origin.commit('base', { a: '1' });
    const clone = cloneOf(origin);
    const evil = clone.commit('evil', { '.airlock/approvers': 'ed25519 x\n' });
    clone.git(['tag', 'origin/main', evil]);
    clone.git(['config', 'core.warnAmbiguousRefs', 'false']);
    const { repository } = await opened(clone);
    const given = { keys: [], repositories: ['x'] };
    await expect(trustAt('origin/main', given, repository)).rejects.toThrow(/more than one reference/);
    await expect(repository.commitsOf('origin/main..HEAD')).rejects.toThrow(/more than one reference/);
    expect(await repository.resolve('refs/remotes/origin/main')).toBe(base);
  });

  it('by a tag with the complete name of a branch that is not there', async () => {
    const at = gitFolder();
    at.commit('base', { a: '1' });
    at.git(['update-ref', 'refs/tags/refs/heads/new', 'HEAD']);
    const { repository } = await opened(at);
    expect(await repository.resolve('refs/heads/new^{commit}')).toBeNull();
    expect(await repository.resolve('refs/heads/main^{commit}')).toBe(at.git(['rev-parse', 'HEAD']));
  });

  it('and a tag that is named like a commit or HEAD stops nobody', async () => {
    const at = gitFolder();
    const base = at.commit('base', { a: '1' });
    const next = at.commit('next', { a: '2' });
    for (const name of [base, next, 'HEAD']) at.git(['update-ref', `refs/tags/${name}`, base]);
    const { repository } = await opened(at);
    expect(await repository.commitsOf(`${base}..HEAD`)).toEqual([next]);
    expect(await repository.resolve(`${next}^{commit}`)).toBe(next);
  });
});
