import { rules } from '@airlock/conformance';
import { airlockActionSchema } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import {
  type DisplayCard,
  displayCard,
  type GitCommit,
  gitCommitAction,
  gitDiff,
  type GitPushFacts,
  gitPushAction,
  type RefUpdate,
} from '../../src/index.js';
import { changed, file, link, program, type Row, submodule } from '../support/git-changes.js';
import { actionOf } from '../support/git-context.js';

const [TREE, ONE, TWO, BASE, SIDE] = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
  string,
];
const AUTHOR = 'A U Thor <author@example.com> 1700000000 +0100';
const COMMITTER = 'C O Mitter <committer@example.com> 1700000001 +0100';
const REQUEST = 'req-00000000-0000-4000-8000-000000000000';
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
const PAIRING = {
  enforcerLabel: 'Airlock',
  workspaceName: 'widgets',
  assurance: 'verified',
  capabilities: [],
} as const;

const diffOf = (...rows: Row[]) => {
  const { changes, blobs } = changed(...rows);
  return gitDiff(changes, blobs);
};
const commit = (members: Partial<GitCommit> = {}): GitCommit => ({
  id: ONE,
  tree: TREE,
  parents: [BASE],
  author: AUTHOR,
  committer: COMMITTER,
  message: 'Fix it\n\nBecause.\n',
  diff: diffOf(['src/a.ts', file('a\n'), file('b\n')]),
  ...members,
});
const ref = (members: Partial<RefUpdate> = {}): RefUpdate => ({
  ref: 'refs/heads/main',
  before: BASE,
  after: TWO,
  isForced: false,
  ...members,
});
const cardOf = (commits: readonly GitCommit[], refs: readonly RefUpdate[] = [ref()]) =>
  displayCard(actionOf(gitCommitAction({ repository: 'example.com/a/b', commits, refs })), PAIRING);
const pushCard = (members: Partial<GitPushFacts> = {}) =>
  displayCard(
    actionOf(
      gitPushAction({
        repository: 'example.com/a/b',
        commits: [commit()],
        refs: [ref()],
        remote: { name: 'origin', url: 'https://example.com/a/b.git' },
        ...members,
      }),
    ),
    PAIRING,
  );
const rowsOf = (fields: DisplayCard['computed']) =>
  fields.map(({ label, values }) => [label, values.map(({ text }) => text).join(' | ')]);
const filesOf = (...rows: Row[]) =>
  cardOf([commit({ diff: diffOf(...rows) })])
    .computed.find(({ label }) => label.includes('files'))
    ?.values.map(({ text }) => text);

describe(rules('APPR-170', 'ART-130')`the card of a batch of commits`, () => {
  const batch = [commit(), commit({ id: TWO, parents: [ONE, SIDE], message: 'Merge', diff: '' })];

  it('counts the commits and keeps each apart', () => {
    const rows = rowsOf(cardOf(batch).computed);
    expect(
      rows.slice(
        0,
        rows.findIndex(([label]) => label === 'Kind'),
      ),
    ).toEqual([
      ['Repository', 'example.com/a/b'],
      ['References', `update refs/heads/main from ${BASE} to ${TWO}`],
      ['Number of commits', '2'],
      ['Commit 1 of 2', ONE],
      ['Commit 1 of 2: tree', TREE],
      ['Commit 1 of 2: parent', BASE],
      ['Commit 1 of 2: author', AUTHOR],
      ['Commit 1 of 2: committer', COMMITTER],
      ['Commit 1 of 2: files', 'changed: src/a.ts'],
      ['Commit 1 of 2: change', commit().diff.replaceAll('\n', '\\n{1}')],
      ['Commit 2 of 2', TWO],
      ['Commit 2 of 2: tree', TREE],
      ['Commit 2 of 2: parents (a merge; the change is against the first)', `${ONE} | ${SIDE}`],
      ['Commit 2 of 2: author', AUTHOR],
      ['Commit 2 of 2: committer', COMMITTER],
      ['Commit 2 of 2: change', 'none'],
    ]);
  });

  it('takes messages for claims', () => {
    const { computed, claimed } = cardOf(batch);
    expect(rowsOf(claimed).slice(0, 2)).toEqual([
      ['Commit 1 of 2: message', 'Fix it\\n{2}Because.\\n{1}'],
      ['Commit 2 of 2: message', 'Merge'],
    ]);
    expect(JSON.stringify(computed)).not.toContain('Because.');
  });

  it('says in short where they go', () => {
    expect(rowsOf(cardOf(batch).essence)).toEqual(rowsOf(cardOf(batch).computed).slice(0, 3));
  });

  it('of a root commit has no parent', () => {
    const labels = cardOf([commit({ parents: [] })]).computed.map(({ label }) => label);
    expect(labels.filter((label) => label.includes('parent'))).toEqual([]);
  });

  it.each([
    ['no ids', undefined],
    ['ids of something else', { 'airlock.commits': [ONE, 'x'] }],
  ])('with %s says so and shows what there is', (_, extensions) => {
    const { extensions: _own, ...content } = gitCommitAction({ repository: 'r', commits: batch, refs: [ref()] });
    const card = displayCard(actionOf({ ...content, ...(extensions === undefined ? {} : { extensions }) }), PAIRING);
    expect(rowsOf(card.computed)).toContainEqual(['Commit 1 of 2', 'without an id']);
    expect(JSON.stringify(card).includes('airlock.commits')).toBe(extensions !== undefined);
  });

  it('a diff of another kind is shown and said to be one', () => {
    const rows = rowsOf(cardOf([commit({ diff: '--- x\n+++ y\n' })]).computed);
    expect(rows).toContainEqual(['Commit 1 of 1: files', 'not in our form: read the change']);
    expect(rows).toContainEqual(['Commit 1 of 1: change', '--- x\\n{1}+++ y\\n{1}']);
  });
});

