import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReceipt, receiptLine } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { RECEIPTS_REF } from '../../src/index.js';
import { at, cloneOf, gitFolder } from '../support/git-folder.js';
import { human } from '../support/human.js';
import { opened } from '../support/opened.js';

const ada = human(1);
const grace = human(2);

describe('receipts in notes', () => {
  it('are read back as they were, and by git notes as lines', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.add(receipt, [commit]);
    expect(await receipts.of([commit])).toEqual(new Map([[commit, [receipt]]]));
    expect(readReceipt(folder.git(['notes', '--ref=airlock', 'show', commit]))).toEqual(receipt);
  });

  it('are added once, whoever adds them how often', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.add(receipt, [commit, commit]);
    const before = folder.git(['rev-parse', RECEIPTS_REF]);
    await receipts.add(receipt, [commit]);
    expect(folder.git(['rev-parse', RECEIPTS_REF])).toBe(before);
  });

  it('change no commit and no branch', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository, receipts } = await opened(folder);
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    expect(folder.git(['rev-parse', 'HEAD'])).toBe(commit);
    expect(folder.git(['status', '--porcelain'])).toBe('');
  });

  it('stand beside what others wrote into the note, at whatever depth git keeps it', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    folder.git(['notes', '--ref=airlock', 'add', '-m', 'reviewed by Grace', commit]);
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.add(receipt, [commit]);
    const other = await grace.approve(repository, [commit]);
    await receipts.add(other, [commit]);
    const lines = folder.git(['notes', '--ref=airlock', 'show', commit]).split('\n');
    expect(lines.toSorted()).toEqual([receiptLine(receipt), receiptLine(other), 'reviewed by Grace'].toSorted());
    expect((await receipts.of([commit])).get(commit)).toHaveLength(2);
    expect(folder.git(['ls-tree', '-r', '--name-only', RECEIPTS_REF]).split('\n')).toHaveLength(1);
  });

  it('keep lines that are no text', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const blob = folder.git(['hash-object', '-w', '--stdin'], Buffer.from([0xff, 0xfe, 0x0a]));
    folder.git(['notes', '--ref=airlock', 'add', '-C', blob, commit]);
    const { repository, receipts } = await opened(folder);
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    const [note = ''] = folder.git(['notes', '--ref=airlock', 'list', commit]).split('\n');
    expect(
      Buffer.from((await repository.objects([note])).get(note)?.bytes ?? []).includes(Buffer.from([0xff, 0xfe])),
    ).toBe(true);
  });

  it('cover many commits with two processes, each commit by its own note', async () => {
    const folder = gitFolder();
    const commits = folder.series(64);
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, commits);
    await receipts.add(receipt, commits);
    const found = await receipts.of(commits);
    expect([...found.keys()].toSorted()).toEqual(commits.toSorted());
    expect(folder.git(['notes', '--ref=airlock', 'list']).split('\n')).toHaveLength(64);
    expect(folder.git(['rev-list', '--count', RECEIPTS_REF])).toBe('1');
  });

  it('of twelve writers at once are all there', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository } = await opened(folder);
    const all = await Promise.all(Array.from({ length: 12 }, () => ada.approve(repository, [commit])));
    await Promise.all(all.map(async (receipt) => (await opened(folder)).receipts.add(receipt, [commit])));
    expect((await (await opened(folder)).receipts.of([commit])).get(commit)).toHaveLength(12);
  });

  it('are not asked about: no hook runs', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const hook = join(folder.folder, '.git/hooks/reference-transaction');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    expect(folder.attempt(['branch', 'other']).ok).toBe(false);
    const { repository, receipts } = await opened(folder);
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    expect((await receipts.of([commit])).size).toBe(1);
  });

  it('need no name and address of a committer', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    folder.git(['config', 'user.useConfigOnly', 'true']);
    const { repository, receipts } = await opened(folder, { GIT_COMMITTER_NAME: '', GIT_COMMITTER_EMAIL: '' });
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    expect((await receipts.of([commit])).size).toBe(1);
  });

  it('say what to do when the reference stays locked', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.add(receipt, [commit]);
    writeFileSync(join(folder.folder, '.git', `${RECEIPTS_REF}.lock`), '');
    await expect(receipts.add(await ada.approve(repository, [commit]), [commit])).rejects.toMatchObject({
      code: 'git_failed',
      fix: expect.stringContaining('airlock.lock'),
    });
  });

  it('are found where they were fetched, in a fresh clone', async () => {
    const origin = gitFolder();
    const commit = origin.commit('First', { 'a.txt': 'a\n' });
    const there = await opened(origin);
    const receipt = await ada.approve(there.repository, [commit]);
    await there.receipts.add(receipt, [commit]);
    const clone = cloneOf(origin);
    clone.git(['fetch', '-q', 'origin', '+refs/notes/airlock:refs/airlock/remotes/origin']);
    const { receipts } = await opened(clone);
    expect((await receipts.of([commit])).get(commit)).toEqual([receipt]);
  });

  it('work in SHA-256 repositories', async () => {
    const folder = gitFolder('--object-format=sha256');
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.add(receipt, [commit]);
    expect(readReceipt(folder.git(['notes', '--ref=airlock', 'show', commit]))).toEqual(receipt);
    expect((await receipts.of([commit])).get(commit)).toEqual([receipt]);
  });

  it('of a notes tree that is damaged are refused rather than overwritten', async () => {
    const folder = gitFolder();
    const commit = folder.commit('First', { 'a.txt': 'a\n' });
    const blob = folder.git(['hash-object', '-w', '--stdin'], 'x');
    folder.git(['update-ref', RECEIPTS_REF, blob]);
    const { repository, receipts } = await opened(folder);
    const receipt = await ada.approve(repository, [commit]);
    await expect(receipts.add(receipt, [commit])).rejects.toMatchObject({ code: 'receipt_invalid' });
  });
});

