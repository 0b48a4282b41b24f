import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { lexCommandLine } from '../../src/index.js';

const lex = (command: string, shell = 'bash') => lexCommandLine({ command, shell });

/** Words of each command; `|` before a command says that it is piped. */
const accepted: readonly [line: string, ...commands: string[][]][] = [
  ['git', ['git']],
  ['git status', ['git', 'status']],
  ['  git\t status \t', ['git', 'status']],
  ['git status\n', ['git', 'status']],
  ['a&&b', ['a'], ['b']],
  ['a||b', ['a'], ['b']],
  ['a;b', ['a'], ['b']],
  ['a|b', ['a'], ['|', 'b']],
  ['a | b | c; d | e && f', ['a'], ['|', 'b'], ['|', 'c'], ['d'], ['|', 'e'], ['f']],
  ['echo \'a; b && c | d\' "e > f # g"', ['echo', 'a; b && c | d', 'e > f # g']],
  ["echo '$(not run)' '`x`' '*?[]{}~^=#<>&()' '\"'", ['echo', '$(not run)', '`x`', '*?[]{}~^=#<>&()', '"']],
  ['echo "*?[]{}~^=#<>&();|" "\'"', ['echo', '*?[]{}~^=#<>&();|', "'"]],
  ['echo a"b"\'c\'d""', ['echo', 'abcd']],
  ['echo \'\' "" \'\'""', ['echo', '', '', '']],
  ['echo "a"\'b\'"c"', ['echo', 'abc']],
  ["echo 'a' 'b'", ['echo', 'a', 'b']],
  ["echo '\t'", ['echo', '\t']],
  ['git diff HEAD~1 a9~ Z~x', ['git', 'diff', 'HEAD~1', 'a9~', 'Z~x']],
  [
    'git log --format=%H a=b a_=b a-=b a.=b a= a=%',
    ['git', 'log', '--format=%H', 'a=b', 'a_=b', 'a-=b', 'a.=b', 'a=', 'a=%'],
  ],
  ["a x=y=z x='~' x=\"~/y\" x=''", ['a', 'x=y=z', 'x=~', 'x=~/y', 'x=']],
  [
    'a - -- --- + : , @ % . .. / ./x ../x /x %1 ,x :x',
    ['a', '-', '--', '---', '+', ':', ',', '@', '%', '.', '..', '/', './x', '../x', '/x', '%1', ',x', ':x'],
  ],
  ['./scripts/check.sh', ['./scripts/check.sh']],
  ['scripts/check.sh', ['scripts/check.sh']],
  ['/usr/bin/git status', ['/usr/bin/git', 'status']],
  ['g++ a', ['g++', 'a']],
  ['7z a', ['7z', 'a']],
  ['_x a', ['_x', 'a']],
  ['.x a', ['.x', 'a']],
  ['python3.11 x', ['python3.11', 'x']],
  ['a-b_c.D9 e', ['a-b_c.D9', 'e']],
  // Interpreters and wrappers are programs to the lexer; patterns decide about them.
  ['sudo git status', ['sudo', 'git', 'status']],
  ['bash x', ['bash', 'x']],
  // Reserved words and builtins are words like others behind the first one.
  ['echo if time cd eval export', ['echo', 'if', 'time', 'cd', 'eval', 'export']],
  ['echo 2 x', ['echo', '2', 'x']],
  ['pwd; true; false; echo; printf', ['pwd'], ['true'], ['false'], ['echo'], ['printf']],
  ["printf '%s %-10s %5s 100%%' a", ['printf', '%s %-10s %5s 100%%', 'a']],
  ['printf %s -v', ['printf', '%s', '-v']],
  ["/usr/bin/printf '[%d' 1", ['/usr/bin/printf', '[%d', '1']],
];

describe(rules('ENF-170', 'INV-28')`a line of simple commands`, () => {
  it.each(accepted)('%j', (line, ...commands) => {
    expect(lex(line)).toEqual({
      ok: true,
      commands: commands.map((words) =>
        words[0] === '|' ? { argv: words.slice(1), isPiped: true } : { argv: words, isPiped: false },
      ),
      hasRedirection: false,
    });
  });

  it.each([
    ['git status 2>&1', ['git', 'status']],
    ['git status 1>&2', ['git', 'status']],
    ['git status >/dev/null', ['git', 'status']],
    ['git status 2>/dev/null', ['git', 'status']],
    ['git 2>/dev/null status', ['git', 'status']],
    ['git >/dev/null 2>&1 status 1>&2', ['git', 'status']],
    ['git\t2>&1\tstatus', ['git', 'status']],
  ])('%j redirects', (line, argv) => {
    expect(lex(line)).toEqual({ ok: true, commands: [{ argv, isPiped: false }], hasRedirection: true });
  });

  it.each(['a 2>&1;b', 'a 2>&1|b', 'a >/dev/null&&b', 'a 2>/dev/null||b', 'a; b 1>&2', 'a 2>&1 && b'])(
    '%j redirects one of two commands',
    (line) => {
      expect(lex(line)).toMatchObject({ ok: true, hasRedirection: true, commands: [{ argv: ['a'] }, { argv: ['b'] }] });
    },
  );
});

