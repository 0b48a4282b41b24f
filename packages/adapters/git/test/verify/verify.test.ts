import { rules } from '@airlock/conformance';
import type { Receipt } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { explainVerdict, type Trust, trustAt, VERIFY_REASONS, verifyCommits } from '../../src/index.js';
import { cloneOf, gitFolder } from '../support/git-folder.js';
import { human, IDENTITY } from '../support/human.js';
import { opened } from '../support/opened.js';

const ada = human(1);
const grace = human(2);
const trust: Trust = { keys: new Set([ada.publicKey]), repositories: new Set([IDENTITY]) };

/** A repository with one commit that is to be judged, and the one before it. */
async function one() {
  const folder = gitFolder();
  const base = folder.commit('Base', { 'a.txt': 'one\ntwo\n', 'image.bin': Buffer.from([0, 1, 2]) });
  const commit = folder.commit('Change\n\nWith a reason.', { 'a.txt': 'one\nthree\n', 'b/c.txt': 'new\n' });
  return { folder, base, commit, ...(await opened(folder)) };
}

async function verdictOn(commit: string, ports: Awaited<ReturnType<typeof opened>>, by: Trust = trust) {
  const [verdict] = await verifyCommits([commit], by, ports);
  return verdict;
}

describe(rules('ART-130', 'ART-135')`a commit with an honest receipt`, () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string | Uint8Array>>])[] = [
    ['of text', { 'a.txt': 'one\nfour\n' }],
    ['of binary content', { 'image.bin': Buffer.from([0, 3]) }],
    ['of a long file', { 'long.txt': 'x'.repeat(300 * 1024) }],
    ['of nothing', {}],
    ['of a name with a line feed', { 'a\nb': 'x\n' }],
  ];

  it.each(rows)('counts: %s', async (_, files) => {
    const { folder, repository, receipts } = await one();
    const commit = folder.commit('Next', files);
    const receipt = await ada.approve(repository, [commit]);
    await receipts.add(receipt, [commit]);
    expect(await verdictOn(commit, { repository, receipts })).toEqual({
      id: commit,
      ok: true,
      signerKeyId: ada.signerKeyId,
      requestId: JSON.parse(receipt.artifact).requestId,
      reason: null,
      detail: null,
    });
  });

  it('counts for a root commit, a merge, and a batch', async () => {
    const { folder, base, commit, repository, receipts } = await one();
    folder.git(['checkout', '-q', '-b', 'side', base]);
    const side = folder.commit('Side', { 'side.txt': 's\n' });
    folder.git(['merge', '-q', '--no-edit', 'main']);
    const all = [base, commit, side, folder.git(['rev-parse', 'HEAD'])];
    await receipts.add(await ada.approve(repository, all), all);
    const verdicts = await verifyCommits(all, trust, { repository, receipts });
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  });

  it('counts beside receipts that do not', async () => {
    const { commit, base, repository, receipts } = await one();
    const lie = await ada.approve(repository, [commit], { lie: (each) => ({ ...each, diff: '' }) });
    for (const receipt of [
      await grace.approve(repository, [commit]),
      await ada.approve(repository, [base]),
      lie,
      await ada.approve(repository, [commit]),
    ])
      await receipts.add(receipt, [commit]);
    expect(await verdictOn(commit, { repository, receipts })).toMatchObject({ ok: true });
  });
});