describe('the exchange of receipts with a remote', () => {
  async function three() {
    const origin = gitFolder('--bare');
    const first = cloneOf(origin);
    const commit = first.commit('First', { 'a.txt': 'a\n' });
    first.git(['push', '-q', 'origin', 'main']);
    const second = cloneOf(origin);
    return { origin, first, second, commit };
  }

  it('brings ours there when it has none, and does nothing without receipts', async () => {
    const { origin, first, commit } = await three();
    const { repository, receipts } = await opened(first);
    await receipts.exchange('origin');
    expect(origin.git(['for-each-ref', 'refs/notes'])).toBe('');
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    await receipts.exchange('origin');
    expect(origin.git(['notes', '--ref=airlock', 'list'])).toContain(commit);
  });

  it('loses nothing that two clones add without knowing of each other', async () => {
    const { origin, first, second, commit } = await three();
    const [one, two] = [await opened(first), await opened(second)];
    await one.receipts.add(await ada.approve(one.repository, [commit]), [commit]);
    await two.receipts.add(await grace.approve(two.repository, [commit]), [commit]);
    await Promise.all([one.receipts.exchange('origin'), two.receipts.exchange('origin')]);
    expect(origin.git(['notes', '--ref=airlock', 'show', commit]).split('\n')).toHaveLength(2);
    await one.receipts.exchange('origin');
    await two.receipts.exchange('origin');
    const tips = [origin, first, second].map((each) => each.git(['rev-parse', RECEIPTS_REF]));
    expect(new Set(tips).size).toBe(1);
    expect((await one.receipts.of([commit])).get(commit)).toHaveLength(2);
  });

  it('brings notes of commits that this clone does not have', async () => {
    const { origin, first, second, commit } = await three();
    const elsewhere = second.commit('Second', { 'b.txt': 'b\n' });
    const [one, two] = [await opened(first), await opened(second)];
    await two.receipts.add(await grace.approve(two.repository, [elsewhere]), [elsewhere]);
    await two.receipts.exchange('origin');
    await one.receipts.add(await ada.approve(one.repository, [commit]), [commit]);
    await one.receipts.exchange('origin');
    expect(first.attempt(['cat-file', '-e', elsewhere]).ok).toBe(false);
    expect(origin.git(['ls-tree', '-r', '--name-only', RECEIPTS_REF]).split('\n')).toHaveLength(2);
    expect((await one.receipts.of([elsewhere])).size).toBe(1);
  });

  it('works by address, and names the remote that does not answer', async () => {
    const { origin, first, commit } = await three();
    const { repository, receipts } = await opened(first);
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    await receipts.exchange(origin.folder);
    expect(origin.git(['notes', '--ref=airlock', 'list'])).toContain(commit);
    await expect(receipts.exchange('nowhere')).rejects.toMatchObject({
      code: 'git_failed',
      message: expect.stringContaining('nowhere'),
    });
    await expect(receipts.exchange('--upload-pack=touch /tmp/x')).rejects.toMatchObject({ code: 'git_failed' });
  });

  it('says so when the remote refuses, and keeps ours', async () => {
    const { origin, first, commit } = await three();
    const hook = join(origin.folder, 'hooks/pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho no >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const { repository, receipts } = await opened(first);
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    await expect(receipts.exchange('origin')).rejects.toMatchObject({ code: 'git_failed' });
    expect((await receipts.of([commit])).size).toBe(1);
  });

  it('starts no hook of ours', async () => {
    const { first, commit } = await three();
    const hook = join(first.folder, '.git/hooks/pre-push');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    expect(first.attempt(['push', 'origin', 'main:other']).ok).toBe(false);
    const { repository, receipts } = await opened(first);
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    await receipts.exchange('origin');
  });

  it('works from a linked work tree, whose receipts are those of the repository', async () => {
    const { origin, first, commit } = await three();
    const tree = join(first.folder, '../linked');
    first.git(['worktree', 'add', '-q', tree]);
    const { repository, receipts } = await opened(at(tree));
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    await receipts.exchange('origin');
    expect(origin.git(['notes', '--ref=airlock', 'list'])).toContain(commit);
  });
});
