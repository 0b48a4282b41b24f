import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { type Blob, diffTells, gitDiff, type TreeChange } from '../../src/index.js';
import {
  blobId,
  bytesOf,
  changed,
  type Entry,
  file,
  link,
  program,
  type Row,
  submodule,
} from '../support/git-changes.js';

const ZERO = '0'.repeat(40);
const ONE = '1'.repeat(40);
const TWO = '2'.repeat(40);
const idOf = (content: string | Uint8Array) => blobId(bytesOf(content));
const BINARY = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0);
const LATIN1 = Uint8Array.of(0x61, 0xe4, 0x0a);
const AT_LIMIT = 'x'.repeat(256 * 1024);

describe(rules('ART-130')`the diff of a commit`, () => {
  it.each<[string, Row[], string]>([
    ['nothing', [], ''],
    [
      'a changed file',
      [['src/a.ts', file('a\n'), file('b\n')]],
      `diff --git a/src/a.ts b/src/a.ts\nindex ${idOf('a\n')}..${idOf('b\n')} 100644\n` +
        '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-a\n+b\n',
    ],
    [
      'a new file without a line feed at its end',
      [['a', null, file('x')]],
      `diff --git a/a b/a\nnew file mode 100644\nindex ${ZERO}..${idOf('x')}\n` +
        '--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n',
    ],
    [
      'a new empty file',
      [['a', null, file('')]],
      `diff --git a/a b/a\nnew file mode 100644\nindex ${ZERO}..${idOf('')}\n`,
    ],
    [
      'a removed file',
      [['a', program('x\r\n'), null]],
      `diff --git a/a b/a\ndeleted file mode 100755\nindex ${idOf('x\r\n')}..${ZERO}\n` +
        '--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\r\n',
    ],
    [
      'only the mode',
      [['a', file('x\n'), program('x\n')]],
      `diff --git a/a b/a\nold mode 100644\nnew mode 100755\nindex ${idOf('x\n')}..${idOf('x\n')}\n`,
    ],
    [
      'mode and content',
      [['a', file('x\n'), program('y\n')]],
      `diff --git a/a b/a\nold mode 100644\nnew mode 100755\nindex ${idOf('x\n')}..${idOf('y\n')}\n` +
        '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n',
    ],
    [
      'a file that becomes a link',
      [['a', file('x\n'), link('/etc/passwd')]],
      `diff --git a/a b/a\ndeleted file mode 100644\nindex ${idOf('x\n')}..${ZERO}\n` +
        '--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n' +
        `diff --git a/a b/a\nnew file mode 120000\nindex ${ZERO}..${idOf('/etc/passwd')}\n` +
        '--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n',
    ],
    [
      'a file that becomes a link without another byte',
      [['a', file('/x'), link('/x')]],
      `diff --git a/a b/a\ndeleted file mode 100644\nindex ${idOf('/x')}..${ZERO}\n` +
        '--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-/x\n\\ No newline at end of file\n' +
        `diff --git a/a b/a\nnew file mode 120000\nindex ${ZERO}..${idOf('/x')}\n` +
        '--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+/x\n\\ No newline at end of file\n',
    ],
    [
      'a submodule that moves on',
      [['lib', submodule(ONE), submodule(TWO)]],
      `diff --git a/lib b/lib\nindex ${ONE}..${TWO} 160000\n` +
        `--- a/lib\n+++ b/lib\n@@ -1 +1 @@\n-Subproject commit ${ONE}\n+Subproject commit ${TWO}\n`,
    ],
    [
      'a folder that becomes a submodule',
      [
        ['lib/a', file(''), null],
        ['lib', null, submodule(ONE)],
      ],
      `diff --git a/lib b/lib\nnew file mode 160000\nindex ${ZERO}..${ONE}\n` +
        `--- /dev/null\n+++ b/lib\n@@ -0,0 +1 @@\n+Subproject commit ${ONE}\n` +
        `diff --git a/lib/a b/lib/a\ndeleted file mode 100644\nindex ${idOf('')}..${ZERO}\n`,
    ],
    [
      'files that only move, in the order of their names',
      [
        ['old/2', file('same\n'), null],
        ['old/1', file('same\n'), null],
        ['new/b', null, file('same\n')],
        ['new/c', null, program('same\n')],
        ['new/a', null, file('same\n')],
      ],
      `diff --git a/old/1 b/new/a\nsimilarity index 100%\nrename from old/1\nrename to new/a\nindex ${idOf('same\n')}..${idOf('same\n')} 100644\n` +
        `diff --git a/old/2 b/new/b\nsimilarity index 100%\nrename from old/2\nrename to new/b\nindex ${idOf('same\n')}..${idOf('same\n')} 100644\n` +
        `diff --git a/new/c b/new/c\nnew file mode 100755\nindex ${ZERO}..${idOf('same\n')}\n--- /dev/null\n+++ b/new/c\n@@ -0,0 +1 @@\n+same\n`,
    ],
  ])('%s', (_, rows, expected) => {
    const { changes, blobs } = changed(...rows);
    expect(gitDiff(changes, blobs)).toBe(expected);
    expect(diffTells(expected, changes, blobs)).toBe(true);
  });

  it('does not depend on the order of the changes', () => {
    const { changes, blobs } = changed(['b', null, file('1')], ['a', null, file('2')], ['B', null, file('3')]);
    expect(gitDiff([...changes].reverse(), blobs)).toBe(gitDiff(changes, blobs));
    expect(
      gitDiff(changes, blobs)
        .match(/^diff --git .*$/gm)
        ?.map((line) => line.at(-1)),
    ).toEqual(['B', 'a', 'b']);
  });

  it('has ids of SHA-256 repositories', () => {
    const change: TreeChange = { path: bytesOf('a'), before: null, after: { mode: '100644', id: 'c'.repeat(64) } };
    const diff = gitDiff([change], new Map([['c'.repeat(64), { size: 0, bytes: bytesOf('') }]]));
    expect(diff).toBe(`diff --git a/a b/a\nnew file mode 100644\nindex ${'0'.repeat(64)}..${'c'.repeat(64)}\n`);
  });
});

