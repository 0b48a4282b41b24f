import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openReceipts } from '../../src/index.js';
import { gitFolder, type GitFolder } from '../support/git-folder.js';
import { human } from '../support/human.js';
import { opened } from '../support/opened.js';

const ada = human(1);

const folderOf = ({ folder }: GitFolder) => join(folder, '.git/airlock/pending');

/** A commit that is on no branch. */
function loose(folder: GitFolder): string {
  return folder.git(['commit-tree', '-p', 'HEAD', '-m', 'Loose', 'HEAD^{tree}']);
}

describe('a receipt that is kept', () => {
  it('is a file that only its owner reads', async () => {
    const folder = gitFolder();
    folder.commit('First', { 'a.txt': 'a\n' });
    const commit = loose(folder);
    const { repository, receipts } = await opened(folder);
    await receipts.keep(await ada.approve(repository, [commit]), [commit]);
    const [file = '', ...rest] = readdirSync(folderOf(folder));
    expect(rest).toEqual([]);
    expect(statSync(join(folderOf(folder), file)).mode & 0o777).toBe(0o600);
    expect(statSync(folderOf(folder)).mode & 0o777).toBe(0o700);
  });

  it('waits until its commit is on a branch, then becomes a note', async () => {
    const folder = gitFolder();
    folder.commit('First', { 'a.txt': 'a\n' });
    const commit = loose(folder);
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.keep(receipt, [commit]);
    await receipts.settle();
    expect(await receipts.of([commit])).toEqual(new Map());
    folder.git(['branch', 'other', commit]);
    // A process that was killed between keeping and adding has left the file; the next one goes on.
    await openReceipts(repository).settle();
    expect((await receipts.of([commit])).get(commit)).toEqual([receipt]);
    expect(readdirSync(folderOf(folder))).toEqual([]);
  });

  it('is settled commit by commit', async () => {
    const folder = gitFolder();
    folder.commit('First', { 'a.txt': 'a\n' });
    const here = folder.commit('Second', { 'a.txt': 'b\n' });
    const there = loose(folder);
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [here, there]);
    await receipts.keep(receipt, [here, there]);
    await receipts.settle();
    expect([...(await receipts.of([here, there])).keys()]).toEqual([here]);
    expect(readdirSync(folderOf(folder))).toHaveLength(1);
    folder.git(['branch', 'other', there]);
    await receipts.settle();
    expect((await receipts.of([here, there])).size).toBe(2);
    expect(readdirSync(folderOf(folder))).toEqual([]);
  });

  it('is forgotten when git has thrown its commit away', async () => {
    const folder = gitFolder();
    folder.commit('First', { 'a.txt': 'a\n' });
    const commit = loose(folder);
    const { repository, receipts } = await opened(folder);
    await receipts.keep(await ada.approve(repository, [commit]), [commit]);
    folder.git(['prune', '--expire=now']);
    const later = await opened(folder);
    await later.receipts.settle();
    expect(readdirSync(folderOf(folder))).toEqual([]);
  });

  it('stays when it cannot be added now', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository, receipts } = await opened(folder);
    await receipts.keep(await ada.approve(repository, [commit]), [commit]);
    mkdirSync(join(folder.folder, '.git/refs/notes'), { recursive: true });
    writeFileSync(join(folder.folder, '.git/refs/notes/airlock.lock'), '');
    await expect(receipts.settle()).rejects.toMatchObject({ code: 'git_failed' });
    expect(readdirSync(folderOf(folder))).toHaveLength(1);
  });

  it('survives two processes that settle at once', async () => {
    const folder = gitFolder();
    const commits = folder.series(6);
    const { repository, receipts } = await opened(folder);
    for (const commit of commits) await receipts.keep(await ada.approve(repository, [commit]), [commit]);
    const [one, two] = [await opened(folder), await opened(folder)];
    await Promise.all([one.receipts.settle(), two.receipts.settle()]);
    expect((await receipts.of(commits)).size).toBe(6);
    expect(folder.git(['notes', '--ref=airlock', 'list']).split('\n')).toHaveLength(6);
  });
});

describe('files of others among what is kept', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['is empty', ''],
    ['was cut off', '{"v":1,"commits":["'],
    ['is no JSON object', '[]'],
    ['is of a later version', '{"v":2,"commits":[],"receipt":null}'],
    ['names what is no object', '{"v":1,"commits":["--all"],"receipt":null}'],
  ];

  it.each(rows)('one that %s is left alone', async (_, text) => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    mkdirSync(folderOf(folder), { recursive: true });
    const file = join(folderOf(folder), 'x.json');
    writeFileSync(file, text);
    const { receipts } = await opened(folder);
    await receipts.settle();
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(await receipts.of([commit])).toEqual(new Map());
  });
});
