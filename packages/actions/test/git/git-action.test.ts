import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import {
  approvedCommits,
  type GitCommit,
  type GitCommitFacts,
  type GitPushFacts,
  gitCommitAction,
  gitPushAction,
  type RefUpdate,
} from '../../src/index.js';
import { aCommand, actionOf } from '../support/git-context.js';

const [TREE, ONE, TWO, BASE] = ['1', '2', '3', '4'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const AUTHOR = 'A U Thor <author@example.com> 1700000000 +0100';

const commit = (id: string, parents: readonly string[], members: Partial<GitCommit> = {}): GitCommit => ({
  id,
  tree: TREE,
  parents,
  author: AUTHOR,
  committer: AUTHOR,
  message: 'x\n',
  diff: '',
  ...members,
});
const update = (members: Partial<RefUpdate> = {}): RefUpdate => ({
  ref: 'refs/heads/main',
  before: BASE,
  after: TWO,
  isForced: false,
  ...members,
});
const facts = (members: Partial<GitCommitFacts> = {}): GitCommitFacts => ({
  repository: 'example.com/a/b',
  commits: [commit(ONE, [BASE]), commit(TWO, [ONE], { diff: 'diff --git …' })],
  refs: [update()],
  ...members,
});
const pushFacts = (members: Partial<GitPushFacts> = {}): GitPushFacts => ({
  ...facts(),
  remote: { name: 'origin', url: 'https://example.com/a/b.git' },
  ...members,
});

describe(rules('ART-130')`the content of a commit action`, () => {
  it('names every commit, every reference and the ids', () => {
    expect(gitCommitAction(facts())).toEqual({
      kind: 'git-commit',
      actionType: 'git_commit',
      commandText: 'git commit refs/heads/main',
      description: 'Take new commits into branches',
      repository: 'example.com/a/b',
      commits: [
        { tree: TREE, parents: [BASE], author: AUTHOR, committer: AUTHOR, message: 'x\n', diff: '' },
        { tree: TREE, parents: [ONE], author: AUTHOR, committer: AUTHOR, message: 'x\n', diff: 'diff --git …' },
      ],
      refs: [`update refs/heads/main from ${BASE} to ${TWO}`],
      extensions: { 'airlock.commits': [ONE, TWO] },
    });
  });

  it('becomes a plaintext', () => {
    expect(actionOf(gitCommitAction(facts()))).toMatchObject({ kind: 'git-commit', repository: 'example.com/a/b' });
  });

  it.each<[string, Partial<RefUpdate>, string]>([
    ['create', { before: null }, `create refs/heads/main at ${TWO}`],
    ['update', {}, `update refs/heads/main from ${BASE} to ${TWO}`],
    ['force', { isForced: true }, `force refs/heads/main from ${BASE} to ${TWO}`],
    ['delete', { after: null }, `delete refs/heads/main at ${BASE}`],
    ['a letter of any script', { ref: 'refs/heads/größe' }, `update refs/heads/größe from ${BASE} to ${TWO}`],
  ])('a reference: %s', (_, members, line) => {
    expect(gitCommitAction(facts({ refs: [update(members)] })).refs).toEqual([line]);
  });

  it.each<[string, Partial<GitCommitFacts>]>([
    ['no repository', { repository: '' }],
    ['no commit', { commits: [] }],
    ['no reference', { refs: [] }],
    ['a reference twice', { refs: [update(), update({ isForced: true })] }],
    ['a reference with a blank', { refs: [update({ ref: 'refs/heads/a at b' })] }],
    ['a reference with a line feed', { refs: [update({ ref: 'refs/heads/a\n' })] }],
    ['a reference without a name', { refs: [update({ ref: '' })] }],
    ['a reference that stays', { refs: [update({ before: TWO })] }],
    ['a reference without objects', { refs: [update({ before: null, after: null })] }],
    ['a reference with a short id', { refs: [update({ after: '3333333' })] }],
    ['a commit twice', { commits: [commit(ONE, []), commit(ONE, [])] }],
    ['a child before its parent', { commits: [commit(TWO, [ONE]), commit(ONE, [BASE])] }],
    ['a commit that is its own parent', { commits: [commit(ONE, [ONE])] }],
    ['a short id', { commits: [commit('2222222', [])] }],
    ['ids of two kinds', { commits: [commit(ONE, ['4'.repeat(64)])] }],
    ['an author of two lines', { commits: [commit(ONE, [], { author: 'a\nb' })] }],
    ['a commit without its change', { commits: [commit(ONE, [], { diff: 'approved before: req-1' })] }],
  ])('refuses %s', (_, members) => {
    expect(() => gitCommitAction(facts(members))).toThrow(expect.objectContaining({ code: 'action_invalid' }));
  });
});

describe(rules('ART-130')`the content of a push action`, () => {
  it('has the remote too', () => {
    expect(gitPushAction(pushFacts())).toMatchObject({
      kind: 'git-push',
      actionType: 'git_push',
      commandText: 'git push origin refs/heads/main',
      extensions: {
        'airlock.commits': [ONE, TWO],
        'airlock.remote': { name: 'origin', url: 'https://example.com/a/b.git' },
      },
    });
  });

  it('may have no commit', () => {
    const refs = [update({ after: null }), update({ ref: 'refs/tags/v1', isForced: true })];
    expect(gitPushAction(pushFacts({ commits: [], refs }))).toMatchObject({
      commandText: 'git push --force --delete origin refs/heads/main refs/tags/v1',
      commits: [],
      extensions: { 'airlock.commits': [] },
    });
  });

  it.each([
    'https://user@example.com:8443/a',
    'git@example.com:a/b.git',
    '/srv/git:x@y',
    'ssh://git@example.com/a:b@c',
  ])('takes the remote %s', (url) => {
    expect(gitPushAction(pushFacts({ remote: { name: 'origin', url } })).extensions).toMatchObject({
      'airlock.remote': { url },
    });
  });

  it.each([
    ['no name', { name: '', url: 'x' }],
    ['no URL', { name: 'origin', url: '' }],
    ['a password', { name: 'origin', url: 'https://user:secret@example.com/a' }],
  ])('refuses a remote with %s', (_, remote) => {
    expect(() => gitPushAction(pushFacts({ remote }))).toThrow(expect.objectContaining({ code: 'action_invalid' }));
  });
});

describe(rules('ART-130')`the commits that an approval covers`, () => {
  const before = 'approved before: req-00000000-0000-4000-8000-000000000000';

  it('are all of a commit action', () => {
    expect(approvedCommits(actionOf(gitCommitAction(facts())))).toEqual(
      facts().commits.map((each) => ({ ...each, repository: 'example.com/a/b' })),
    );
  });

  it('are those of a push whose change was shown', () => {
    const commits = [commit(ONE, [BASE], { diff: before }), commit(TWO, [ONE])];
    const action = actionOf(gitPushAction(pushFacts({ commits })));
    expect(approvedCommits(action).map(({ id }) => id)).toEqual([TWO]);
  });

  it('are none of a commit action that leaves the change out', () => {
    const content = gitCommitAction(facts());
    const action = actionOf({ ...content, commits: content.commits.map((each) => ({ ...each, diff: before })) });
    expect(approvedCommits(action)).toEqual([]);
  });

  it.each<[string, Record<string, unknown> | undefined]>([
    ['no ids', undefined],
    ['too few ids', { 'airlock.commits': [ONE] }],
    ['too many ids', { 'airlock.commits': [ONE, TWO, BASE] }],
    ['an id twice', { 'airlock.commits': [ONE, ONE] }],
    ['an id that is none', { 'airlock.commits': [ONE, 'HEAD'] }],
    ['ids of another form', { 'airlock.commits': `${ONE} ${TWO}` }],
  ])('are none of an action with %s', (_, extensions) => {
    const { extensions: _own, ...content } = gitCommitAction(facts());
    expect(approvedCommits(actionOf({ ...content, ...(extensions === undefined ? {} : { extensions }) }))).toEqual([]);
  });

  it('are none of another kind of action', () => {
    expect(approvedCommits(aCommand())).toEqual([]);
  });
});
