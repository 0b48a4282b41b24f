import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesOf } from '../../src/cli/standard-input.js';
import { judgeLine } from '../../src/commands/policy/match.js';

async function* pieces(...chunks: readonly (string | Uint8Array)[]) {
  yield* chunks;
}

async function split(...chunks: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(pieces(...chunks))) lines.push(line);
  return lines;
}

describe('lines of standard input', () => {
  test.each([
    { title: 'nothing', chunks: [], lines: [] },
    { title: 'one without an end', chunks: ['a'], lines: ['a'] },
    { title: 'one with an end', chunks: ['a\n'], lines: ['a'] },
    { title: 'empty ones', chunks: ['\n\na\n'], lines: ['', '', 'a'] },
    { title: 'cut anywhere', chunks: ['a', 'b\nc', '\n', 'd'], lines: ['ab', 'c', 'd'] },
    {
      title: 'a separator inside a JSON string',
      chunks: ['"\u2028"\n"\u2029"\r\n'],
      lines: ['"\u2028"', '"\u2029"\r'],
    },
    {
      title: 'a character cut in two',
      chunks: [Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x0a)],
      lines: ['é'],
    },
  ])('$title', async ({ chunks, lines }) => {
    expect(await split(...chunks)).toEqual(lines);
  });

  test('as many come out as went in, however they were cut', async () => {
    const text = fc.array(fc.string({ unit: 'binary' }).map((line) => line.toWellFormed().replaceAll('\n', '')));
    await fc.assert(
      fc.asyncProperty(text, fc.nat(40), async (lines, at) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const expected = lines.map((line, index) => (index === 0 ? line.replace(/^\uFEFF/, '') : line));
        expect(await split(bytes.subarray(0, at), bytes.subarray(at))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a batch answers every line, and never yes to one that is none', () => {
  test.each([
    '',
    'nonsense',
    'null',
    '[]',
    '"git status"',
    '{}',
    '{"pattern":"git status","command":"git status"}',
    '{"pattern":"git status","command":["git","status"],"shell":"bash"}',
    '{"pattern":"git status","command":"git status","shell":null}',
    '{"pattern":"git status","command":"git status","shell":"bash"',
  ])('%s', (line) => {
    expect(judgeLine(line)).toEqual({ approve: false, reason: 'bad_line' });
  });

  test('members beyond the three do not matter', () => {
    const question = { id: 'A1', pattern: 'git status', command: 'git status', shell: 'bash' };
    expect(judgeLine(JSON.stringify(question))).toEqual({ approve: true, reason: 'match' });
  });

  test('whatever the line is, there is an answer', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ pattern: fc.anything(), command: fc.anything(), shell: fc.anything() })
        .map((value) => JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? '1' : each))),
    );
    fc.assert(fc.property(anything, (line) => !judgeLine(line).approve));
  });
});
