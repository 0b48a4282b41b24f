import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { explainPattern, matchCommandLine } from '../../src/index.js';

const approves = (pattern: string, command: string): boolean =>
  matchCommandLine(pattern, { command, shell: 'sh' }).approve;
const line = (pattern: string, start: string): string =>
  explainPattern(pattern)
    .find((one) => one.startsWith(start))
    ?.slice(start.length) ?? '';

const PIPED = 'It may read the output of another approved command: `… | ` before it.';
const NEVER_PIPED = 'It never matches behind `|`: what it reads there could decide what it does.';
const CLOSING = [
  'A line of several commands (`&&` `||` `;` `|`) is approved only if every one of them matches a pattern.',
  'Never approved: `$` and other expansions, `*`, `~/`, `&`, redirections other than 2>&1, 1>&2, >/dev/null and 2>/dev/null, assignments, `cd`.',
];

describe(rules('ENF-170', 'ENF-175')`what a pattern says of itself`, () => {
  it.each([
    [
      'npm test',
      [
        'Matches: npm test',
        'Nothing else: no word more, no word less, in this order.',
        'Does not match: npm test --help',
        NEVER_PIPED,
        ...CLOSING,
      ],
    ],
    [
      'grep \'a b\' "" c',
      [
        "Matches: grep 'a b' '' c",
        'Nothing else: no word more, no word less, in this order.',
        "Does not match: grep 'a b' '' c --help",
        PIPED,
        ...CLOSING,
      ],
    ],
    ['echo *', ['Matches: echo', 'Also with any words behind it; `echo` only prints them.', PIPED, ...CLOSING]],
    [
      'pwd',
      [
        'Matches: pwd',
        'Also with these behind it: -L -P',
        'Does not match: pwd --output=file · pwd /etc · pwd ../other · pwd ~/notes',
        PIPED,
        ...CLOSING,
      ],
    ],
    [
      'true',
      [
        'Matches: true',
        'Does not match: true --output=file · true /etc · true ../other · true ~/notes',
        PIPED,
        ...CLOSING,
      ],
    ],
    [
      'git log -n',
      [
        'Matches: git log -n',
        'Nothing else: no word more, no word less, in this order.',
        'Does not match: git log -n --help',
        NEVER_PIPED,
        ...CLOSING,
      ],
    ],
    [
      'bash x',
      [
        'Refused: `bash` is a shell.',
        'Write the complete command, word by word. Shells, and programs that are given as text, are never patterns.',
      ],
    ],
    [
      'git *x',
      [
        'Refused: it is no simple command as Airlock reads them: expansion `*`.',
        'A pattern is the words of one simple command, optionally followed by ` *`.',
      ],
    ],
  ])('%j', (pattern, lines) => {
    expect(explainPattern(pattern)).toEqual(lines);
  });

  it.each(['git status', 'git log', 'git diff', 'git show', 'git branch', 'git remote', 'ls', 'pwd'])(
    '%s: its examples are true',
    (pattern) => {
      const flags = line(pattern, 'Also with these behind it: ').split(' ');
      for (const flag of flags) expect(approves(pattern, `${pattern} ${flag}`), flag).toBe(true);
      const refusals = line(pattern, 'Does not match: ').split(' · ');
      expect(refusals).toHaveLength(4);
      for (const refusal of refusals) expect(approves(pattern, refusal.replace('~/', "'~/'")), refusal).toBe(false);
    },
  );

  it('names numbers and revisions where there are some', () => {
    expect(line('git log', 'Also with these behind it: ').split(' ')).toEqual(
      expect.arrayContaining(['-5', '-n5', '--max-count=5', '--stat']),
    );
    expect(line('git diff', 'Also with these behind it: ').split(' ')).not.toContain('-5');
    expect(line('git status', 'Also with these behind it: ').split(' ').slice(0, 2)).toEqual(['-s', '-b']);
    expect(line('git diff', 'Also with revisions and relative paths behind it: ')).toBe(
      'HEAD~1, main, src/index.ts, -- src',
    );
    expect(line('git status', 'Also with relative paths behind it: ')).toBe('src, -- src/index.ts');
    expect(line('git status', 'Also with revisions')).toBe('');
    expect(line('git branch', 'Also with relative')).toBe('');
    for (const word of ['HEAD~1', 'main', 'src/index.ts', '-- src'])
      expect(approves('git diff', `git diff ${word}`)).toBe(true);
    for (const word of ['src', '-- src/index.ts']) expect(approves('git status', `git status ${word}`)).toBe(true);
  });
});
