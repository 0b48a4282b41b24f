import { describe, expect, it } from 'vitest';
import { judgeHouse } from '../src/house.js';

const judge = (text: string, file = 'packages/crypto/src/seal.ts') => judgeHouse({ file, text });
const slashes = '//';

describe('suppressions', () => {
  it.each([
    ['without a reason', 'oxlint-disable-next-line no-console'],
    ['without a rule', 'oxlint-disable-next-line -- because it has to be so'],
    ['with a reason too short to be one', 'oxlint-disable-next-line no-console -- noise'],
    ['of another linter', 'eslint-disable no-console'],
    ['of the formatter', 'biome-ignore format: x'],
    ['of the compiler', '@ts-expect-error'],
    ['that hide every error', '@ts-ignore the types are wrong here'],
    ['that hide a whole file', '@ts-nocheck the types are wrong here'],
    ['of coverage', 'v8 ignore next'],
  ])('%s fail', (_what, directive) => {
    expect(judge(`${slashes} ${directive}`)).toHaveLength(1);
  });

  it.each([
    'oxlint-disable-next-line no-console -- the bench prints its table',
    'oxlint-disable-next-line typescript/no-floating-promises, no-empty -- closing twice is harmless',
    'biome-ignore format: the table reads by column',
    '@ts-expect-error the published type misses this member',
    'v8 ignore next -- only reached on Windows',
  ])('with rule and reason pass: %s', (directive) => {
    expect(judge(`${slashes} ${directive}`)).toEqual([]);
  });

  it('in strings are not suppressions', () => {
    expect(judge("const text = 'oxlint-disable';")).toEqual([]);
  });
});

describe('names and left-overs', () => {
  it.each([
    ['packages/crypto/src/utils.ts', 1],
    ['packages/crypto/src/helpers/seal.ts', 1],
    ['packages/crypto/src/key-utils.ts', 1],
    ['packages/crypto/src/session-manager.ts', 1],
    ['packages/crypto/src/sealBox.ts', 1],
    ['packages/crypto/src/seal-box.ts', 0],
    ['packages/crypto/src/commons.ts', 0],
    ['packages/crypto/tsup.config.ts', 0],
  ])('%s: %i findings', (file, count) => {
    expect(judge('', file)).toHaveLength(count);
  });

  it('left-over work fails, also in a doc comment', () => {
    expect(judge(`${slashes} TODO: check`)).toHaveLength(1);
    expect(judge(' * FIXME later')).toHaveLength(1);
  });

  it('wildcard exports fail in shipped code', () => {
    expect(judge("export * from './seal.js';")).toHaveLength(1);
    expect(judge("export { seal } from './seal.js';")).toEqual([]);
  });
});