describe(rules('ART-135')`content that is not shown`, () => {
  const notShown = (content: string | Uint8Array, mode = '100644') =>
    `content not shown: ${idOf(content)} ${mode} ${bytesOf(content).length}\n`;

  it.each<[string, Entry | null, Entry | null, string]>([
    [
      'a new binary file',
      null,
      file(BINARY),
      `new file mode 100644\nindex ${ZERO}..${idOf(BINARY)}\n${notShown(BINARY)}`,
    ],
    [
      'a text with a NUL in it',
      null,
      file('text\0\n'),
      `new file mode 100644\nindex ${ZERO}..${idOf('text\0\n')}\n${notShown('text\0\n')}`,
    ],
    [
      'a new file in another encoding',
      null,
      file(LATIN1),
      `new file mode 100644\nindex ${ZERO}..${idOf(LATIN1)}\n${notShown(LATIN1)}`,
    ],
    [
      'a removed binary program',
      program(BINARY),
      null,
      `deleted file mode 100755\nindex ${idOf(BINARY)}..${ZERO}\n${notShown(BINARY, '100755')}`,
    ],
    [
      'a binary file that changes: the old and the new one',
      file(BINARY),
      file(LATIN1),
      `index ${idOf(BINARY)}..${idOf(LATIN1)} 100644\n${notShown(BINARY)}${notShown(LATIN1)}`,
    ],
    [
      'a binary file of which only the mode changes',
      file(BINARY),
      program(BINARY),
      `old mode 100644\nnew mode 100755\nindex ${idOf(BINARY)}..${idOf(BINARY)}\n`,
    ],
    [
      'one byte above 256 KiB',
      null,
      file(`${AT_LIMIT}x`),
      `new file mode 100644\nindex ${ZERO}..${idOf(`${AT_LIMIT}x`)}\n${notShown(`${AT_LIMIT}x`)}`,
    ],
    [
      'a link whose target is no text',
      null,
      { mode: '120000', content: LATIN1 },
      `new file mode 120000\nindex ${ZERO}..${idOf(LATIN1)}\n${notShown(LATIN1, '120000')}`,
    ],
  ])('%s', (_, before, after, expected) => {
    const { changes, blobs } = changed(['a', before, after]);
    const diff = gitDiff(changes, blobs);
    expect(diff).toBe(`diff --git a/a b/a\n${expected}`);
    expect(diffTells(diff, changes, blobs)).toBe(true);
  });

  it('256 KiB are shown', () => {
    const { changes, blobs } = changed(['a', null, file(AT_LIMIT)]);
    expect(gitDiff(changes, blobs)).toContain(`+${AT_LIMIT}\n`);
  });

  it('a text that becomes binary is shown once more; a binary file that becomes text is shown whole', () => {
    const there = changed(['a', file('text\n'), file(BINARY)]);
    expect(gitDiff(there.changes, there.blobs)).toBe(
      `diff --git a/a b/a\ndeleted file mode 100644\nindex ${idOf('text\n')}..${ZERO}\n--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-text\n` +
        `diff --git a/a b/a\nnew file mode 100644\nindex ${ZERO}..${idOf(BINARY)}\n${notShown(BINARY)}`,
    );
    const back = changed(['a', file(BINARY), file('text\n')]);
    expect(gitDiff(back.changes, back.blobs)).toContain('\n+text\n');
  });

  it('a file cannot forge the line', () => {
    const { changes, blobs } = changed(['a', null, file(notShown(BINARY))]);
    expect(gitDiff(changes, blobs)).toContain('\n+content not shown: ');
  });
});

describe(rules('ART-130')`a change that cannot be true`, () => {
  const entry = { mode: '100644', id: ONE } as const;
  const path = bytesOf('a');
  const blobs = new Map<string, Blob>([[ONE, { size: 1, bytes: bytesOf('1') }]]);
  it.each<[string, TreeChange[]]>([
    ['a missing blob', [{ path, before: null, after: { mode: '100644', id: TWO } }]],
    ['a short id', [{ path, before: null, after: { mode: '100644', id: '1111111' } }]],
    ['ids of two kinds', [{ path, before: { mode: '100644', id: '1'.repeat(64) }, after: entry }]],
    [
      'a path twice',
      [
        { path, before: null, after: entry },
        { path, before: entry, after: null },
      ],
    ],
    ['no change', [{ path, before: entry, after: entry }]],
    ['nothing before and after', [{ path, before: null, after: null }]],
    ['no name', [{ path: bytesOf(''), before: null, after: entry }]],
    ['a NUL in a name', [{ path: bytesOf('a\0'), before: null, after: entry }]],
  ])('%s', (_, changes) => {
    expect(() => gitDiff(changes, blobs)).toThrow(expect.objectContaining({ code: 'action_invalid' }));
    expect(() => diffTells('', changes, blobs)).toThrow(expect.objectContaining({ code: 'action_invalid' }));
  });

  it.each<[string, Blob]>([
    ['another size than its bytes', { size: 2, bytes: bytesOf('1') }],
    ['no bytes though it is short', { size: 1, bytes: null }],
  ])('a blob with %s', (_, blob) => {
    const change: TreeChange = { path, before: null, after: entry };
    expect(() => gitDiff([change], new Map([[ONE, blob]]))).toThrow(
      expect.objectContaining({ code: 'action_invalid' }),
    );
  });
});