describe('a commit without one', () => {
  const refusals: readonly (readonly [
    string,
    string,
    (row: Awaited<ReturnType<typeof one>>) => Promise<Receipt | null>,
  ])[] = [
    ['no_receipt', 'has none', async () => null],
    ['untrusted_key', 'was approved by somebody else', ({ repository, commit }) => grace.approve(repository, [commit])],
    [
      'bad_signature',
      'was rejected',
      ({ repository, commit }) => ada.approve(repository, [commit], { decision: 'reject' }),
    ],
    [
      'wrong_repository',
      'was approved elsewhere',
      ({ repository, commit }) => ada.approve(repository, [commit], { repository: 'example.org/eve/widgets' }),
    ],
    ['commit_differs', 'has the receipt of another commit', ({ repository, base }) => ada.approve(repository, [base])],
    ...(['tree', 'author', 'committer', 'message'] as const).map(
      (member) =>
        [
          'commit_differs',
          `was approved with another ${member}`,
          ({ repository, commit, base }: Awaited<ReturnType<typeof one>>) =>
            ada.approve(repository, [commit], { lie: (each) => ({ ...each, [member]: base }) }),
        ] as const,
    ),
    [
      'commit_differs',
      'was approved with other parents',
      ({ repository, commit }) => ada.approve(repository, [commit], { lie: (each) => ({ ...each, parents: [] }) }),
    ],
    [
      'diff_differs',
      'was approved over another diff',
      ({ repository, commit }) =>
        ada.approve(repository, [commit], { lie: (each) => ({ ...each, diff: each.diff.replace('+three', '+two') }) }),
    ],
    [
      'commit_differs',
      'was only named as approved before',
      ({ repository, commit }) => ada.approve(repository, [commit], { edit: approvedBefore }),
    ],
  ];

  it.each(refusals)('%s: it %s', async (reason, _, make) => {
    const row = await one();
    const receipt = await make(row);
    if (receipt !== null) await row.receipts.add(receipt, [row.commit]);
    const verdict = await verdictOn(row.commit, row);
    expect(verdict).toMatchObject({ ok: false, reason, signerKeyId: null, requestId: null });
    if (verdict !== undefined) expect(explainVerdict(verdict)).toMatch(/^[0-9a-f]{12} .*: /);
  });

  function approvedBefore(action: Record<string, unknown>): Record<string, unknown> {
    const commits = action['commits'] as readonly Record<string, unknown>[];
    const diff = 'approved before: req-00000000-0000-4000-8000-000000000000';
    const refs = ['update refs/heads/main from 0 to 1'];
    return { ...action, kind: 'git-push', refs, commits: commits.map((commit) => ({ ...commit, diff })) };
  }

  it('has a reason for a message that is not UTF-8', async () => {
    const { folder, repository, receipts } = await one();
    const raw = Buffer.concat([Buffer.from(folder.git(['cat-file', 'commit', 'HEAD'])), Buffer.from([0xff, 0x0a])]);
    const commit = folder.git(['hash-object', '-t', 'commit', '-w', '--stdin'], raw);
    expect(await verdictOn(commit, { repository, receipts })).toMatchObject({ ok: false, reason: 'commit_unreadable' });
  });

  it('is every commit of a range that is not approved, each with its own reason', async () => {
    const { folder, base, repository, receipts } = await one();
    const commits = folder.series(130);
    const good = commits.filter((_, index) => index % 2 === 0).slice(0, 60);
    await receipts.add(await ada.approve(repository, good), good);
    const verdicts = await verifyCommits(await repository.commitsOf(`${base}..HEAD`), trust, { repository, receipts });
    expect(verdicts.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(good);
    expect(new Set(verdicts.filter(({ ok }) => !ok).map(({ reason }) => reason))).toEqual(new Set(['no_receipt']));
  });

  it('has words for every reason', () => {
    for (const reason of VERIFY_REASONS) {
      const verdict = { id: 'a'.repeat(40), ok: false, signerKeyId: null, requestId: null, reason, detail: 'why' };
      expect(explainVerdict(verdict)).toContain('(why): ');
    }
  });
});

describe('whose approvals count', () => {
  const given = { keys: [], repositories: [IDENTITY] };

  it('is what the caller says, before configuration, before the file of the base', async () => {
    const folder = gitFolder();
    const base = folder.commit('Base', { '.airlock/approvers': `# who\n\ned25519 ${ada.publicKey} Ada\n` });
    const { repository } = await opened(folder);
    expect((await trustAt(base, given, repository)).keys).toEqual(new Set([ada.publicKey]));
    folder.git(['config', '--add', 'airlock.approver', grace.publicKey]);
    expect((await trustAt(base, given, repository)).keys).toEqual(new Set([grace.publicKey]));
    const keys = [human(3).publicKey];
    expect((await trustAt(base, { ...given, keys }, repository)).keys).toEqual(new Set(keys));
  });

  it('is nobody without any of them', async () => {
    const folder = gitFolder();
    const base = folder.commit('Base', { 'a.txt': 'a\n' });
    const { repository } = await opened(folder);
    for (const place of [base, null, 'nowhere'])
      await expect(trustAt(place, given, repository)).rejects.toMatchObject({ code: 'approvers_missing' });
  });

  it('needs an identity of the repository, which a clone has from its origin', async () => {
    const folder = gitFolder();
    const base = folder.commit('Base', { '.airlock/approvers': `ed25519 ${ada.publicKey}\n` });
    const { repository } = await opened(folder);
    const none = { keys: [], repositories: [] };
    await expect(trustAt(base, none, repository)).rejects.toMatchObject({ code: 'repository_unknown' });
    folder.git(['remote', 'add', 'origin', 'https://ada:secret@Example.org:443/ada/widgets.git']);
    expect((await trustAt(base, none, repository)).repositories).toEqual(new Set([IDENTITY]));
    folder.git(['config', '--add', 'airlock.repository', 'one']);
    folder.git(['config', '--add', 'airlock.repository', 'two']);
    expect((await trustAt(base, none, repository)).repositories).toEqual(new Set(['one', 'two']));
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['is empty', '\n# nobody\n'],
    ['has another kind of key', `ssh-ed25519 ${ada.publicKey}\n`],
    ['has a short key', `ed25519 ${ada.publicKey.slice(2)}\n`],
    ['has a key that is not canonical', `ed25519 ${ada.publicKey.slice(0, -1)}_\n`],
    ['has two keys in a line without a blank', `ed25519 ${ada.publicKey}${grace.publicKey}\n`],
    ['names a key twice', `ed25519 ${ada.publicKey}\ned25519 ${ada.publicKey} again\n`],
    ['begins a line with a blank', ` ed25519 ${ada.publicKey}\n`],
    ['is not text', `ed25519 ${ada.publicKey}\n\u0000\n`],
  ];

  it.each(wrong)('is nobody when the file %s', async (_, text) => {
    const folder = gitFolder();
    const base = folder.commit('Base', { '.airlock/approvers': text });
    const { repository } = await opened(folder);
    await expect(trustAt(base, given, repository)).rejects.toMatchObject({ code: 'approvers_invalid' });
  });

  it('is nobody when the file is a link, or the folder one', async () => {
    const folder = gitFolder();
    const blob = folder.git(['hash-object', '-w', '--stdin'], `ed25519 ${ada.publicKey}\n`);
    const inner = folder.git(['mktree'], `120000 blob ${blob}\tapprovers\n`);
    const tree = folder.git(['mktree'], `040000 tree ${inner}\t.airlock\n`);
    const base = folder.git(['commit-tree', '-m', 'Base', tree]);
    const { repository } = await opened(folder);
    await expect(trustAt(base, given, repository)).rejects.toMatchObject({ code: 'approvers_invalid' });
  });
});

describe('in clones', () => {
  it('a shallow one says what is missing', async () => {
    const { folder, commit, repository, receipts } = await one();
    await receipts.add(await ada.approve(repository, [commit]), [commit]);
    const shallow = cloneOf({ ...folder, folder: `file://${folder.folder}` }, '--depth=1');
    shallow.git(['fetch', '-q', 'origin', '+refs/notes/airlock:refs/airlock/remotes/origin']);
    const verdict = await verdictOn(commit, await opened(shallow));
    expect(verdict).toMatchObject({ ok: false, reason: 'commit_unreadable' });
    if (verdict !== undefined) expect(explainVerdict(verdict)).toContain('--unshallow');
  });
});
