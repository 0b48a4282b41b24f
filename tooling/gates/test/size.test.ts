import { describe, expect, it } from 'vitest';
import { judgeSizes } from '../src/size.js';

const lines = (count: number): string => Array.from({ length: count }, () => '//').join('\n');
const fn = (count: number): string => `function f() {\n${lines(count - 2)}\n}`;

describe('the size report', () => {
  it.each([
    ['a file at the aim', 'src/a.ts', lines(250), [], []],
    ['a file over the aim', 'src/a.ts', lines(251), [], ['src/a.ts: 251 lines, aim at 250']],
    ['a file over the limit', 'src/a.ts', lines(401), ['src/a.ts: 401 lines, at most 400'], []],
    ['a function at the aim', 'src/a.ts', fn(40), [], []],
    ['a function over the aim', 'src/a.ts', fn(41), [], ['src/a.ts:1 f: 41 lines, aim at 40']],
    ['a function over the limit', 'src/a.ts', fn(81), ['src/a.ts:1 f: 81 lines, at most 80'], []],
    [
      'an arrow over the limit',
      'src/a.ts',
      `const g = () => {\n${lines(80)}\n};`,
      ['src/a.ts:1 g: 82 lines, at most 80'],
      [],
    ],
    [
      'a method over the limit',
      'src/a.ts',
      `class C {\n  m() {\n${lines(80)}\n  }\n}`,
      ['src/a.ts:2 m: 82 lines, at most 80'],
      [],
    ],
    ['a long test', 'test/a.test.ts', fn(500), [], []],
  ])('%s', (_what, file, text, failures, remarks) => {
    expect(judgeSizes([{ file, text }])).toEqual({ failures, remarks });
  });
});