describe(rules('APPR-170', 'ART-135')`what happens to each file`, () => {
  it.each<[string, Row[], string[]]>([
    ['a new one', [['a', null, file('x\n')]], ['new: a']],
    ['a new program', [['a', null, program('x\n')]], ['new, program: a']],
    ['a removed one', [['a', file('x\n'), null]], ['removed: a']],
    ['a changed program', [['a', program('x\n'), program('y\n')]], ['changed, program: a']],
    ['one that becomes a program', [['a', file('x\n'), program('x\n')]], ['changed, file becomes program: a']],
    ['a new link', [['a', null, link('/etc')]], ['new, symbolic link: a']],
    ['a file that becomes a link', [['a', file('x'), link('x')]], ['removed: a', 'new, symbolic link: a']],
    ['a submodule', [['a', submodule(ONE), submodule(TWO)]], ['changed, submodule: a']],
    [
      'a moved one',
      [
        ['a', file('x'), null],
        ['b', null, file('x')],
      ],
      ['renamed from: a', 'renamed to: b'],
    ],
    ['a binary one', [['a', null, file('\0')]], ['new, content not shown: a']],
    ['a pointer', [['a', null, file(POINTER)]], ['new, pointer to content that Git LFS keeps elsewhere: a']],
    ['letters of any script', [['größe', null, file('')]], ['new: größe']],
    ['a name that runs backwards', [['\u202ea', null, file('')]], ['new: \\u{202E}a']],
    ['a name with a line feed', [['a\nnew: b', null, file('')]], ['new: a\\n{1}new: b']],
    ['a name that is no text', [['raw:\xff', null, file('')]], ['new: \\\\377']],
  ])('%s', (_, rows, expected) => {
    expect(filesOf(...rows)).toEqual(expected);
  });
});

describe(rules('APPR-170')`the card of a push`, () => {
  it('names remote and references first', () => {
    expect(
      rowsOf(pushCard({ refs: [ref({ isForced: true }), ref({ ref: 'refs/tags/v1', after: null })] }).essence),
    ).toEqual([
      ['Repository', 'example.com/a/b'],
      ['Remote', 'origin'],
      ['Remote URL', 'https://example.com/a/b.git'],
      ['References', `force refs/heads/main from ${BASE} to ${TWO} | delete refs/tags/v1 at ${BASE}`],
      ['Number of commits', '1'],
    ]);
  });

  it('says which commits are not shown again', () => {
    const rows = rowsOf(pushCard({ commits: [commit({ diff: `approved before: ${REQUEST}` })] }).computed);
    expect(rows).toContainEqual(['Commit 1 of 1: change not shown, approved before', REQUEST]);
    expect(rows.map(([label]) => label)).not.toContain('Commit 1 of 1: change');
  });

  it.each([{ name: 'origin' }, { name: 'origin', url: 'x', evil: 'y' }, 'origin'])(
    'a remote of another form is shown whole: %j',
    (remote) => {
      const content = gitPushAction({
        repository: 'r',
        commits: [commit()],
        refs: [ref()],
        remote: { name: 'a', url: 'b' },
      });
      const card = displayCard(
        actionOf({ ...content, extensions: { ...content.extensions, 'airlock.remote': remote } }),
        PAIRING,
      );
      expect(rowsOf(card.computed)).toContainEqual(['Extension', 'airlock.remote']);
    },
  );
});

