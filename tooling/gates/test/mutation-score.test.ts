import { describe, expect, it } from 'vitest';
import { percentOf, scoreLines, scores } from '../../scripts/mutation-score.mjs';

const mutant = (status: string, replacement?: string) => ({
  status,
  mutatorName: 'StringLiteral',
  replacement,
  location: { start: { line: 3, column: 5 } },
});
const report = {
  files: {
    'packages/policy/src/patterns/a.ts': { mutants: [mutant('Killed'), mutant('Timeout'), mutant('CompileError')] },
    'packages/policy/src/patterns/deep/b.ts': { mutants: [mutant('Survived', '"a\n  b"'), mutant('Ignored')] },
    'packages/policy/src/document/c.ts': { mutants: [mutant('NoCoverage', `"${'x'.repeat(100)}"`)] },
    'packages/policy/src/verdict.ts': { mutants: [] },
  },
};

describe('the score of a mutation run', () => {
  it('counts by folder what a test noticed among what could run', () => {
    expect(scores(report).map(({ name, noticed, missed }) => [name, noticed, missed])).toEqual([
      ['document', 0, 1],
      ['others', 0, 0],
      ['patterns', 2, 1],
    ]);
    expect(scores(report).map(percentOf)).toEqual([0, 100, (100 * 2) / 3]);
  });

  it('names each survivor on one line, then every folder and all of them', () => {
    expect(scoreLines(scores(report))).toEqual([
      `packages/policy/src/document/c.ts:3:5 StringLiteral: "${'x'.repeat(79)} (never run)`,
      'packages/policy/src/patterns/deep/b.ts:3:5 StringLiteral: "a b"',
      'document       0.0 %  (0 of 1)',
      'others       100.0 %  (0 of 0)',
      'patterns      66.7 %  (2 of 3)',
      'all           50.0 %  (2 of 4)',
    ]);
  });
});