type Refused = [line: string, reason: string, detail?: string | undefined];

const refused: readonly Refused[] = [
  ['', 'empty'],
  ['\n', 'empty'],
  [' \t ', 'empty'],
  ...[';', '|', '&&', '||', ';; x', '; a', '| a', '&& a', '|| a'].map(
    (line): Refused => [line, 'operator', /^(?:&&|\|\||;;|;|\|)/.exec(line)![0]],
  ),
  ...['a;', 'a |', 'a &&', 'a ||', 'a ; ', 'a && ;', 'a ; ; b', 'a || && b'].map((line): Refused => [line, 'operator']),
  ['a &', 'operator', '&'],
  ['a & b', 'operator', '&'],
  ['a&b', 'operator', '&b'],
  ['a &! b', 'operator', '&!'],
  ['a &| b', 'operator', '&|'],
  ['a |& b', 'operator', '|&'],
  ['a ;; b', 'operator', ';;'],
  ['a ;& b', 'operator', ';&'],
  ['a ;| b', 'operator', ';|'],
  ['a &&& b', 'operator', '&'],
  ['a ||| b', 'operator', '|'],
  ['a |; b', 'operator', ';'],
  ['a (b)', 'operator', '('],
  ['a ) b', 'operator', ')'],
  ['(a)', 'operator', '('],
  ['a() b', 'operator', '('],
  ['a\nb', 'operator', 'newline'],
  ['a\n\n', 'operator', 'newline'],
  ["a 'b\nc'", 'operator', 'newline'],
  ['\na', 'operator', 'newline'],
  ...['$x', 'a$x', '${x}', '$(x)', '`x`', '"$x"', '"`x`"', '"$(x)"'].map(
    (word): Refused => [`a ${word}`, 'expansion', word.includes('`') ? '`' : '$'],
  ),
  ...[
    '*',
    'a*',
    '?',
    '[a]',
    'a]',
    '{',
    '}',
    '{a,b}',
    '^',
    'HEAD^',
    '!',
    'a!',
    '"!"',
    "'!'",
    '~',
    '~/x',
    '=',
    '=ls',
  ].map((word): Refused => [`a ${word}`, 'expansion', /[*?[\]{}^!~=]/.exec(word)![0]]),
  ...['a:~', 'a=~', 'a=b:~x', 'a~~', '-~', '+~', '.~', '/~', '_~', "''~", '""~', "'a'~"].map(
    (word): Refused => [`a ${word}`, 'expansion', '~'],
  ),
  ...['a==b', 'a:=b', '+=b', '/=b', ',=b', '%=b', '@=b', "''=b", '""=b', "'a'=b", 'a~=b'].map(
    (word): Refused => [`a ${word}`, 'expansion', '='],
  ),
  ['a "b', 'quoting', '"'],
  ["a 'b", 'quoting', "'"],
  ["a b'", 'quoting', "'"],
  ['a "b\'', 'quoting', '"'],
  ['a \\', 'quoting', '\\'],
  ['a \\b', 'quoting', '\\'],
  ['a "\\b"', 'quoting', '\\'],
  ["a 'b\\'", 'quoting', '\\'],
  ["a 'b''c'", 'quoting', "''"],
  ["a ''''", 'quoting', "''"],
  ["a '''", 'quoting', "''"],
  ["a \"\"''''", 'quoting', "''"],
  ["'git' status", 'quoting', 'git'],
  ['"git" status', 'quoting', 'git'],
  ["g'i't status", 'quoting', 'git'],
  ["'git ' status", 'quoting', 'git '],
  ["'' status", 'quoting', ''],
  ["a; 'b'", 'quoting', 'b'],
  ...['>f', '> f', '>>f', '<f', '<<E', '<<<x', '<>f', '>|f', '>&1', '>&-', '<(x)', '>(x)', '<->'].map(
    (word): Refused => [`a ${word}`, 'redirection', word[0]],
  ),
  ...[
    '2>f',
    '2> f',
    '2>>f',
    '2>&-',
    '3>&1',
    '12>&1',
    '2>&1x',
    '2>&12',
    '2>&1>f',
    '2>/dev/nullx',
    '2>/dev/null/x',
    '1>/dev/null',
    'a2>&1',
    'a>/dev/null',
    '2>&2',
    '1>&1',
    '2 >f',
  ].map((word): Refused => [`a ${word}`, 'redirection', '>']),
  ...[
    '>/dev/nullx',
    '>/dev/null/../x',
    '>/dev/null"x"',
    ">/dev/null'x'",
    '>/dev/nul',
    '> /dev/null',
    '>/dev/null>f',
  ].map((word): Refused => [`a ${word}`, 'redirection', '>']),
  ['a &>f', 'redirection', '&>'],
  ['a &>/dev/null', 'redirection', '&>'],
  ['a &>>f', 'redirection', '&>'],
  ['2>&1 a', 'redirection', '2>&1'],
  ['>/dev/null', 'redirection', '>/dev/null'],
  ['a; 2>/dev/null b', 'redirection', '2>/dev/null'],
  ['a | 1>&2', 'redirection', '1>&2'],
  ['a # b', 'character', '#'],
  ['a#b', 'character', '#'],
  ['# a', 'character', '#'],
  ['a\rb', 'character', 'U+000D'],
  ['a \r', 'character', 'U+000D'],
  ['a\u0000', 'character', 'U+0000'],
  ['a \u001b[2K', 'character', 'U+001B'],
  ['a \u007f', 'character', 'U+007F'],
  ['a\u00a0b', 'character', 'U+00A0'],
  ["a 'é'", 'character', 'U+00E9'],
  ['a \u2028', 'character', 'U+2028'],
  ['\ufeffa', 'character', 'U+FEFF'],
  ['a \ud83d\ude00', 'character', 'U+D83D'],
  ['a=b', 'assignment', 'a=b'],
  ['A=1 git status', 'assignment', 'A=1'],
  ['a=', 'assignment', 'a='],
  ["a='b c' d", 'assignment', 'a=b c'],
  ['git; A=1 b', 'assignment', 'A=1'],
  ['./a=b c', 'assignment', './a=b'],
  ['-', 'reserved_word', '-'],
  ['- git status', 'reserved_word', '-'],
  ['a; time b', 'reserved_word', 'time'],
  ['a | if b', 'reserved_word', 'if'],
  ['a; cd b', 'builtin', 'cd'],
  ['. x', 'builtin', '.'],
  [': x', 'builtin', ':'],
  ...[
    '-x',
    '+x',
    '%1',
    '@x',
    ',x',
    ':x',
    'a:b',
    'a,b',
    'a@b',
    'a%',
    '..',
    '/',
    './',
    'a/',
    '/.',
    'a/.',
    './..',
    'a/..',
    '%',
    '+',
  ].map((word): Refused => [`${word} y`, 'character', word]),
  ['a; b/', 'character', 'b/'],
  ['a~b c', 'character', 'a~b'],
];

