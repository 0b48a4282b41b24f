import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { diffTells, gitDiff } from '../../src/index.js';
import { changed, file, link, program, type Row, submodule } from '../support/git-changes.js';

const [ONE, TWO] = ['1'.repeat(40), '2'.repeat(40)];
const OLD = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n';
const EVIL = 'a\nb\nc\nd\ne\nf\ng\nh\nevil()\nj\n';
const INNOCENT = OLD.replace('c\n', 'C\n');

const diffOf = (...rows: Row[]) => {
  const { changes, blobs } = changed(...rows);
  return gitDiff(changes, blobs);
};
const tells = (diff: string, ...rows: Row[]) => {
  const { changes, blobs } = changed(...rows);
  return diffTells(diff, changes, blobs);
};
const head = diffOf(['a', file(OLD), file(EVIL)]).split('@@')[0] ?? '';
const hunk = '@@ -6,5 +6,5 @@\n f\n g\n h\n-i\n+evil()\n j\n';

describe(rules('ART-130')`a diff that lies is found out`, () => {
  it('the true one is not', () => {
    expect(tells(head + hunk, ['a', file(OLD), file(EVIL)])).toBe(true);
  });

  it.each([
    ['an innocent change over an evil tree', diffOf(['a', file(OLD), file(INNOCENT)])],
    [
      'the header of the evil change over the hunks of an innocent one',
      head + diffOf(['a', file(OLD), file(INNOCENT)]).slice(head.length),
    ],
    ['no change at all', ''],
    ['a header without hunks', head],
    ['half a header', head.slice(0, 20)],
    ['a diff that a push leaves out', 'approved before: req-00000000-0000-4000-8000-000000000000'],
    ['content that is said not to be shown', head.replace(/---[\s\S]*/, `content not shown: ${ONE} 100644 3\n`)],
    [
      'a line less of context',
      head + hunk.replace(' f\n', '').replace('-6,5 +6,5', '-7,4 +7,4').replace('+evil()\n', '+evil()\n\n'),
    ],
    ['other lines of context', head + hunk.replace(' g\n', ' x\n')],
    ['a removed line that is another', head + hunk.replace('-i\n', '-x\n')],
    ['another place', head + hunk.replace('-6,5 +6,5', '-5,5 +5,5')],
    ['another place afterwards', head + hunk.replace('+6,5', '+7,5')],
    ['counts that are wrong', head + hunk.replace('-6,5', '-6,4')],
    ['the same hunk twice', head + hunk + hunk],
    ['text behind the hunks', `${head}${hunk}evil\n`],
    ['a comment in a hunk', head + hunk.replace('-i\n', '# harmless\n-i\n')],
    ['a heading behind the position', head + hunk.replace(' @@\n', ' @@ harmless()\n')],
    ['a section more', head + hunk + diffOf(['b', null, file('x\n')])],
    ['an empty line in between', `${head}\n${hunk}`],
    ['text in front', `Subject: harmless\n${head}${hunk}`],
    ['no line feed at the end', (head + hunk).slice(0, -1)],
    ['line feeds of another kind', (head + hunk).replaceAll('\n', '\r\n')],
    [
      'a line cut in two',
      head + hunk.replace('+evil()\n', '+ev\n\\ No newline at end of file\n+il()\n').replace('+6,5', '+6,6'),
    ],
    ['a position behind the end', `${head}${hunk}@@ -99,0 +99,0 @@\n`],
  ])('%s', (_, diff) => {
    expect(tells(diff, ['a', file(OLD), file(EVIL)])).toBe(false);
  });

  it.each<[string, Row, Row]>([
    ['another path', ['a', null, file('x\n')], ['b', null, file('x\n')]],
    ['a mode that runs', ['a', null, file('x\n')], ['a', null, program('x\n')]],
    ['a link instead of a file', ['a', null, file('x')], ['a', null, link('x')]],
    ['another submodule', ['a', null, submodule(ONE)], ['a', null, submodule(TWO)]],
    [
      'a file that says it is a submodule',
      ['a', null, file(`Subproject commit ${ONE}\n`)],
      ['a', null, submodule(ONE)],
    ],
    ['a change for a creation', ['a', file(''), file('x\n')], ['a', null, file('x\n')]],
    ['binary content that is another', ['a', null, file('a\0')], ['a', null, file('b\0')]],
  ])('%s', (_, shown, real) => {
    expect(tells(diffOf(shown), real)).toBe(false);
    expect(tells(diffOf(real), real)).toBe(true);
  });

  it('a renamed file whose content changes too', () => {
    const shown = diffOf(['old', file('x\n'), null], ['new', null, file('x\n')]);
    expect(tells(shown, ['old', file('x\n'), null], ['new', null, file('evil\n')])).toBe(false);
  });

  it('another edit than the shortest is as true', () => {
    const whole = OLD.replaceAll(/^/gm, '-').slice(0, -1) + EVIL.replaceAll(/^/gm, '+').slice(0, -1);
    expect(tells(`${head}@@ -1,10 +1,10 @@\n${whole}`, ['a', file(OLD), file(EVIL)])).toBe(true);
  });
});

