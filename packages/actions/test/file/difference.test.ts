import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDifference } from '../../src/file/apply-difference.js';
import { difference, linesOf } from '../../src/file/difference.js';

const numbered = (count: number, change: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: count }, (_, index) => change[index + 1] ?? `line ${index + 1}\n`).join('');

describe(rules('ART-130')`the diff of a file`, () => {
  it.each([
    ['nothing changed', 'a\n', 'a\n', ''],
    ['both empty', '', '', ''],
    ['one line', 'a\n', 'b\n', '@@ -1 +1 @@\n-a\n+b\n'],
    ['filled', '', 'a\nb\n', '@@ -0,0 +1,2 @@\n+a\n+b\n'],
    ['emptied', 'a\nb\n', '', '@@ -1,2 +0,0 @@\n-a\n-b\n'],
    ['only the newline at the end', 'a', 'a\n', '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n'],
    ['no newline any more', 'a\n', 'a', '@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n'],
    ['no newline before and after', 'a\nb', 'x\nb', '@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n'],
    ['CRLF to LF', 'a\r\nb\r\n', 'a\nb\r\n', '@@ -1,2 +1,2 @@\n-a\r\n+a\n b\r\n'],
    [
      'a lone CR is content',
      'a\rb',
      'a\rc',
      '@@ -1 +1 @@\n-a\rb\n\\ No newline at end of file\n+a\rc\n\\ No newline at end of file\n',
    ],
    ['other line separators are content', 'a\u2028b\n', 'a\u2028c\n', '@@ -1 +1 @@\n-a\u2028b\n+a\u2028c\n'],
    ['NUL', 'a\0\n', 'a\n', '@@ -1 +1 @@\n-a\0\n+a\n'],
    ['letters that look the same', 'pay\n', 'p\u0430y\n', '@@ -1 +1 @@\n-pay\n+p\u0430y\n'],
    ['composed and decomposed', '\u00e9\n', 'e\u0301\n', '@@ -1 +1 @@\n-\u00e9\n+e\u0301\n'],
    ['a byte order mark', 'a\n', '\ufeffa\n', '@@ -1 +1 @@\n-a\n+\ufeffa\n'],
    ['white space at the end', 'a\n', 'a \n', '@@ -1 +1 @@\n-a\n+a \n'],
    [
      'content that looks like a diff',
      '-- a\n++ b\n@@ -1 +1 @@\n\\ No newline at end of file\n',
      '@@ -1 +1 @@\n\\ No newline at end of file\nx',
      '@@ -1,4 +1,3 @@\n--- a\n-++ b\n @@ -1 +1 @@\n \\ No newline at end of file\n+x\n\\ No newline at end of file\n',
    ],
    [
      'three lines around a change',
      numbered(9),
      numbered(9, { 5: 'x\n' }),
      '@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-line 5\n+x\n line 6\n line 7\n line 8\n',
    ],
  ])('%s', (_, before, after, expected) => {
    expect(difference(before, after)).toBe(expected);
    expect(applyDifference(before, expected)).toBe(after);
  });

  it.each([
    ['join where the lines between are all shown', 8, 1],
    ['stand apart where some are not', 9, 2],
  ])('two changes %s', (_, second, hunks) => {
    const diff = difference(numbered(20), numbered(20, { 1: 'x\n', [second]: 'y\n' }));
    expect(diff.match(/^@@/gm)).toHaveLength(hunks);
    expect(applyDifference(numbered(20), diff)).toBe(numbered(20, { 1: 'x\n', [second]: 'y\n' }));
  });

  const piece = fc.constantFrom(
    'a',
    'b',
    '\n',
    '\n',
    '\r',
    '\r\n',
    '\0',
    ' ',
    '+',
    '-',
    '@@ -1 +1 @@',
    '\\ No newline at end of file',
    '\u202e',
    'é',
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

  it('makes the text after of the text before, whatever they are', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applyDifference(before, difference(before, after))).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });

  it('names each change: what is shown as removed was there, and nothing else makes another text', () => {
    fc.assert(
      fc.property(text, text, text, (before, one, other) => {
        fc.pre(one !== other);
        expect(difference(before, one)).not.toBe(difference(before, other));
      }),
      { numRuns: 1000 },
    );
  });

  it('shows all lines where an edit is too long to be searched for', () => {
    const before = `same\n${numbered(2000)}end\n`;
    const after = `same\n${numbered(2000).replaceAll('line', 'row')}end\n`;
    const diff = difference(before, after);
    expect(linesOf(diff).filter((line) => line.startsWith('-'))).toHaveLength(2000);
    expect(linesOf(diff).filter((line) => line.startsWith('+'))).toHaveLength(2000);
    expect(applyDifference(before, diff)).toBe(after);
  });

  it('is quick where nothing is alike, and with a line of a megabyte', () => {
    const started = performance.now();
    difference(numbered(200_000), numbered(200_000).replaceAll('line', 'row'));
    difference(`${'a'.repeat(1 << 20)}\n`, `${'a'.repeat((1 << 20) - 1)}b\n`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a diff that does not fit', () => {
  const BEFORE = 'a\nb\nc\n';
  it.each([
    ['another removed line', '@@ -1 +1 @@\n-x\n+y\n'],
    ['another context line', '@@ -1,2 +1,2 @@\n x\n-b\n+y\n'],
    ['too few lines', '@@ -1,2 +1 @@\n-a\n+y\n'],
    ['too many lines', '@@ -1 +1 @@\n-a\n-b\n+y\n'],
    ['another place', '@@ -1 +2 @@\n-a\n+y\n'],
    ['hunks in the wrong order', '@@ -3 +3 @@\n-c\n+y\n@@ -1 +1 @@\n-a\n+x\n'],
    ['beyond the end', '@@ -4 +4 @@\n-d\n+y\n'],
    ['a line without a sign', '@@ -1 +1 @@\n-a\n+y\nb\n'],
    ['no header', '-a\n+y\n'],
    ['a missing newline that is there', '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+y\n'],
    ['a marker for nothing', '@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+y\n'],
  ])('%s', (_, diff) => {
    expect(applyDifference(BEFORE, diff)).toBeNull();
  });
});
