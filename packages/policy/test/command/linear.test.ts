import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Characters } from '../../src/command/characters.js';
import { MOST_CHARACTERS, parseLine } from '../../src/command/parse-line.js';

/** How often the lexer looks at a character of the text. */
function looksAt(text: string): number {
  let looks = 0;
  const counted: Characters = {
    length: text.length,
    charAt(index) {
      looks += 1;
      return text.charAt(index);
    },
  };
  expect(parseLine(counted)).toEqual(parseLine(text));
  return looks;
}

/** Charset pass, end of the token before, four redirections tried, the word itself. */
const LOOKS_PER_CHARACTER = 16;

const repeated = [
  'a',
  ' ',
  '\t',
  'a ',
  'a=',
  "'",
  '"',
  "'a'",
  '"a"',
  '"a"\'b\' ',
  '>/dev/null ',
  '2>/dev/nul ',
  '2>&1 ',
  '2>&',
  ';',
  'a;',
  'a|',
  'a&&',
  '&',
  '~',
  'a~1',
  '-',
  '>/dev/nul',
];

describe(rules('INV-32')`the work of the lexer`, () => {
  it.each(repeated)('grows in step with a line of %j', (part) => {
    for (const prefix of ['', 'git ', 'git "', "git '", 'git a']) {
      const of = (length: number) => looksAt(prefix + part.repeat(Math.floor((length - prefix.length) / part.length)));
      for (const length of [512, 1024, 2048, 4096])
        expect(of(length)).toBeLessThanOrEqual(LOOKS_PER_CHARACTER * length);
      expect(of(4096)).toBeLessThanOrEqual(2.1 * of(2048) + 100);
    }
  });

  it('grows in step with any line', () => {
    const part = fc.constantFrom(...repeated, 'x', '"a\'', '\'"b', 'git', ' ');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 400 }), (parts) => {
        const text = parts.join('').slice(0, MOST_CHARACTERS);
        expect(looksAt(text)).toBeLessThanOrEqual(LOOKS_PER_CHARACTER * (text.length + 1));
      }),
    );
  });

  it('does not begin with what is too long', () => {
    expect(looksAt('a'.repeat(MOST_CHARACTERS + 1))).toBe(0);
    expect(looksAt('"'.repeat(10_000_000))).toBe(0);
  });
});
