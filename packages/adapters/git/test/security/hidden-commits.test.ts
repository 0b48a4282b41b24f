import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gitFolder, type GitFolder } from '../support/git-folder.js';
import { opened } from '../support/opened.js';

/** A history on `main`, of which the second commit is to be hidden from the third. */
function history(...options: readonly string[]): { readonly at: GitFolder; readonly ids: readonly string[] } {
  const at = gitFolder(...options);
  return { at, ids: ['first', 'evil', 'next', 'last'].map((name) => at.commit(name, { [name]: name })) };
}

const objectFile = ({ folder }: GitFolder, id: string) => join(folder, '.git/objects', id.slice(0, 2), id.slice(2));

interface Attack {
  readonly name: string;
  readonly hide: (at: GitFolder, ids: readonly string[]) => Readonly<Record<string, string>> | void;
}

const ATTACKS: readonly Attack[] = [
  {
    name: 'a replace ref that takes the evil commit out of the history',
    hide: (at, [first = '', , next = '']) => void at.git(['replace', '--graft', next, first]),
  },
  {
    name: 'a replace ref below another base',
    hide(at, [first = '', , next = '']) {
      at.git(['replace', '--graft', next, first]);
      at.git(['update-ref', `refs/mine/${next}`, at.git(['rev-parse', `refs/replace/${next}`])]);
      return { GIT_REPLACE_REF_BASE: 'refs/mine/' };
    },
  },
  {
    name: 'a graft',
    hide: (at, [first, , next]) => writeFileSync(join(at.folder, '.git/info/grafts'), `${next} ${first}\n`),
  },
  {
    name: 'a graft from the environment',
    hide(at, [first, , next]) {
      writeFileSync(join(at.folder, '.git/mine'), `${next} ${first}\n`);
      return { GIT_GRAFT_FILE: '.git/mine' };
    },
  },
  {
    name: 'a clone that says it is shallow',
    hide: (at, [, , next]) => writeFileSync(join(at.folder, '.git/shallow'), `${next}\n`),
  },
  {
    name: 'a shallow file from the environment',
    hide(at, [, , next]) {
      writeFileSync(join(at.folder, '.git/mine'), `${next}\n`);
      return { GIT_SHALLOW_FILE: '.git/mine' };
    },
  },
  {
    name: 'a commit graph that was made with a graft',
    hide(at, [first, , next]) {
      at.git(['config', 'core.commitGraph', 'true']);
      at.git(['commit-graph', 'write', '--reachable']);
      const file = join(at.folder, '.git/objects/info/commit-graph');
      writeFileSync(file, lyingGraph(readFileSync(file), next ?? '', first ?? ''), { flag: 'w' });
    },
  },
  {
    name: 'a commit graph that is noise',
    hide(at) {
      at.git(['commit-graph', 'write', '--reachable']);
      const file = join(at.folder, '.git/objects/info/commit-graph');
      rmSync(file);
      writeFileSync(file, 'noise');
    },
  },
  {
    name: 'configuration of the command line that turns the commit graph on',
    hide: () => ({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.commitGraph', GIT_CONFIG_VALUE_0: 'true' }),
  },
];

/** The graph with the first parent of a commit changed to another commit. */
function lyingGraph(graph: Buffer, commit: string, parent: string): Buffer {
  const chunk = (name: string) => {
    for (let at = 8; ; at += 12) {
      if (graph.toString('latin1', at, at + 4) === name) return Number(graph.readBigUInt64BE(at + 4));
    }
  };
  const names = chunk('OIDL');
  const positionOf = (id: string) => (graph.indexOf(Buffer.from(id, 'hex'), names) - names) / 20;
  graph.writeUInt32BE(positionOf(parent), chunk('CDAT') + positionOf(commit) * 36 + 20);
  return graph;
}

describe('a commit cannot be hidden by what is stored beside the objects', () => {
  it.each(ATTACKS)('$name', async ({ hide }) => {
    const { at, ids } = history();
    const environment = hide(at, ids) ?? {};
    const { repository } = await opened(at, environment);
    const [first = '', evil = '', next = '', last = ''] = ids;
    expect(await repository.newCommits([last], { revisions: [first] })).toEqual([evil, next, last]);
    expect(await repository.commitsOf(`${first}..${last}`)).toEqual([evil, next, last]);
    expect(await repository.newCommits([last], { revisions: [] })).toEqual(ids);
    expect(await repository.isAncestor(evil, last)).toBe(true);
    expect(await repository.isAncestor(last, first)).toBe(false);
  });

  it('the attacks work on git itself', () => {
    const { at, ids } = history();
    const [first = '', , next = '', last = ''] = ids;
    at.git(['replace', '--graft', next, first]);
    expect(at.git(['rev-list', '--count', `${first}..${last}`])).toBe('2');
  });

  it('a lying commit graph works on git itself', () => {
    const { at, ids } = history();
    ATTACKS.find(({ name }) => name.startsWith('a commit graph that was'))?.hide(at, ids);
    expect(at.git(['rev-list', '--count', `${ids[0] ?? ''}..${ids[3] ?? ''}`])).toBe('2');
  });

  it('an object with the content of another one is no object', async () => {
    const { at, ids } = history();
    const [first = '', evil = '', last = ''] = ids;
    const content = inflateSync(readFileSync(objectFile(at, last)))
      .toString('latin1')
      .replace(evil, first);
    rmSync(objectFile(at, last));
    writeFileSync(objectFile(at, last), deflateSync(Buffer.from(content, 'latin1')));
    const { repository } = await opened(at);
    await expect(repository.newCommits([last], { revisions: [first] })).rejects.toMatchObject({
      code: 'object_damaged',
    });
    await expect(repository.commits([last])).rejects.toMatchObject({ code: 'object_damaged' });
  });

  it('a tree or a blob with the content of another one is refused', async () => {
    const { at, ids } = history();
    const [, evil = ''] = ids;
    const { repository } = await opened(at);
    const commit = (await repository.commits([evil])).get(evil)!;
    const blob = at.git(['rev-parse', `${evil}:evil`]);
    rmSync(objectFile(at, blob));
    writeFileSync(objectFile(at, blob), deflateSync(Buffer.from('blob 4\0good')));
    await expect(repository.changesOf(commit)).rejects.toMatchObject({ code: 'object_damaged' });
  });

  it('a branch that names a missing commit knows nothing', async () => {
    const { at, ids } = history();
    mkdirSync(join(at.folder, '.git/refs/heads'), { recursive: true });
    writeFileSync(join(at.folder, '.git/refs/heads/broken'), `${'1'.repeat(40)}\n`);
    writeFileSync(join(at.folder, '.git/refs/heads/noise'), 'noise\n');
    at.git(['update-ref', '-d', 'refs/heads/main']);
    const { repository } = await opened(at);
    expect(await repository.newCommits([ids[3] ?? ''], { revisions: ['--branches'] })).toEqual(ids);
  });
});

describe('history that is not there', () => {
  it('a shallow clone: new commits are found, what lies below is refused', async () => {
    const { at } = history();
    const clone = gitFolder();
    clone.git(['fetch', '-q', '--depth=1', `file://${at.folder}`, 'main:refs/remotes/origin/main']);
    clone.git(['checkout', '-q', '-b', 'work', 'refs/remotes/origin/main']);
    const next = clone.commit('next', { n: 'n' });
    const { repository } = await opened(clone);
    expect(await repository.newCommits([next], { revisions: ['--remotes'] })).toEqual([next]);
    await expect(repository.newCommits([next], { revisions: [] })).rejects.toMatchObject({ code: 'objects_missing' });
    const [boundary = ''] = clone.git(['rev-parse', 'refs/remotes/origin/main']).split('\n');
    const commit = (await repository.commits([boundary])).get(boundary)!;
    await expect(repository.changesOf(commit)).rejects.toMatchObject({
      code: 'objects_missing',
      fix: expect.stringContaining('git fetch --unshallow'),
    });
  });

  it('a partial clone fetches nothing by itself', async () => {
    const { at, ids } = history();
    at.git(['config', 'uploadpack.allowFilter', 'true']);
    const clone = gitFolder();
    clone.git(['clone', '-q', '--no-checkout', '--filter=blob:none', `file://${at.folder}`, 'partial']);
    const partial = { ...clone, folder: join(clone.folder, 'partial') };
    const { repository } = await opened(partial);
    const commit = (await repository.commits([ids[1] ?? ''])).get(ids[1] ?? '')!;
    await expect(repository.changesOf(commit)).rejects.toMatchObject({
      code: expect.stringMatching(/objects_missing|git_failed/),
    });
  });
});

describe('repositories with other ids', () => {
  it('sha256', async () => {
    const { at, ids } = history('--object-format=sha256');
    const { repository } = await opened(at);
    expect(repository.zeroId).toBe('0'.repeat(64));
    expect(await repository.newCommits([ids[2] ?? ''], { revisions: [ids[0] ?? ''] })).toEqual(ids.slice(1, 3));
    const commit = (await repository.commits([ids[1] ?? ''])).get(ids[1] ?? '')!;
    const { changes, blobs } = await repository.changesOf(commit);
    expect(changes.map(({ path }) => Buffer.from(path).toString())).toEqual(['evil']);
    expect([...blobs.values()].map(({ bytes }) => Buffer.from(bytes ?? []).toString())).toEqual(['evil']);
  });
});
