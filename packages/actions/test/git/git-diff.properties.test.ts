import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffPaths, diffTells, gitDiff, type TreeChange } from '../../src/index.js';
import { readDiff } from '../../src/git/read-diff.js';
import { changed, type Entry, file, link, program, type Row, submodule } from '../support/git-changes.js';

const piece = fc.constantFrom(
  'a\n',
  'b\n',
  '\n',
  'c',
  '\r\n',
  '@@ -1 +1 @@\n',
  '--- a/x\n',
  '+++ b/x\n',
  'diff --git a/x b/x\n',
  ' ',
  '\0',
  '\u202e',
  '\ufeff',
  'content not shown: x\n',
  '\\ No newline at end of file\n',
  'index 1..2\n',
  '-',
  '+',
  'ä',
);
const text = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  text.map(file),
  text.map(program),
  text.map(link),
  fc.uint8Array({ maxLength: 4 }).map(file),
  fc.constantFrom('1', '2', '3').map((digit) => submodule(digit.repeat(40))),
);
const path = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'a b',
    'a b/a',
    'b/a',
    '"a"',
    'a\n',
    'a\\n',
    '../a',
    'a/../b',
    '.git/config',
    'ä',
    '\u202e',
    'a\t',
    '/a',
    'a//b',
    'dev/null',
    'a\r',
  ),
  fc
    .uint8Array({ minLength: 1, maxLength: 4 })
    .map((bytes) => `raw:${Buffer.from(bytes.map((byte) => byte || 1)).toString('latin1')}`),
);
const nullable = fc.option(entry, { nil: null });
const keyOf = ([name, before, after]: Row) => JSON.stringify([name, sideKey(before), sideKey(after)]);
const sideKey = (side: Entry | null) => (side === null ? null : [side.mode, Buffer.from(side.content).toString('hex')]);
const isChange = ([, before, after]: Row) => JSON.stringify(sideKey(before)) !== JSON.stringify(sideKey(after));
const bytesOfPath = (name: string) =>
  (name.startsWith('raw:') ? Buffer.from(name.slice(4), 'latin1') : Buffer.from(name)).toString('hex');
const rows = fc.uniqueArray(
  fc
    .tuple(path, nullable, nullable)
    .map((each): Row => each)
    .filter(isChange),
  { selector: ([name]) => bytesOfPath(name), maxLength: 5 },
);
const listKey = (list: readonly Row[]) =>
  JSON.stringify(list.map((row) => keyOf([bytesOfPath(row[0]), row[1], row[2]])).sort());
const diffOf = (list: readonly Row[]) => {
  const { changes, blobs } = changed(...list);
  return gitDiff(changes, blobs);
};

describe(rules('ART-130', 'ART-135')`a diff, whatever changes`, () => {
  it('tells its changes', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const { changes, blobs } = changed(...list);
        expect(diffTells(gitDiff(changes, blobs), changes, blobs)).toBe(true);
      }),
    );
  });

  it('is that of no other changes, nor does it tell them', () => {
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        fc.pre(listKey(one) !== listKey(other));
        expect(diffOf(one)).not.toBe(diffOf(other));
        const { changes, blobs } = changed(...other);
        expect(diffTells(diffOf(one), changes, blobs)).toBe(false);
      }),
    );
  });

  const replaced = (list: readonly TreeChange[], at: number, change: Partial<TreeChange>) =>
    list.map((each, index) => (index === at ? { ...each, ...change } : each));

  it('tells nothing after any single change of path, mode, id or content', () => {
    fc.assert(
      fc.property(
        rows.filter((list) => list.length > 0),
        fc.nat(),
        entry,
        path,
        (list, pick, next, name) => {
          const at = pick % list.length;
          const { changes, blobs } = changed(...list);
          const diff = gitDiff(changes, blobs);
          const more = changed(['x', null, next], [name, null, next]);
          const all = new Map([...blobs, ...more.blobs]);
          const [fresh, named] = more.changes;
          const row = changes[at];
          const variants: Partial<TreeChange>[] = [
            { after: fresh?.after ?? null },
            { before: fresh?.after ?? null },
            { path: named?.path ?? Buffer.from('y') },
            { after: null },
            { before: null },
          ];
          for (const variant of variants) {
            const other = replaced(changes, at, variant);
            if (JSON.stringify(other[at]) === JSON.stringify(row) || !isValid(other)) continue;
            expect(diffTells(diff, other, all)).toBe(false);
          }
          expect(diffTells(diff, changes.toSpliced(at, 1), blobs)).toBe(false);
        },
      ),
    );
  });

  const isValid = (list: readonly TreeChange[]) =>
    new Set(list.map((each) => Buffer.from(each.path).toString('hex'))).size === list.length &&
    list.every(({ before, after }) => before?.id !== after?.id || before?.mode !== after?.mode);

  it('tells nothing after one character is put in, taken out or changed', () => {
    const insert = fc.constantFrom('', ' ', '\n', '+', '-', 'x', '\\', '0', '+x\n', '-x\n', ' \n', '@');
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat({ max: 2 }), insert, (list, pick, cut, put) => {
        const { changes, blobs } = changed(...list);
        const diff = gitDiff(changes, blobs);
        const at = pick % (diff.length + 1);
        const other = diff.slice(0, at) + put + diff.slice(at + cut);
        fc.pre(other !== diff && withoutNumbers(other) !== withoutNumbers(diff));
        expect(diffTells(other, changes, blobs)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  /** `-1` and `-01` are one number. */
  const withoutNumbers = (diff: string) => diff.replace(/^@@ .*$/gm, '@@');

  it('is read back', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const names = diffPaths(diffOf(list));
        const isText = (name: string) => !name.startsWith('raw:');
        for (const [name] of list.filter(([each]) => isText(each))) expect(names).toContain(name);
        expect(readDiff(diffOf(list))).not.toBeNull();
      }),
    );
  });
});
