import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gitDiff } from '../../src/index.js';
import { bytesOf, changed, type Entry, file, link, program, type Row, submodule } from '../support/git-changes.js';

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const ENVIRONMENT = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

let folder = '';
const git = (args: readonly string[], input: string | Uint8Array = '') =>
  execFileSync('git', args, { cwd: folder, input, env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] }).toString();

/** The tree that git makes of entries. */
function treeOf(entries: readonly (readonly [string, Entry])[]): string {
  const lines = entries.map(([path, { mode, content }]) => {
    const id = mode === '160000' ? String(content) : git(['hash-object', '-w', '--stdin'], bytesOf(content)).trim();
    return `${mode} ${id}\t${path}\0`;
  });
  git(['read-tree', '--empty']);
  git(['update-index', '-z', '--index-info'], lines.join(''));
  return git(['write-tree']).trim();
}

/** Puts our diff on the old tree with git, and compares with the new tree. */
function expectAgreement(rows: readonly Row[]): void {
  const side = (at: 1 | 2) => rows.flatMap((row) => (row[at] === null ? [] : [[row[0], row[at]] as const]));
  const expected = treeOf(side(2));
  git(['read-tree', treeOf(side(1))]);
  const { changes, blobs } = changed(...rows);
  const diff = gitDiff(changes, blobs);
  if (diff !== '') git(['apply', '--cached', '--whitespace=nowarn', '-'], diff);
  expect(git(['write-tree']).trim()).toBe(expected);
}

requiresProgram('git')(rules('ART-130')`git applies our diff and gets the tree`, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'airlock-git-diff-'));
    git(['init', '-q']);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<[string, Row[]]>([
    ['a changed file', [['a', file('a\nb\nc\n'), file('a\nx\nc\n')]]],
    ['no line feed at the end', [['a', file('a'), file('a\nb')]]],
    ['CRLF', [['a', file('a\r\nb\r\n'), file('a\nb\r\n')]]],
    ['an empty file that is new', [['a', null, file('')]]],
    ['an empty file that goes', [['a', file(''), null]]],
    ['an empty file that is filled', [['a', file(''), program('x\n')]]],
    ['only a mode', [['a', file('x\n'), program('x\n')]]],
    ['mode and content', [['a', program('x\n'), file('y\n')]]],
    ['a link that is new', [['a', null, link('../b')]]],
    ['a link that changes', [['a', link('b'), link('c')]]],
    ['file to link', [['a', file('x\n'), link('b')]]],
    ['link to file', [['a', link('b'), program('x\n')]]],
    ['file to submodule', [['a', file('x\n'), submodule(ONE)]]],
    ['a submodule that moves on', [['a', submodule(ONE), submodule(TWO)]]],
    [
      'moved files',
      [
        ['old/a', file('same\n'), null],
        ['old/b', file('same\n'), null],
        ['c', null, file('same\n')],
      ],
    ],
    [
      'folder to file',
      [
        ['a/b', file('x\n'), null],
        ['a', null, file('y\n')],
      ],
    ],
    [
      'file to folder',
      [
        ['a', file('x\n'), null],
        ['a/b', null, file('y\n')],
      ],
    ],
    [
      'names that have to be quoted',
      ['a b', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'ä', '\u202e', '\x7f\x01', 'x b/x', ' ', 'dir\t/--- c'].map(
        (name): Row => [name, file('1\n'), file('2\n')],
      ),
    ],
    [
      'a quoted name that moves',
      [
        ['a b', file('x\n'), null],
        ['c\n', null, file('x\n')],
      ],
    ],
    ['an empty file with a name of two', [['x b/x', null, file('')]]],
    ['content that looks like headers', [['a', file('-- a/x\n'), file('++ b/x\ndiff --git a/b b/b\n@@ -1 +1 @@\n')]]],
    ['one long line', [['a', file('x'.repeat(200_000)), file(`${'x'.repeat(200_000)}y`)]]],
  ])('%s', (_, rows) => expectAgreement(rows));

  const content = fc
    .array(fc.constantFrom('a\n', 'b\n', '\n', '+\n', '--- a\n', 'c\r\n', 'd'), { maxLength: 12 })
    .map((lines) => lines.join(''));
  const entry = fc.option(
    fc.tuple(fc.constantFrom(file, program), content).map(([make, text]) => make(text)),
    { nil: null },
  );
  const row = fc.tuple(fc.constantFrom('a', 'b c', 'ü', 'd/e', 'd/f', 'g"'), entry, entry).map((each): Row => each);

  it('whatever text files change', () => {
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ([path]) => path, minLength: 1 }), (rows) => {
        expectAgreement(rows.filter(([, one, other]) => JSON.stringify(one) !== JSON.stringify(other)));
      }),
      { numRuns: 12 },
    );
  });
});