describe(rules('ENF-170', 'INV-28')`a line that is no list of simple commands`, () => {
  it.each(refused)('%j: %s', (line, reason, ...detail) => {
    const result = lex(line);
    expect(result).toMatchObject({ ok: false, reason });
    if (detail.length > 0) expect(result).toEqual({ ok: false, reason, detail: detail[0] });
    if (reason === 'empty') expect(result).toEqual({ ok: false, reason });
  });
});

const PLAIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:@%+';
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const everyUnit = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code));
const printable = everyUnit.slice(0x20, 0x7f);

/** The characters that leave the line one command of these words. */
function survivors(
  candidates: readonly string[],
  line: (character: string) => string,
  word: (character: string) => string,
): string {
  return candidates
    .filter((character) => {
      const result = lex(line(character));
      return (
        result.ok &&
        result.commands.length === 1 &&
        result.commands[0]!.argv[1] === word(character) &&
        result.commands[0]!.argv.length === 2
      );
    })
    .sort()
    .join('');
}

const sorted = (text: string): string => [...text].sort().join('');

describe(rules('ENF-170', 'INV-29', 'INV-31')`every character`, () => {
  it('of all 65,536 is plain inside of a word only if it is one of these', () => {
    expect(
      survivors(
        everyUnit,
        (c) => `git a${c}b`,
        (c) => `a${c}b`,
      ),
    ).toBe(sorted(`${PLAIN}=~`));
  });

  it('is plain at the start of a word only if it is one of these', () => {
    expect(
      survivors(
        printable,
        (c) => `git ${c}b`,
        (c) => `${c}b`,
      ),
    ).toBe(sorted(PLAIN));
  });

  it('is plain at the end of a word only if it is one of these', () => {
    expect(
      survivors(
        printable,
        (c) => `git a${c}`,
        (c) => `a${c}`,
      ),
    ).toBe(sorted(`${PLAIN}=~`));
  });

  it('may stand before = only if it is one of these', () => {
    expect(
      survivors(
        printable,
        (c) => `git x${c}=b`,
        (c) => `x${c}=b`,
      ),
    ).toBe(sorted(`${ALNUM}_-.`));
  });

  it('may stand before ~ only if it is one of these', () => {
    expect(
      survivors(
        printable,
        (c) => `git x${c}~b`,
        (c) => `x${c}~b`,
      ),
    ).toBe(sorted(ALNUM));
  });

  it('may stand in single quotes if it is printable, and no \\ or !', () => {
    const rest = printable.filter((c) => !"'\\!".includes(c)).join('');
    expect(
      survivors(
        everyUnit,
        (c) => `git '${c}'`,
        (c) => c,
      ),
    ).toBe(sorted(`\t${rest}`));
  });

  it('may stand in double quotes if it is printable, and no $ ` \\ !', () => {
    const rest = printable.filter((c) => !'"$`\\!'.includes(c)).join('');
    expect(
      survivors(
        everyUnit,
        (c) => `git "${c}"`,
        (c) => c,
      ),
    ).toBe(sorted(`\t${rest}`));
  });

  it('may begin a command word, or stand in it, only if it is one of these', () => {
    const begins = printable.filter((c) => lex(`${c}x y`).ok && !' '.includes(c)).join('');
    expect(sorted(begins)).toBe(sorted(`${ALNUM}_./`));
    const stands = printable.filter((c) => {
      const result = lex(`a${c}x y`);
      return result.ok && result.commands.length === 1 && result.commands[0]!.argv[0] === `a${c}x`;
    });
    expect(sorted(stands.join(''))).toBe(sorted(`${ALNUM}_-./+`));
  });
});