describe(rules('APPR-170')`marks`, () => {
  it.each<[string, Row[], string[]]>([
    ['an ordinary change', [['a', file('x\n'), file('  \n\n\n\n y\n')]], []],
    ['a submodule', [['a', null, submodule(ONE)]], ['submodule']],
    ['a link', [['a', null, link('/etc')]], ['symbolic-link']],
    ['a mode', [['a', file('x\n'), program('x\n')]], ['mode-change']],
    ['a new program', [['a', null, program('x\n')]], ['mode-change']],
    ['a pointer', [['a', null, file(POINTER)]], ['lfs-pointer']],
    ['a pointer that changes', [['a', file(POINTER), file(POINTER.replace('aaa', 'bbb'))]], ['lfs-pointer']],
    ['talk about pointers', [['a', null, file('see version https://git-lfs.github.com/spec/v1\n')]], []],
    ['a path that leaves', [['../a', null, file('')]], ['outside-workspace']],
    ['a path into the repository', [['a/.GIT/config', null, file('')]], ['outside-workspace']],
    ['a character nobody sees', [['a', null, file('x\u200b\n')]], ['invisible', 'non-ascii']],
    ['a name that runs backwards', [['\u202ea', null, file('')]], ['bidi', 'invisible', 'non-ascii']],
    ['an escape', [['a', null, file('\u001b[2J\n')]], ['control', 'terminal-escape']],
  ])('%s', (_, rows, marks) => {
    expect(cardOf([commit({ diff: diffOf(...rows) })]).marks).toEqual(marks);
  });

  it('a merge', () => expect(cardOf([commit({ parents: [BASE, SIDE] })]).marks).toEqual(['merge']));
  it('a message that runs backwards', () => {
    expect(cardOf([commit({ message: 'a\u202eb\n' })]).marks).toEqual(['bidi', 'invisible', 'non-ascii']);
  });
  it('references', () => {
    const refs = [ref({ isForced: true }), ref({ ref: 'refs/tags/v1', after: null })];
    expect(cardOf([commit()], refs).marks).toEqual(['forced-reference', 'deleted-reference']);
  });
});

describe(rules('ART-145', 'ART-135')`the notice of content that is not shown`, () => {
  const hidden = diffOf(['a', null, file('\0')]);
  const noticesOf = (diff: string) =>
    actionOf(gitCommitAction({ repository: 'r', commits: [commit(), commit({ id: TWO, diff })], refs: [ref()] }))
      .notices;

  it.each<[string, string, string[] | undefined]>([
    ['a binary file', hidden, ['content-not-shown']],
    ['a binary file behind others', commit().diff + hidden, ['content-not-shown']],
    ['everything shown', commit().diff, undefined],
    ['a file that says so itself', diffOf(['a', null, file('content not shown: x\n')]), undefined],
    ['a moved binary file', diffOf(['a', file('\0'), null], ['b', null, file('\0')]), undefined],
  ])('%s', (_, diff, notices) => {
    expect(noticesOf(diff)).toEqual(notices);
  });

  it('stands beside those that are given, and is on the card in words', () => {
    const content = gitCommitAction({ repository: 'r', commits: [commit({ diff: hidden })], refs: [ref()] });
    const action = actionOf(content, ['same-host', 'command-approved']);
    expect(action.notices).toEqual(['command-approved', 'content-not-shown', 'same-host']);
    expect(displayCard(action, PAIRING).notices.join('\n')).toMatch(/approved before[\s\S]*Content not shown/);
  });

  it('commits of a wrong form are refused', () => {
    const content: any = { ...gitCommitAction({ repository: 'r', commits: [commit()], refs: [ref()] }), commits: [{}] };
    expect(() => actionOf(content)).toThrow(expect.objectContaining({ code: 'action_invalid' }));
    expect(() => actionOf({ ...content, commits: 'x' })).toThrow(expect.objectContaining({ code: 'action_invalid' }));
  });
});

it(rules('INV-16')`nothing in a batch can change unseen`, () => {
  const action = actionOf(
    gitPushAction({
      repository: 'r',
      commits: [commit(), commit({ id: TWO, parents: [ONE], diff: `approved before: ${REQUEST}` })],
      refs: [ref()],
      remote: { name: 'origin', url: 'u' },
    }),
  );
  const texts: any[] = [];
  const collect = (value: any, put: (next: unknown) => unknown): void => {
    if (typeof value === 'string')
      texts.push(put(value.endsWith('1') ? `${value.slice(0, -1)}2` : `${value.slice(0, -1)}1`));
    else if (typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) {
        collect(member, (next) =>
          put(Array.isArray(value) ? value.with(Number(key), next) : { ...value, [key]: next }),
        );
      }
    }
  };
  collect(action, (next) => next);
  const card = JSON.stringify(displayCard(action, PAIRING));
  const changes = texts.map((each) => airlockActionSchema.safeParse(each)).filter(({ success }) => success);
  for (const { data } of changes)
    if (data !== undefined) expect(JSON.stringify(displayCard(data, PAIRING))).not.toBe(card);
  expect(changes.length).toBeGreaterThan(25);
});
