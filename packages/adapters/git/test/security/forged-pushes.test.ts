import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { type Receipt, receiptLine } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { judgePush, RECEIPTS_REF } from '../../src/index.js';
import { ada, eve, type Server, server } from '../support/server.js';
import { human } from '../support/human.js';
import { opened } from '../support/opened.js';

const NOTES = `${RECEIPTS_REF}:${RECEIPTS_REF}`;

async function refused(pushed: ReturnType<Server['push']>, why: RegExp): Promise<void> {
  const { ok, problems } = await pushed;
  expect(problems.join('\n')).toMatch(why);
  expect(ok).toBe(false);
}

/** An attack in a line: what is done in the clone, gives what is pushed; and what the server says. */
type Attack = readonly [name: string, run: (at: Server) => Promise<readonly string[]>, why: RegExp];

const evil = ({ clone }: Server) => clone.commit('Evil', { 'a.txt': 'evil\n' });

/** Writes a note by hand. */
async function note({ clone }: Server, commit: string, receipt: Receipt): Promise<void> {
  writeFileSync(join(clone.folder, '../note'), `${receiptLine(receipt)}\n`);
  clone.git(['notes', '--ref=airlock', 'add', '-f', '-F', join(clone.folder, '../note'), commit]);
}

describe(rules('ART-130')`a push without a valid approval is refused`, () => {
  const forgeries: readonly Attack[] = [
    ['a commit that nobody approved', async (at) => [`${evil(at)}:refs/heads/main`], /approved by nobody/],
    ['to a branch that nobody looks at', async (at) => [`${evil(at)}:refs/heads/x`], /approved by nobody/],
    ['to an unknown name space', async (at) => [`${evil(at)}:refs/for/main`], /approved by nobody/],
    ['to a pull request', async (at) => [`${evil(at)}:refs/pull/1/head`], /approved by nobody/],
    ['as a lightweight tag', async (at) => [`${evil(at)}:refs/tags/v1`], /approved by nobody/],
    [
      'as an annotated tag of a tag',
      async (at) => {
        at.clone.git(['tag', '-a', '-m', 'one', 'one', evil(at)]);
        at.clone.git(['tag', '-a', '-m', 'two', 'two', 'one']);
        return ['two:refs/tags/two'];
      },
      /approved by nobody/,
    ],
    ['as a tag of a tree', async () => ['HEAD^{tree}:refs/tags/tree'], /names a tree/],
    ['as a tag of a blob', async () => ['HEAD:a.txt:refs/tags/blob'], /names a blob/],
    ['as notes of another name', async (at) => [`${evil(at)}:refs/notes/commits`], /approved by nobody/],
    [
      'as the receipts themselves',
      async (at) => [`${evil(at)}:${RECEIPTS_REF}`],
      /no receipts: (?:[.]airlock|a[.]txt)/,
    ],
    [
      'as a replacement of an approved commit',
      async (at) => [`${at.base}:refs/replace/${at.base}`],
      /replaced objects/,
    ],
    [
      'behind an approved commit',
      async (at) => {
        evil(at);
        const next = at.clone.commit('Innocent', { 'b.txt': 'b\n' });
        await at.approve([next]);
        return [NOTES, `${next}:refs/heads/main`];
      },
      /approved by nobody/,
    ],
    [
      'as the second parent of an approved merge',
      async (at) => {
        const tip = evil(at);
        at.clone.git(['checkout', '-q', '-b', 'y', at.base]);
        at.clone.git(['merge', '-q', '--no-ff', '-s', 'ours', '-m', 'Merge', tip]);
        const merge = at.clone.git(['rev-parse', 'HEAD']);
        await at.approve([merge]);
        return [NOTES, `${merge}:refs/heads/main`];
      },
      /approved by nobody/,
    ],
    [
      'with the receipt of another commit',
      async (at) => {
        const commit = evil(at);
        const { repository } = await opened(at.clone);
        await note(at, commit, await ada.approve(repository, [at.base]));
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /approves another commit/,
    ],
    [
      'with the receipt of the same change on another parent',
      async (at) => {
        const first = at.clone.commit('Innocent', { 'b.txt': 'b\n' });
        await at.approve([first]);
        const moved = at.clone.git(['commit-tree', '-m', 'Innocent', `${first}^{tree}`]);
        const { repository } = await opened(at.clone);
        await note(at, moved, await ada.approve(repository, [first]));
        return [NOTES, `${moved}:refs/heads/x`];
      },
      /approves another commit/,
    ],
    [
      'with a receipt for another repository',
      async (at) => {
        const commit = evil(at);
        await at.approve([commit], { repository: 'example.org/eve/widgets' });
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /another repository/,
    ],
    [
      'with a receipt of a key of one’s own',
      async (at) => {
        const commit = evil(at);
        await at.approve([commit], { by: eve });
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /not trusted/,
    ],
    [
      'with a receipt of a key of one’s own that says it is another',
      async (at) => {
        const commit = evil(at);
        const { repository } = await opened(at.clone);
        const receipt = await eve.approve(repository, [commit]);
        await note(at, commit, { ...receipt, signer: { keyId: ada.signerKeyId, publicKey: ada.publicKey } });
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /did not sign/,
    ],
    [
      'with an innocent diff over an evil tree',
      async (at) => {
        const commit = evil(at);
        await at.approve([commit], { lie: (each) => ({ ...each, diff: each.diff.replace('+evil', '+a good one') }) });
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /another change/,
    ],
    [
      'with an empty diff over an evil tree',
      async (at) => {
        const commit = evil(at);
        await at.approve([commit], { lie: (each) => ({ ...each, diff: '' }) });
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /another change/,
    ],
    [
      'with a rejection',
      async (at) => {
        const commit = evil(at);
        await at.approve([commit], { decision: 'reject' });
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /did not sign/,
    ],
    ...(
      [
        ['a decision that was cut off', (receipt) => ({ ...receipt, decision: receipt.decision.slice(0, -20) })],
        [
          'a rejection turned into an approval',
          (receipt) => ({ ...receipt, decision: receipt.decision.replaceAll('reject', 'approve') }),
        ],
        [
          'an artifact with another message',
          (receipt) => ({ ...receipt, artifact: receipt.artifact.replace('Evil', 'Good') }),
        ],
        ['an artifact that is not canonical', (receipt) => ({ ...receipt, artifact: ` ${receipt.artifact}` })],
      ] satisfies readonly (readonly [string, (receipt: Receipt) => Receipt])[]
    ).map(
      ([what, change]): Attack => [
        `with ${what}`,
        async (at) => {
          const commit = evil(at);
          const { repository } = await opened(at.clone);
          const decision = what.startsWith('a rejection') ? 'reject' : 'approve';
          await note(at, commit, change(await ada.approve(repository, [commit], { decision })));
          return [NOTES, `${commit}:refs/heads/main`];
        },
        /did not sign|cannot be read/,
      ],
    ),
    [
      'that brings the key it was approved with',
      async (at) => {
        const commit = at.clone.commit('More approvers', { '.airlock/approvers': `ed25519 ${eve.publicKey}\n` });
        const next = evil(at);
        await at.approve([commit, next], { by: eve });
        return [NOTES, `${next}:refs/heads/main`];
      },
      /not trusted/,
    ],
    [
      'with a key that the same push introduces properly',
      async (at) => {
        const both = `ed25519 ${ada.publicKey}\ned25519 ${eve.publicKey}\n`;
        const commit = at.clone.commit('More approvers', { '.airlock/approvers': both });
        await at.approve([commit]);
        const next = evil(at);
        await at.approve([next], { by: eve });
        return [NOTES, `${next}:refs/heads/main`];
      },
      /not trusted/,
    ],
    [
      'that leaves nobody who may approve',
      async (at) => {
        const commit = at.clone.commit('Fewer', { '.airlock/approvers': '# nobody\n' });
        await at.approve([commit]);
        return [NOTES, `${commit}:refs/heads/main`];
      },
      /names no key/,
    ],
    ['a deletion of the default branch', async () => [':refs/heads/main'], /cannot be deleted/],
    [
      'a deletion of the receipts',
      async (at) => {
        await at.approve([at.base]);
        await at.push(NOTES);
        return [`:${RECEIPTS_REF}`];
      },
      /receipts cannot be deleted/,
    ],
    [
      'receipts that leave one out',
      async (at) => {
        await at.approve([at.base]);
        await at.push(NOTES);
        at.clone.git(['update-ref', '-d', RECEIPTS_REF]);
        await at.approve([at.base], { by: eve });
        return [NOTES];
      },
      /would be lost/,
    ],
    [
      'code in the place of a receipt',
      async (at) => {
        at.clone.git(['notes', '--ref=airlock', 'add', '-m', '#!/bin/sh', at.base]);
        return [NOTES];
      },
      /no receipt/,
    ],
  ];

  it.each(forgeries)('%s', async (_, run, why) => {
    const at = await server();
    await refused(at.push(...(await run(at))), why);
  });

  it('a history that cannot be followed', async () => {
    const { bare } = await server();
    const raw = bare.git(['cat-file', 'commit', 'main']).replace(/\nauthor/, `\nparent ${'ab'.repeat(20)}\nauthor`);
    const after = bare.git(['hash-object', '-t', 'commit', '-w', '--stdin'], `${raw}\n`);
    const line = { before: '0'.repeat(40), after, ref: 'refs/heads/x' };
    await refused(judgePush([line], await opened(bare)), /not in this repository|cannot be followed/);
  });
});

describe('a push that goes around in two steps is refused', () => {
  it('a forced update of the default branch', async () => {
    const at = await server();
    const commit = at.clone.commit('Good', { 'a.txt': 'good\n' });
    await at.approve([commit]);
    expect(await at.push(NOTES, `${commit}:refs/heads/main`)).toMatchObject({ ok: true });
    await refused(at.push(`${at.base}:refs/heads/main`), /would lose commits/);
    at.bare.git(['symbolic-ref', 'refs/heads/alias', 'refs/heads/main']);
    await refused(at.push(`${at.base}:refs/heads/alias`), /would lose commits/);
    at.bare.git(['config', 'airlock.allowForce', 'refs/heads/main']);
    expect(await at.push(`${at.base}:refs/heads/main`)).toMatchObject({ ok: true });
  });

  it('through a hidden reference that holds the commit already', async () => {
    const at = await server();
    const commit = evil(at);
    for (const ref of ['refs/pull/1/head', 'refs/airlock/remotes/x', 'refs/notes/commits', 'refs/hidden/x'])
      at.bare.git(['fetch', '-q', at.clone.folder, `${commit}:${ref}`]);
    await refused(at.push(`${commit}:refs/heads/main`), /approved by nobody/);
  });

  it('through the history of the receipts', async () => {
    const at = await server();
    const commit = evil(at);
    await at.approve([at.base]);
    const tree = at.clone.git(['rev-parse', `${RECEIPTS_REF}^{tree}`]);
    const laundered = at.clone.git(['commit-tree', '-p', RECEIPTS_REF, '-p', commit, '-m', 'x', tree]);
    await at.push(`${laundered}:${RECEIPTS_REF}`);
    await refused(at.push(`${commit}:refs/heads/main`), /approved by nobody/);
  });

  it('through a branch that is not judged', async () => {
    const at = await server();
    at.bare.git(['config', 'airlock.allowRef', 'refs/heads/wip/*']);
    const commit = evil(at);
    expect(await at.push(`${commit}:refs/heads/wip/x`)).toMatchObject({ ok: true });
    await refused(at.push(`${commit}:refs/heads/main`), /approved by nobody/);
  });

  it('through an old branch that still lists a key which was removed', async () => {
    const both = `ed25519 ${ada.publicKey}\ned25519 ${eve.publicKey}\n`;
    const at = await server(both);
    const removal = at.clone.commit('Without Eve', { '.airlock/approvers': `ed25519 ${ada.publicKey}\n` });
    await at.approve([removal]);
    expect(await at.push(NOTES, `${removal}:refs/heads/main`, `${at.base}:refs/heads/old`)).toMatchObject({ ok: true });
    at.clone.git(['checkout', '-q', '-B', 'old', at.base]);
    const commit = evil(at);
    await at.approve([commit], { by: eve });
    await refused(at.push(NOTES, `${commit}:refs/heads/old`), /not trusted/);
  });

  it('through a merge that brings an older list of approvers back unseen', async () => {
    const both = `ed25519 ${ada.publicKey}\ned25519 ${eve.publicKey}\n`;
    const at = await server(both);
    const removal = at.clone.commit('Without Eve', { '.airlock/approvers': `ed25519 ${ada.publicKey}\n` });
    await at.approve([removal]);
    expect(await at.push(NOTES, `${removal}:refs/heads/main`)).toMatchObject({ ok: true });
    const merge = at.clone.git(['commit-tree', '-p', at.base, '-p', removal, '-m', 'Merge', `${at.base}^{tree}`]);
    await at.approve([merge]);
    await refused(at.push(NOTES, `${merge}:refs/heads/main`), /older one/);
  });

  it('to an empty repository without configuration', async () => {
    const at = await server(null);
    await refused(at.push(`${evil(at)}:refs/heads/main`), /nobody is trusted/);
    at.bare.git(['config', 'airlock.approver', ada.publicKey]);
    at.bare.git(['update-ref', '-d', 'refs/heads/main']);
    const all = at.clone.git(['rev-list', '--reverse', 'HEAD']).split('\n');
    await refused(at.push('HEAD:refs/heads/main'), /approved by nobody/);
    await at.approve(all);
    expect(await at.push(NOTES, 'HEAD:refs/heads/main')).toMatchObject({ ok: true });
  });

  it('to a repository that has no identity', async () => {
    const at = await server();
    at.bare.git(['config', '--unset', 'airlock.repository']);
    await refused(at.push(`${evil(at)}:refs/heads/main`), /no identity/);
  });
});

describe('a push with valid approvals is taken', () => {
  it('with the receipts before it, in it, and with nothing new after it', async () => {
    const at = await server();
    const [first, second] = [at.clone.commit('One', { 'a.txt': '1\n' }), at.clone.commit('Two', { 'a.txt': '2\n' })];
    await at.approve([first]);
    expect(await at.push(NOTES)).toMatchObject({ ok: true, commits: [] });
    expect(await at.push(`${first}:refs/heads/main`)).toMatchObject({ ok: true });
    await at.approve([second]);
    await refused(at.push(`${second}:refs/heads/main`), /approved by nobody/);
    expect(await at.push(`${second}:refs/heads/main`, `${second}:refs/tags/v1`, NOTES)).toMatchObject({ ok: true });
    expect(await at.push(`${second}:refs/heads/again`, `${first}:refs/heads/x`)).toMatchObject({
      ok: true,
      commits: [],
    });
    expect(await at.push(':refs/heads/x')).toMatchObject({ ok: true });
  });

  it('by a new approver, in the push after the one that brings the key', async () => {
    const at = await server();
    const grace = human(2);
    const both = `ed25519 ${ada.publicKey}\ned25519 ${grace.publicKey}\n`;
    const commit = at.clone.commit('More approvers', { '.airlock/approvers': both });
    await at.approve([commit]);
    expect(await at.push(NOTES, `${commit}:refs/heads/main`)).toMatchObject({ ok: true });
    const next = at.clone.commit('Next', { 'a.txt': 'next\n' });
    await at.approve([next], { by: grace });
    expect(await at.push(NOTES, `${next}:refs/heads/main`)).toMatchObject({ ok: true });
  });

  it('of thousands of commits, and names only the first that are not approved', async () => {
    const at = await server();
    const commits = at.clone.series(2000);
    const { ok, problems, commits: verdicts } = await at.push('main:refs/heads/main');
    expect(ok).toBe(false);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toContain('1980 more');
    expect(verdicts).toHaveLength(commits.length);
  });
});