describe(rules('ART-130')`content cannot forge a header`, () => {
  const forged = [
    'diff --git a/b b/b',
    'new file mode 100644',
    '--- a/b',
    '+++ b/b',
    '@@ -1 +1 @@',
    'content not shown: x',
    'approved before: req-1',
    '\rdiff --git a/b b/b',
    '\u2028diff --git a/b b/b',
    'rename to .husky/x',
    '\\ No newline at end of file',
  ];
  it.each([
    ['a file', file(forged.join('\n'))],
    ['a link', link(`${forged.join('\n')}\n`)],
  ])('of %s', (_, content) => {
    const lines = diffOf(['a', null, content]).split('\n').slice(6, -1);
    expect(lines.every((line) => line.startsWith('+') || line === '\\ No newline at end of file')).toBe(true);
    expect(lines.length).toBeGreaterThanOrEqual(forged.length);
  });

  it.each([
    'a\ndiff --git a/b b/b',
    'a b/a',
    'a\t',
    '"a"',
    'a\\',
    'a"',
    '../a',
    'a/./b',
    'a//b',
    '/a',
    'a/',
    '\u202ea',
    'a\r',
    '\x1b[2J',
    '\x7f',
  ])('nor can the name %j: it stands in quotes on one line', (path) => {
    const [first = ''] = diffOf([path, null, file('')]).split('\n');
    expect(first).toMatch(/^diff --git "a\/[ -~]*" "b\/[ -~]*"$/);
  });

  it('bytes that are no text stand as they are, each its own', () => {
    expect(diffOf(['raw:\xff\xc3', null, file('')])).toContain('"a/\\377\\303"');
    expect(diffOf(['raw:\xc3\xa4', null, file('')])).toContain('"a/\\303\\244"');
  });
});

describe(rules('ART-130')`large changes`, () => {
  it('thousands of files take a moment, not an hour', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index): Row => [`d/${index}`, file(`${index}\n`), file(`${index}!\n`)]);
    const { changes, blobs } = changed(...rows(8_000));
    const diff = gitDiff(changes, blobs);
    expect(diffTells(diff, changes, blobs)).toBe(true);
  }, 20_000);

  it('what no artifact can hold is refused, however many files there are', () => {
    const big = 'x'.repeat(200_000);
    const rows = Array.from({ length: 2_000 }, (_, index): Row => [`${index}`, null, file(`${index % 20}${big}`)]);
    const { changes, blobs } = changed(...rows);
    expect(() => gitDiff(changes, blobs)).toThrow(expect.objectContaining({ code: 'action_too_large' }));
  });

  it('2 MiB of moved files are told in a few lines', () => {
    const rows = Array.from({ length: 20 }, (_, index): Row[] => {
      const content = file(`${index}${'x'.repeat(200_000)}`);
      return [
        [`old/${index}`, content, null],
        [`new/${index}`, null, content],
      ];
    }).flat();
    expect(diffOf(...rows).length).toBeLessThan(5_000);
  });
});
