import { execFileSync } from 'node:child_process';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Repository } from '../../src/index.js';
import { ENVIRONMENT, gitFolder, type GitFolder } from '../support/git-folder.js';
import { opened } from '../support/opened.js';

const hex = (path: Uint8Array) => Buffer.from(path).toString('latin1');

/** Changes of the commit that `HEAD` is now, as lines of git's own raw form. */
async function changed(at: GitFolder, repository: Repository): Promise<readonly string[]> {
  const id = at.git(['rev-parse', 'HEAD']);
  const commit = (await repository.commits([id])).get(id)!;
  const { changes } = await repository.changesOf(commit);
  const zero = '0'.repeat(40);
  return changes.map(
    ({ path, before, after }) =>
      `:${before?.mode ?? '000000'} ${after?.mode ?? '000000'} ${before?.id ?? zero} ${after?.id ?? zero} ${hex(path)}`,
  );
}

/** What git says, without the letter for the kind of change. */
function byGit(at: GitFolder): readonly string[] {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', '--no-commit-id', '--root', 'HEAD'];
  const words = execFileSync('git', args, { cwd: at.folder, env: ENVIRONMENT, encoding: 'latin1' }).split('\0');
  const lines: string[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) {
    lines.push(`${(words[index] ?? '').slice(0, -2)} ${words[index + 1] ?? ''}`);
  }
  return lines.sort();
}

/** A commit of exactly these entries, through the index: also what no file system can hold. */
function commitEntries(at: GitFolder, entries: ReadonlyMap<string, readonly [mode: string, content: string]>): void {
  at.git(['read-tree', '--empty']);
  const lines = [...entries].map(([path, [mode, content]]) => {
    const id =
      mode === '160000'
        ? content
        : at.git(['hash-object', '-w', '--stdin', '--no-filters'], Buffer.from(content, 'latin1'));
    return `${mode} ${id}\t${path}\0`;
  });
  at.git(['update-index', '-z', '--index-info'], Buffer.from(lines.join(''), 'latin1'));
  at.git(['commit', '-q', '--allow-empty', '-m', 'commit']);
}

