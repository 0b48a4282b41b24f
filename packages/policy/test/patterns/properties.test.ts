import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexCommandLine, matchCommandLine, matchWords, type ReadPattern, readPattern } from '../../src/index.js';
import { extraWordsFor } from '../../src/patterns/extra-words/table.js';
import { parseLine } from '../../src/command/parse-line.js';
import { secondOpinionAgrees } from '../../src/command/second-opinion.js';
import { makeLine } from '../fuzz/lines.js';
import { randomFrom } from '../fuzz/random.js';

const PATTERNS = [
  'git status',
  'git log',
  'git log --oneline -20',
  'git log -n',
  'git diff',
  'git show HEAD',
  'git branch',
  'ls',
  'ls -la',
  'echo',
  'printf %s',
  'pwd',
  'npm test',
  'npm',
  'cat package.json',
  'grep foo',
  'npx tsc --noEmit',
  'node --version',
  './run.sh',
  'make',
];
const pattern = fc.constantFrom(...PATTERNS);
const line = fc.integer().map((seed) => makeLine(randomFrom(seed)));
/** A line that some pattern approves, as often as not. */
const familiar = fc
  .tuple(
    fc.array(fc.tuple(pattern, fc.constantFrom('', ' -sb', ' --stat', ' -5', ' src', ' HEAD~1', ' x')), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.constantFrom(' && ', ';', ' | ', ' || '),
  )
  .map(([parts, operator]) => parts.map(([start, word]) => start + word).join(operator));
const anyLine = fc.oneof(line, familiar, fc.string({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 40 }));

const approves = (text: string, command: string): boolean => matchCommandLine(text, { command, shell: 'bash' }).approve;
const runs = { numRuns: 2000 };

/** Stands in the text, outside of quotes, only in lines that are refused. */
const ACTIVE = [
  '$',
  '`',
  '*',
  '?',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '<',
  '>',
  '&',
  '!',
  '^',
  '#',
  '\\',
  '\n',
  '\r',
  '\0',
  '\u001b',
  '\u007f',
  '\u00a0',
  '\u2028',
  '\ufeff',
  'é',
  'ſ',
  // The Kelvin sign, which tools like to turn into an ordinary K.
  '\u212a',
  '\ud800',
  '😀',
  '(a)',
  '$x',
  '`x`',
  '>f',
  '<f',
  '2>',
  '&>f',
  '|&',
  ';;',
  '=~',
  '==',
  ':~',
  ':=',
];

describe(rules('INV-28', 'INV-30')`approval of a line`, () => {
  it('means that each of its commands is the pattern, or the pattern and words of the list of its subcommand', () => {
    fc.assert(
      fc.property(pattern, anyLine, (text, command) => {
        if (!approves(text, command)) return;
        const lexed = lexCommandLine({ command, shell: 'bash' });
        const start = text.split(' ');
        expect(lexed.ok && lexed.commands.length).toBeGreaterThan(0);
        for (const { argv } of lexed.ok ? lexed.commands : []) {
          expect(argv.slice(0, start.length)).toEqual(start);
          if (argv.length > start.length) expect(extraWordsFor(start)).toBeDefined();
        }
      }),
      runs,
    );
  });

  it('is approval of every command of it alone', () => {
    fc.assert(
      fc.property(pattern, familiar, (text, command) => {
        const lexed = lexCommandLine({ command, shell: 'bash' });
        const reading = readPattern(text);
        const each = lexed.ok && reading.ok && lexed.commands.every((one) => matchWords(reading.pattern, one).approve);
        expect(approves(text, command)).toBe(each);
      }),
      runs,
    );
  });

  it('is lost by any other command before, behind or between', () => {
    const other = fc.constantFrom('touch canary', 'sudo git status', 'git push', 'cd x', './x', 'tee x', 'bash');
    fc.assert(
      fc.property(
        pattern,
        other,
        fc.constantFrom('&&', '||', ';', '|', ' ; ', '&', '\n', '|&', ' '),
        (text, stray, operator) => {
          expect(approves(text, `${stray}${operator}${text}`)).toBe(false);
          expect(approves(text, `${text};${stray}${operator}${text}`)).toBe(false);
          // Behind a blank the stray command is words, which `echo` and `printf` may have.
          if (operator !== ' ') expect(approves(text, `${text}${operator}${stray}`)).toBe(false);
        },
      ),
      runs,
    );
  });

  it('is the same in every supported shell', () => {
    fc.assert(
      fc.property(pattern, anyLine, (text, command) => {
        const results = ['bash', 'dash', 'sh', 'zsh', '/bin/zsh'].map((shell) =>
          matchCommandLine(text, { command, shell }),
        );
        for (const result of results) expect(result).toEqual(results[0]);
        expect(matchCommandLine(text, { command, shell: 'fish' }).approve).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe(rules('INV-29')`a byte that is active in a shell, or not ASCII`, () => {
  it('never turns asking into approval, wherever it is put', () => {
    fc.assert(
      fc.property(pattern, anyLine, fc.constantFrom(...ACTIVE), fc.nat(), (text, command, active, position) => {
        const at = position % (command.length + 1);
        const changed = command.slice(0, at) + active + command.slice(at);
        if (!approves(text, command)) {
          // In quotes it may be plain text of a line that is refused for nothing else only if that line was quoted before.
          if (!/['"]/.test(command)) expect(approves(text, changed)).toBe(false);
          return;
        }
        const inQuotes = isQuoted(command, at);
        if (!inQuotes && !changed.endsWith('\n')) expect(approves(text, changed)).toBe(false);
      }),
      { numRuns: 6000 },
    );
  });

  it('is in no approved line outside of quotes, one final newline apart', () => {
    fc.assert(
      fc.property(pattern, anyLine, (text, command) => {
        if (!approves(text, command)) return;
        const bare = command
          .replace(/\n$/, '')
          .replace(/'[^']*'|"[^"]*"/g, '')
          .replaceAll(/2>&1|1>&2|2?>\/dev\/null|&&/g, '');
        expect(bare).toMatch(/^[A-Za-z0-9_\-./,:@%+=~ \t;|]*$/);
        expect(command).not.toMatch(/[^\t\n -~]/);
      }),
      runs,
    );
  });
});

function isQuoted(command: string, at: number): boolean {
  let quote = '';
  for (const character of command.slice(0, at)) {
    if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = '';
  }
  return quote !== '';
}

describe(rules('INV-31')`letters`, () => {
  it('are compared as they are: no other case, no other form', () => {
    fc.assert(
      fc.property(pattern, fc.nat(), fc.constantFrom('up', 'wide', 'accent'), (text, position, how) => {
        const at = position % text.length;
        const letter = text[at]!;
        const other =
          how === 'up'
            ? letter === letter.toUpperCase()
              ? letter.toLowerCase()
              : letter.toUpperCase()
            : how === 'wide'
              ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0)
              : `${letter}\u0301`;
        if (other === letter) return;
        expect(approves(text, text.slice(0, at) + other + text.slice(at + 1))).toBe(false);
      }),
      runs,
    );
  });

  it('are the same whatever the locale of the process calls them', () => {
    // `i` and `I` are no pair in a Turkish locale; nothing that approves depends on such pairs.
    expect(approves('git status', 'GIT STATUS')).toBe(false);
    expect(approves('git status', 'gıt status')).toBe(false);
    expect(approves('make test', 'ma\u212ae test')).toBe(false);
    expect(approves('git status', 'git ſtatus')).toBe(false);
  });
});

describe(rules('INV-33', 'ENF-175')`an invalid or broad pattern`, () => {
  const broken = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    line,
    fc.constantFrom(
      '',
      '*',
      'git *',
      'npm *',
      'bash',
      'bash x',
      'sudo',
      'env *',
      'node -e x',
      'cd',
      'cd x',
      'git s*',
      'git * status',
      '/git (status|log)/',
      'a; b',
      'a > b',
      'x -c y',
      'cat -',
    ),
  );

  it('approves nothing', () => {
    fc.assert(
      fc.property(broken, anyLine, (text, command) => {
        if (readPattern(text).ok) return;
        expect(approves(text, command)).toBe(false);
        expect(approves(text, text)).toBe(false);
      }),
      runs,
    );
  });

  it('is what does not approve itself: every valid one does', () => {
    fc.assert(
      fc.property(fc.oneof(pattern, broken), (text) => {
        expect(approves(text, text.replace(/ \*$/, ''))).toBe(readPattern(text).ok);
      }),
      runs,
    );
  });

  it('with ` *` approves exactly what it approves without', () => {
    fc.assert(
      fc.property(pattern, anyLine, (text, command) => {
        if (readPattern(`${text} *`).ok) expect(approves(`${text} *`, command)).toBe(approves(text, command));
        else expect(readPattern(text)).not.toMatchObject({ pattern: { allowsExtra: true } });
      }),
      runs,
    );
  });
});

describe(rules('INV-35')`taking something away`, () => {
  it('a pattern: what the rest approves, all together approved', () => {
    const reads = PATTERNS.flatMap((text): ReadPattern[] => {
      const reading = readPattern(text);
      return reading.ok ? [reading.pattern] : [];
    });
    const some = (patterns: readonly ReadPattern[], command: string): boolean => {
      const lexed = lexCommandLine({ command, shell: 'bash' });
      return lexed.ok && lexed.commands.every((one) => patterns.some((each) => matchWords(each, one).approve));
    };
    fc.assert(
      fc.property(fc.subarray(reads), fc.nat(), anyLine, (patterns, index, command) => {
        const fewer = patterns.filter((_, at) => at !== index % (patterns.length || 1));
        if (some(fewer, command)) expect(some(patterns, command)).toBe(true);
      }),
      runs,
    );
  });

  it('the veto: the lexer alone accepts nothing that the second opinion reads differently', () => {
    fc.assert(
      fc.property(anyLine, (command) => {
        const parsed = parseLine(command);
        if (parsed.ok) expect(secondOpinionAgrees(command, parsed.commands)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('a word of an approved command never approves another command', () => {
    fc.assert(
      fc.property(pattern, familiar, fc.nat(), (text, command, position) => {
        const words = command.split(' ');
        const fewer = words.filter((_, at) => at !== position % words.length).join(' ');
        if (!approves(text, fewer)) return;
        const lexed = lexCommandLine({ command: fewer, shell: 'bash' });
        const start = text.split(' ');
        expect(lexed.ok && lexed.commands.every(({ argv }) => start.every((word, at) => argv[at] === word))).toBe(true);
      }),
      runs,
    );
  });
});

describe(rules('INV-32')`a line beyond the caps`, () => {
  it('is asked about, whatever it holds', () => {
    fc.assert(
      fc.property(pattern, fc.nat(3), (text, extra) => {
        expect(approves(text, text + ' '.repeat(4097 - text.length + extra))).toBe(false);
        expect(approves(text, text + ' '.repeat(4096 - text.length))).toBe(true);
        expect(
          approves(
            text,
            Array(17 + extra)
              .fill(text)
              .join(';'),
          ),
        ).toBe(false);
        expect(approves(text, Array(16).fill(text).join(';'))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('and any text at all gets an answer', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ maxLength: 20 }),
        (text, command, shell) => {
          expect(typeof matchCommandLine(text, { command, shell }).approve).toBe('boolean');
        },
      ),
      runs,
    );
  });
});
