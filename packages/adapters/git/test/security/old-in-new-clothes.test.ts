import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitFolder, type GitFolder } from '../support/git-folder.js';
import { standIn } from '../support/stand-in.js';

/** An object that is on no branch. */
function smuggled(here: GitFolder): string {
  return here.git(['commit-tree', '-m', 'not approved', 'HEAD^{tree}']);
}

/** A commit with the smuggled one as its parent, for what makes git take it for a known one. */
function over(here: GitFolder, parent: string): string {
  return here.git(['commit-tree', '-m', 'known', '-p', parent, 'HEAD^{tree}']);
}

const DISGUISES: ReadonlyArray<{ name: string; put: (here: GitFolder, id: string) => void }> = [
  { name: 'a replacement of a known commit', put: (here, id) => here.git(['replace', 'HEAD', over(here, id)]) },
  { name: 'a graft that makes it a parent of a known commit', put: graft },
  { name: 'a tag on it', put: (here, id) => here.git(['tag', 'v1', id]) },
  { name: 'a reference of another kind', put: (here, id) => here.git(['update-ref', 'refs/airlock/x', id]) },
  { name: 'a note reference', put: (here, id) => here.git(['update-ref', 'refs/notes/x', id]) },
  { name: 'the stash', put: (here, id) => here.git(['update-ref', 'refs/stash', id]) },
];

function graft(here: GitFolder, id: string): void {
  mkdirSync(join(here.folder, '.git', 'info'), { recursive: true });
  writeFileSync(join(here.folder, '.git', 'info', 'grafts'), `${here.git(['rev-parse', 'HEAD'])} ${id}\n`);
}

describe('a commit that no branch has is not made old by what lies beside the objects', () => {
  test.each(DISGUISES)('$name', async ({ put }) => {
    const here = gitFolder();
    here.commit('one', { a: '1' });
    const program = standIn();
    await program.install(here);
    const branches = here.git(['for-each-ref', 'refs/heads']);
    const id = smuggled(here);
    put(here, id);
    expect(program.calls()).toEqual([]);
    program.answers(1);
    expect(here.attempt(['update-ref', 'refs/heads/in', id]).ok).toBe(false);
    expect(here.attempt(['reset', '--hard', id]).ok).toBe(false);
    expect(program.calls()).toHaveLength(2);
    // Named as the value before as well: git compares before it calls the hook.
    expect(here.attempt(['update-ref', 'refs/heads/in', id, id]).ok).toBe(false);
    expect(here.attempt(['update-ref', 'refs/heads/main', id, id]).ok).toBe(false);
    expect(here.git(['for-each-ref', 'refs/heads'])).toBe(branches);
  });
});