describe(rules('ENF-170', 'INV-32')`the caps`, () => {
  it('are 4,096 characters without the final newline', () => {
    const line = `echo ${'a'.repeat(4091)}`;
    expect(line).toHaveLength(4096);
    expect(lex(line).ok).toBe(true);
    expect(lex(`${line}\n`).ok).toBe(true);
    expect(lex(`${line}a`)).toEqual({ ok: false, reason: 'too_long' });
    expect(lex(' '.repeat(4097))).toEqual({ ok: false, reason: 'too_long' });
    expect(lex(`${'é'.repeat(4097)}`)).toEqual({ ok: false, reason: 'too_long' });
  });

  it('are 16 simple commands', () => {
    const line = (count: number) => Array.from({ length: count }, () => 'a').join(';');
    expect(lex(line(16))).toMatchObject({ ok: true });
    expect(lex(line(17))).toEqual({ ok: false, reason: 'too_many_commands' });
    expect(lex(line(500))).toEqual({ ok: false, reason: 'too_many_commands' });
  });

  it('take one newline away, not two', () => {
    expect(lex('a\n').ok).toBe(true);
    expect(lex('a\n\n').ok).toBe(false);
  });
});

describe(rules('ENF-170')`the shell`, () => {
  it.each(['bash', 'dash', 'sh', 'zsh', '/bin/bash', '/usr/bin/zsh', './sh', '/opt/x y/dash'])(
    '%s is understood',
    (shell) => {
      expect(lex('git status', shell).ok).toBe(true);
    },
  );

  it.each([
    ['fish', 'fish'],
    ['ksh', 'ksh'],
    ['mksh', 'mksh'],
    ['cmd', 'cmd'],
    ['powershell', 'powershell'],
    ['pwsh', 'pwsh'],
    ['/usr/bin/fish', 'fish'],
    ['BASH', 'BASH'],
    ['bash.exe', 'bash.exe'],
    ['C:\\bash', 'C:\\bash'],
    ['bash ', 'bash '],
    ['bash\n', 'bash\n'],
    ['rbash', 'rbash'],
    ['', ''],
    ['/bin/', ''],
    ['constructor', 'constructor'],
  ])('%j is not', (shell, detail) => {
    expect(lex('git status', shell)).toEqual({ ok: false, reason: 'shell_unsupported', detail });
  });
});