const GITLINK = '1'.repeat(40);
const NAME = fc.constantFrom('a', 'b', 'a.txt', 'a-b', 'a0', 'A', '\xff\xfe', ' ', '"', '-', 'é', '\t');
const PATH = fc.array(NAME, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const ENTRY = fc.oneof(
  fc.tuple(fc.constantFrom('100644', '100755', '120000'), fc.constantFrom('', '1', '2\n', '\xff\0')),
  fc.constant(['160000', GITLINK] as const),
);
const TREE = fc.array(fc.tuple(PATH, ENTRY), { maxLength: 6 }).map((pairs) => {
  const entries = new Map<string, readonly [string, string]>();
  // A path cannot be a file and a folder at once.
  for (const [path, entry] of pairs) {
    if ([...entries.keys()].every((other) => !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`))) {
      entries.set(path, entry);
    }
  }
  return entries;
});

describe(rules('ART-130')`what a commit changes`, () => {
  it('is what git says, for any two trees', async () => {
    await fc.assert(
      fc.asyncProperty(TREE, TREE, async (one, other) => {
        const at = gitFolder();
        const { repository } = await opened(at);
        for (const entries of [one, other]) {
          commitEntries(at, entries);
          expect([...(await changed(at, repository))].sort()).toEqual(byGit(at));
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  it.each([
    ['textconv', '*.txt diff=lie\n', ['diff.lie.textconv', 'echo lie']],
    ['an external diff', '*.txt diff=lie\n', ['diff.lie.command', 'echo lie']],
    ['-diff', '*.txt -diff\n', ['core.quotePath', 'false']],
    ['submodules that are to be ignored', '', ['diff.ignoreSubmodules', 'all']],
    ['a filter', '*.txt filter=lie\n', ['filter.lie.clean', 'echo lie']],
  ])('is not changed by %s', async (_, attributes, [name = '', value = '']) => {
    const at = gitFolder();
    at.commit('first', { 'a.txt': 'one\n' });
    at.git(['config', name, value]);
    commitEntries(
      at,
      new Map([
        ['a.txt', ['100644', 'two\n']],
        ['.gitattributes', ['100644', attributes]],
        ['sub', ['160000', GITLINK]],
      ]),
    );
    const { repository } = await opened(at);
    const lines = await changed(at, repository);
    expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['.gitattributes', 'a.txt', 'sub']);
  });

  it('a merge is told against its first parent', async () => {
    const at = gitFolder();
    at.commit('base', { base: '' });
    at.git(['checkout', '-q', '-b', 'side']);
    at.commit('side', { side: '' });
    at.git(['checkout', '-q', 'main']);
    at.commit('main', { main: '' });
    at.git(['merge', '-q', '--no-edit', 'side']);
    const { repository } = await opened(at);
    expect((await changed(at, repository)).map((line) => line.split(' ').at(-1))).toEqual(['side']);
  });

  it('three thousand files', async () => {
    const at = gitFolder();
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`d${index % 50}/f${index}`, `${index}\n`]),
    );
    at.commit('many', files);
    const { repository } = await opened(at);
    expect(await changed(at, repository)).toHaveLength(3000);
  });
});

describe(rules('ART-135')`contents`, () => {
  it('are read up to 256 KiB; above that only the size counts', async () => {
    const at = gitFolder();
    const [most, over] = [256 * 1024, 256 * 1024 + 1];
    at.commit('sizes', { most: 'x'.repeat(most), over: 'x'.repeat(over) });
    const { repository } = await opened(at);
    const id = at.git(['rev-parse', 'HEAD']);
    const { blobs } = await repository.changesOf((await repository.commits([id])).get(id)!);
    const sizes = [...blobs.values()].map(({ size, bytes }) => [size, bytes?.length ?? null]);
    expect(sizes.sort()).toEqual(
      [
        [most, most],
        [over, null],
      ].sort(),
    );
  });
});

describe('trees that git does not write', () => {
  const entry = (mode: string, name: string, id: string) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
  const blob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
  it.each<readonly [string, readonly Buffer[]]>([
    ['a name twice', [entry('100644', 'a', blob), entry('100755', 'a', blob)]],
    [
      'a file and a folder of one name',
      [
        entry('100644', 'a', blob),
        entry('100644', 'a.b', blob),
        entry('40000', 'a', '4b825dc642cb6eb9a060e54bf8d69288fbee4904'),
      ],
    ],
    ['names out of order', [entry('100644', 'b', blob), entry('100644', 'a', blob)]],
    ['a name with a slash', [entry('100644', 'a/b', blob)]],
    ['a mode of no kind', [entry('010644', 'a', blob)]],
    ['an end in the middle', [entry('100644', 'a', blob).subarray(0, 20)]],
  ])('%s: refused', async (_, entries) => {
    const at = gitFolder();
    at.git(['hash-object', '-w', '--stdin'], '');
    at.git(['hash-object', '-t', 'tree', '-w', '--stdin'], '');
    const tree = at.git(['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'], Buffer.concat(entries));
    const { repository } = await opened(at);
    const commit = { id: '', tree, parents: [], author: '', committer: '', message: '' };
    await expect(repository.changesOf(commit)).rejects.toMatchObject({ code: 'object_damaged' });
  });
});

describe('commits that cannot be shown', () => {
  it.each<readonly [string, (at: GitFolder) => string]>([
    [
      'a message that is not UTF-8',
      (at) => {
        const raw = at.git(['cat-file', 'commit', 'HEAD']).replace('first', '\xff');
        return at.git(['hash-object', '-t', 'commit', '-w', '--stdin'], Buffer.from(raw, 'latin1'));
      },
    ],
    [
      'a commit that says it has another encoding',
      (at) => at.git(['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit-tree', 'HEAD^{tree}', '-m', 'plain']),
    ],
  ])('%s', async (_, make) => {
    const at = gitFolder();
    at.commit('first');
    const id = make(at);
    const { repository } = await opened(at);
    await expect(repository.commits([id])).rejects.toMatchObject({ code: 'commit_not_text', fix: expect.any(String) });
  });
});
