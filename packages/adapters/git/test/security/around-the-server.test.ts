import { describe, expect, it, onTestFinished } from 'vitest';
import { judgePush, RECEIPTS_REF } from '../../src/index.js';
import { GitProgram } from '../../src/repository/git-program.js';
import { Objects } from '../../src/repository/objects.js';
import { ENVIRONMENT } from '../support/git-folder.js';
import { opened } from '../support/opened.js';
import { ada, eve, type Server, server } from '../support/server.js';

const NOTES = `${RECEIPTS_REF}:${RECEIPTS_REF}`;
const ZERO = '0'.repeat(40);
const FILE = '.airlock/approvers';
const BOTH = `ed25519 ${ada.publicKey}\ned25519 ${eve.publicKey}\n`;
const ONLY_ADA = `ed25519 ${ada.publicKey}\n`;

async function refused(pushed: ReturnType<Server['push']>, why: RegExp): Promise<void> {
  const { ok, problems } = await pushed;
  expect(problems.join('\n')).toMatch(why);
  expect(ok).toBe(false);
}

async function taken(pushed: ReturnType<Server['push']>): Promise<void> {
  expect(await pushed).toMatchObject({ ok: true, problems: [] });
}

/** A merge of two commits with the files of the first, as its receipt shows it: without a change. */
async function unseenMerge(at: Server, kept: string, left: string): Promise<string> {
  const merge = at.clone.git(['commit-tree', '-p', kept, '-p', left, '-m', 'Merge', `${kept}^{tree}`]);
  await at.approve([merge]);
  return merge;
}

describe('a key that was removed from the approvers does not come back unseen', () => {
  it('by a merge in the same push as the removal', async () => {
    const at = await server(BOTH);
    const removal = at.clone.commit('Without Eve', { [FILE]: ONLY_ADA });
    await at.approve([removal]);
    const merge = await unseenMerge(at, at.base, removal);
    await refused(at.push(NOTES, `${merge}:refs/heads/main`), /older one/);
  });

  it('by a merge behind another change of the list', async () => {
    const at = await server(BOTH);
    const removal = at.clone.commit('Without Eve', { [FILE]: ONLY_ADA });
    await at.approve([removal]);
    await taken(at.push(NOTES, `${removal}:refs/heads/main`));
    const comment = at.clone.commit('Say who', { [FILE]: `# Who may approve\n${ONLY_ADA}` });
    await at.approve([comment]);
    const merge = await unseenMerge(at, at.base, comment);
    await refused(at.push(NOTES, `${merge}:refs/heads/main`), /older one/);
  });

  it('by a merge that an old branch took first', async () => {
    const at = await server(BOTH);
    const removal = at.clone.commit('Without Eve', { [FILE]: ONLY_ADA });
    await at.approve([removal]);
    await taken(at.push(NOTES, `${removal}:refs/heads/main`, `${at.base}:refs/heads/old`));
    const merge = await unseenMerge(at, at.base, removal);
    await at.push(NOTES, `${merge}:refs/heads/old`);
    await refused(at.push(`${merge}:refs/heads/main`), /older one/);
  });

  it('by a merge that came to a branch before the removal came to the default branch', async () => {
    const at = await server(BOTH);
    const removal = at.clone.commit('Without Eve', { [FILE]: ONLY_ADA });
    await at.approve([removal]);
    await taken(at.push(NOTES, `${removal}:refs/heads/x`));
    const merge = await unseenMerge(at, at.base, removal);
    await at.push(NOTES, `${merge}:refs/heads/y`);
    await taken(at.push(`${removal}:refs/heads/main`));
    await refused(at.push(`${merge}:refs/heads/main`), /older one/);
  });

  it('while merges that keep the newer list, and branches that bring one, are taken', async () => {
    const at = await server(BOTH);
    const side = at.clone.commit('Side', { 's.txt': 's\n' });
    at.clone.git(['checkout', '-q', '-B', 'main', at.base]);
    const removal = at.clone.commit('Without Eve', { [FILE]: ONLY_ADA });
    await at.approve([side, removal]);
    const merge = await unseenMerge(at, removal, side);
    await taken(at.push(NOTES, `${merge}:refs/heads/x`));
    await taken(at.push(`${merge}:refs/heads/main`));
  });
});

describe('the default branch stays', () => {
  it('when the pusher says that there is nothing to delete, which git believes', async () => {
    const at = await server();
    const { repository, receipts } = await opened(at.bare);
    const lines = [{ before: ZERO, after: ZERO, ref: 'refs/heads/main' }];
    await refused(judgePush(lines, { repository, receipts }), /cannot be deleted/);
  });
});

describe('a pusher cannot stop the pushes of others', () => {
  it('with a reference that receipts of remotes are read from in clones', async () => {
    const at = await server();
    at.clone.git(['tag', '-a', '-m', 'x', 'x', at.base]);
    await refused(at.push('x:refs/airlock/remotes/x'), /for clones/);
  });

  it('with a tag that is in the place of the receipts of a remote', async () => {
    const at = await server();
    at.bare.git(['tag', '-a', '-m', 'x', 'x', 'main']);
    at.bare.git(['update-ref', 'refs/airlock/remotes/x', 'refs/tags/x']);
    const good = at.clone.commit('Good', { 'a.txt': 'good\n' });
    await at.approve([good]);
    await taken(at.push(NOTES, `${good}:refs/heads/main`));
  });
});

describe('a push that is small on the way is refused before it fills the memory', () => {
  const TREE = (at: Server, lines: readonly string[]) =>
    at.clone.git(['mktree'], lines.map((each) => `${each}\n`).join(''));
  const names = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => index.toString(16).padStart(length, '0'));

  it('a tree of receipts that names one folder sixty thousand times', async () => {
    const at = await server();
    const blob = at.clone.git(['hash-object', '-w', '--stdin'], '\n');
    const leaf = TREE(
      at,
      names(300, 36).map((name) => `100644 blob ${blob}\t${name}`),
    );
    const middle = TREE(
      at,
      names(256, 2).map((name) => `040000 tree ${leaf}\t${name}`),
    );
    const root = TREE(
      at,
      names(256, 2).map((name) => `040000 tree ${middle}\t${name}`),
    );
    const bomb = at.clone.git(['commit-tree', '-m', 'x', root]);
    await refused(at.push(`${bomb}:${RECEIPTS_REF}`), /none that git writes/);
  }, 60_000);

  it('objects that are long when they are unpacked', async () => {
    const at = await server();
    const ids = ['one', 'two'].map((text) => at.clone.git(['hash-object', '-w', '--stdin'], text));
    const objects = new Objects(new GitProgram(ENVIRONMENT, at.clone.folder), 'sha1');
    onTestFinished(() => objects.close());
    expect(await objects.read(ids, 6)).toHaveProperty('size', 2);
    await expect(objects.read(ids, 5)).rejects.toThrow(/6 bytes are wanted at once/);
  });
});
