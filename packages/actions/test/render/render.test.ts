import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayLines, type RenderMode, render, unrender } from '../../src/index.js';

/** Text of every kind: lone surrogates, controls, look-alikes, our own tokens, long runs. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        '\\',
        '\\u{41}',
        '\\n{2}',
        '\\s{9}',
        '\\x{D800}',
        '\n',
        '\r\n',
        '\t',
        ' '.repeat(9),
        '  \n',
        '{',
        '}',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const anyMode = fc.constantFrom<RenderMode>('command', 'text');

describe(rules('INV-40', 'APPR-170')`rendering`, () => {
  it('is injective: the raw text can be read back', () => {
    fc.assert(
      fc.property(anyText, anyMode, (raw, mode) => {
        expect(unrender(render(raw, mode).text)).toBe(raw);
      }),
      { numRuns: 2000 },
    );
  });

  it('of two different texts is never the same, in whatever modes', () => {
    fc.assert(
      fc.property(anyText, anyText, anyMode, anyMode, (one, other, mode, otherMode) => {
        fc.pre(one !== other);
        expect(render(one, mode).text).not.toBe(render(other, otherMode).text);
      }),
      { numRuns: 1000 },
    );
  });

  it('emits printable ASCII only in command mode', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        expect(render(raw, 'command').text).toMatch(/^[ -~]*$/);
      }),
    );
  });

  it('emits printable ASCII, letters and digits only in text mode, none of them blank', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        expect(render(raw, 'text').text).toMatch(/^[ -~\p{L}\p{Nd}]*$/u);
        expect(render(raw, 'text').text).not.toMatch(
          /[\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
        );
      }),
    );
  });

  it('never ends a line, or the text, with a space', () => {
    fc.assert(
      fc.property(anyText, anyMode, (raw, mode) => {
        expect(render(raw, mode).text).not.toMatch(/ (?:\\n\{|$)| {9}/);
      }),
    );
  });

  it('says how large the raw text is', () => {
    fc.assert(
      fc.property(anyText, anyMode, (raw, mode) => {
        const { bytes, lines } = render(raw, mode);
        expect(bytes).toBe(new TextEncoder().encode(raw).length);
        expect(lines).toBe(raw.split('\n').length);
      }),
    );
  });

  it('cut into lines for display loses nothing', () => {
    fc.assert(
      fc.property(anyText, anyMode, (raw, mode) => {
        const { text } = render(raw, mode);
        const lines = displayLines(text);
        expect(lines.join('')).toBe(text);
        expect(lines.slice(0, -1).every((line) => /\\n\{\d+\}$/.test(line))).toBe(true);
        expect(lines.map(unrender).join('')).toBe(raw);
      }),
    );
  });

  it.each<[string, RenderMode, string]>([
    ['git status', 'command', 'git status'],
    ['a\\b', 'command', 'a\\\\b'],
    ['\\n', 'command', '\\\\n'],
    ['a\nb', 'command', 'a\\n{1}b'],
    ['a\n\n\nb\n', 'command', 'a\\n{3}b\\n{1}'],
    ['a\tb', 'command', 'a\\t{1}b'],
    ['a        b', 'command', 'a        b'],
    ['a         b', 'command', 'a\\s{9}b'],
    ['git ', 'command', 'git\\s{1}'],
    ['git \nls', 'command', 'git\\s{1}\\n{1}ls'],
    ['\u202e', 'command', '\\u{202E}'],
    ['\ud83d', 'command', '\\x{D83D}'],
    ['😀', 'text', '\\u{1F600}'],
    ['Grüße 42', 'command', 'Gr\\u{FC}\\u{DF}e 42'],
    ['Grüße 42', 'text', 'Grüße 42'],
    ['привет', 'text', 'привет'],
    ['日本語テキスト', 'text', '日本語テキスト'],
    ['r\u0435act', 'text', 'r\\u{435}act'],
    ['\u0440\u0430\u0443', 'text', '\\u{440}\\u{430}\\u{443}'],
    ['\u3164', 'text', '\\u{3164}'],
    ['\u01c3', 'text', '\\u{1C3}'],
    ['e\u0301', 'text', 'e\\u{301}'],
    ['', 'text', ''],
  ])('shows %j in %s mode as %j', (raw, mode, text) => {
    expect(render(raw, mode).text).toBe(text);
  });
});

describe('reading back refuses what no text renders to', () => {
  it.each(['\\', 'a\\q', '\\u{}', '\\u{110000}', '\\u{20ac', '\\n{0}', '\\n{01}', '\\x{0041}', '\\u{ff}'])(
    '%j',
    (text) => {
      expect(() => unrender(text)).toThrowError(expect.objectContaining({ code: 'not_a_rendering' }));
    },
  );
});
