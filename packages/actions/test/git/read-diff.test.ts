import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { diffPaths } from '../../src/index.js';

const ID = '1'.repeat(40);
const INDEX = `index ${ID}..${'2'.repeat(40)} 100644\n`;
const NAMES = '--- a/x\n+++ b/x\n';
const HUNK = '@@ -1 +1 @@\n-a\n+b\n';
const SECTION = `diff --git a/x b/x\n${INDEX}${NAMES}${HUNK}`;

describe(rules('LOC-090')`the paths of a diff are read from its headers`, () => {
  it.each([
    ['nothing', '', []],
    ['one file', SECTION, ['x']],
    ['two files', SECTION + SECTION.replaceAll(/([ab])\/x/g, '$1/y'), ['x', 'y']],
    [
      'a file that moves',
      `diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\nindex ${ID}..${ID} 100644\n`,
      ['x', 'y'],
    ],
    [
      'content that looks like headers',
      SECTION + '+++ b/z\n--- a/z\n rename to z\n\\ No newline at end of file\n',
      ['x'],
    ],
    ['other ends of lines in content', SECTION + '+a\rdiff --git a/z b/z\u2028rename to z\n', ['x']],
    ['blanks and quotes', 'diff --git "a/x b/\\"\\\\\\n" "b/x b/\\"\\\\\\n"\nnew file mode 100644\n', ['x b/"\\\n']],
  ])('%s', (_, diff, paths) => {
    expect(diffPaths(diff)).toEqual(paths);
  });

  it.each([
    ['text in front', `Subject: x\n${SECTION}`],
    ['text behind', `${SECTION}x\n`],
    ['text between', `${SECTION}x\n${SECTION}`],
    ['an unsigned line in a hunk', SECTION.replace('-a\n', 'a\n')],
    ['a mail signature of another kind', `${SECTION}# x\n`],
    ['two names in one header', SECTION.replace('b/x', 'b/y')],
    ['another name before', SECTION.replace('--- a/x', '--- a/y')],
    ['another name afterwards', SECTION.replace('+++ b/x', '+++ b/y')],
    ['another name of a move', `diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to z\n`],
    ['a move without its names', `diff --git a/x b/y\n${INDEX}`],
    ['a copy', `diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n`],
    ['names without prefix', SECTION.replaceAll(/[ab]\/x/g, 'x')],
    ['a name with a blank that is not in quotes', SECTION.replaceAll(/([ab])\/x/g, '$1/x y')],
    ['a quote that does not end', SECTION.replace('a/x', '"a/x')],
    ['an escape that is none', SECTION.replace('a/x', '"a/\\x41"').replace('b/x', '"b/\\x41"')],
    ['a combined diff', SECTION.replace('--git a/x b/x', '--cc x')],
    ['names alone', NAMES + HUNK],
    ['git’s words for binary files', `diff --git a/x b/x\n${INDEX}Binary files a/x and b/x differ\n`],
    ['a binary patch', `diff --git a/x b/x\n${INDEX}GIT binary patch\nliteral 1\nIcmZ\n`],
    ['a tail behind the header', SECTION.replace('a/x b/x\n', 'a/x b/x \n')],
    ['an empty line', `\n${SECTION}`],
  ])('%s: not in our form', (_, diff) => {
    expect(diffPaths(diff)).toBeNull();
  });

  it('a name of a megabyte takes no time', () => {
    expect(diffPaths(`diff --git "a/${'\\303'.repeat(250_000)} b/x\n`)).toBeNull();
    expect(diffPaths(`diff --git ${'a/x '.repeat(250_000)}\n`)).toBeNull();
  });
});
