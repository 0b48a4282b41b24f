import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../src/gate/remote-url.js';
import { at as folderAt, gatedFolder, type GatedFolder } from '../support/gated-folder.js';
import { scratch } from '../support/git-folder.js';
import { scriptedDaemon } from '../support/scripted-daemon.js';

const HOOKS_OFF = ['-c', 'core.hooksPath=/nonexistent'];

/** A repository with one commit that its remote has, and a bare remote. */
async function withRemote() {
  const at = await gatedFolder();
  const url = `${scratch()}/remote.git`;
  at.git(['init', '-q', '--bare', '-b', 'main', url]);
  at.git(['remote', 'add', 'origin', url]);
  commit(at, 'first');
  at.git([...HOOKS_OFF, 'push', '-q', 'origin', 'main']);
  return { at, remote: folderAt(url), url };
}

function commit(at: GatedFolder, message: string): string {
  at.git([...HOOKS_OFF, 'commit', '-q', '--allow-empty', '-m', message]);
  return at.git(['rev-parse', 'HEAD']);
}

describe('a push', () => {
  it('asks about every reference, with the commits that the remote does not have', async () => {
    const { at, remote, url } = await withRemote();
    const [old, second] = [at.git(['rev-parse', 'HEAD']), commit(at, 'second')];
    at.git(['tag', 'v1']);
    const { exit, said } = await at.run(['push', 'origin', 'main', 'main:other', 'v1']);
    expect({ exit, said }).toMatchObject({ exit: 0 });
    const [{ action } = { action: null }] = at.daemon.asked;
    expect(action?.kind).toBe('git-push');
    expect(at.questions()).toEqual([['second']]);
    expect([...(action?.refs ?? [])].sort()).toEqual([
      `create refs/heads/other at ${second}`,
      `create refs/tags/v1 at ${second}`,
      `update refs/heads/main from ${old} to ${second}`,
    ]);
    expect(action?.extensions?.['airlock.remote']).toEqual({ name: 'origin', url });
    expect(remote.git(['rev-parse', 'main'])).toBe(second);
  });

  it('brings the receipt to the remote, before the commits', async () => {
    const { at, remote } = await withRemote();
    const second = commit(at, 'second');
    expect((await at.run(['push', 'origin', 'main'])).exit).toBe(0);
    expect(remote.git(['notes', '--ref', 'airlock', 'show', second])).toContain(at.daemon.claimed[0]);
    expect(at.daemon.outcomes).toEqual([{ requestId: at.daemon.claimed[0], outcome: { result: 'unknown' } }]);
  });

  it('refused: the remote gets nothing', async () => {
    const { at, remote } = await withRemote();
    const before = remote.git(['for-each-ref']);
    commit(at, 'second');
    at.daemon.answers(() => 'reject');
    const { exit, said } = await at.run(['push', 'origin', 'main']);
    expect(exit).not.toBe(0);
    expect(said).toContain('airlock: rejected by the approver: not like this\n');
    expect(remote.git(['for-each-ref'])).toBe(before);
  });

  it('marks what loses commits and what deletes', async () => {
    const { at } = await withRemote();
    const old = commit(at, 'second');
    at.git([...HOOKS_OFF, 'push', '-q', 'origin', 'main', 'main:other']);
    at.git([...HOOKS_OFF, 'reset', '-q', '--hard', 'HEAD^']);
    const first = at.git(['rev-parse', 'HEAD']);
    await at.run(['push', '--force', 'origin', 'main', ':other']);
    expect([...(at.daemon.asked[0]?.action.refs ?? [])].sort()).toEqual([
      `delete refs/heads/other at ${old}`,
      `force refs/heads/main from ${old} to ${first}`,
    ]);
  });

  it('over commits that the remote has and we do not: forced', async () => {
    const { at, remote } = await withRemote();
    const theirs = remote.git(['commit-tree', 'main^{tree}', '-p', 'main', '-m', 'theirs']);
    remote.git(['update-ref', 'refs/heads/main', theirs]);
    const ours = commit(at, 'ours');
    await at.run(['push', '--force', 'origin', 'main']);
    expect(at.daemon.asked[0]?.action.refs).toEqual([`force refs/heads/main from ${theirs} to ${ours}`]);
  });

  it('of what names no commit is refused: nobody could look at it', async () => {
    const { at } = await withRemote();
    at.git(['tag', 'blob', at.git(['hash-object', '-w', '--stdin'], 'secret')]);
    const { exit, said } = await at.run(['push', 'origin', 'blob']);
    expect(exit).not.toBe(0);
    expect(said).toContain('airlock: not_a_commit refs/tags/blob');
    expect(at.daemon.asked).toEqual([]);
  });

  it('of nothing new asks nobody', async () => {
    const { at } = await withRemote();
    expect((await at.run(['push', 'origin', 'main'])).exit).toBe(0);
    expect(at.daemon.asked).toEqual([]);
  });

  it('to a remote that takes no receipts goes on, and says so', async () => {
    const { at, remote } = await withRemote();
    remote.git(['config', 'receive.denyDeletes', 'true']);
    remote.git(['config', '--add', 'transfer.hideRefs', 'refs/notes']);
    const second = commit(at, 'second');
    const { exit, said } = await at.run(['push', 'origin', 'main']);
    expect({ exit, said }).toMatchObject({ exit: 0 });
    expect(said).toContain('the push goes on without receipts');
    expect(remote.git(['rev-parse', 'main'])).toBe(second);
  });
});

describe(rules('ART-130')`a commit that was approved before`, () => {
  it('is named by its request, without its change', async () => {
    const { at } = await withRemote();
    expect((await at.run(['commit', '-q', '--allow-empty', '-m', 'second'])).exit).toBe(0);
    const [requestId = ''] = at.daemon.claimed;
    commit(at, 'third, around the gate');
    expect((await at.run(['push', 'origin', 'main'])).exit).toBe(0);
    const commits = at.daemon.asked[1]?.action.commits ?? [];
    expect(commits.map(({ message, diff }) => [message, diff])).toEqual([
      ['second\n', `approved before: ${requestId}`],
      ['third, around the gate\n', ''],
    ]);
  });

  it('by a key that is not pinned counts as new', async () => {
    const { at } = await withRemote();
    const other = await gatedFolder(at, scriptedDaemon(2));
    expect((await other.run(['commit', '-q', '--allow-empty', '-m', 'second'])).exit).toBe(0);
    const again = await gatedFolder(at, at.daemon);
    expect((await again.run(['push', 'origin', 'main'])).exit).toBe(0);
    expect(at.daemon.asked[0]?.action.commits.map(({ diff }) => diff)).toEqual(['']);
  });
});

describe('the URL of a remote', () => {
  it.each([
    ['https://ada:secret@example.org/x.git', 'https://example.org/x.git'],
    ['https://token@example.org/x.git', 'https://example.org/x.git'],
    ['https://a@b:c@d@example.org/x', 'https://example.org/x'],
    ['https://example.org/x?private_token=1#2', 'https://example.org/x'],
    ['ssh://git:secret@example.org/x', 'ssh://git@example.org/x'],
    ['ssh://git@example.org/x', 'ssh://git@example.org/x'],
    ['git@example.org:x', 'git@example.org:x'],
    ['/srv/x.git', '/srv/x.git'],
  ])('%s', (url, shown) => {
    expect(withoutSecrets(url)).toBe(shown);
  });
});
