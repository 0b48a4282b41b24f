import { describe, expect, it } from 'vitest';
import { summarize } from '../../scripts/test-summary.mjs';

const file = (...tests: { status: string; title: string; in?: string }[]) => ({
  status: tests.some(({ status }) => status === 'failed') ? 'failed' : 'passed',
  assertionResults: tests.map((test) => ({
    status: test.status,
    title: test.title,
    ancestorTitles: test.in ? [test.in] : [],
  })),
});
const passed = file({ status: 'passed', title: 'a' }, { status: 'passed', title: 'b' });
const linesOf = (report: unknown, code: number, filtered = false) => summarize(report, code, filtered).lines;

describe('the closing line of npm test', () => {
  it('counts', () => {
    expect(linesOf({ testResults: [passed] }, 0)).toEqual(['2 passed, 0 failed']);
    expect(linesOf({ testResults: [passed, file({ status: 'failed', title: 'c' })] }, 1)).toEqual([
      '2 passed, 1 failed',
    ]);
  });

  it('names what skipped suites need, with the number of their tests', () => {
    const skipped = file(
      { status: 'skipped', title: 'a', in: 'as zsh sees it [needs zsh]' },
      { status: 'skipped', title: 'b', in: 'as zsh sees it [needs zsh]' },
      { status: 'skipped', title: 'later' },
    );
    expect(linesOf({ testResults: [passed, skipped] }, 0)).toEqual([
      'skipped: zsh (2)',
      'skipped: later (1)',
      '2 passed, 0 failed, 3 skipped',
    ]);
  });

  it('does not mention what only a filter left out', () => {
    expect(linesOf({ testResults: [passed, file({ status: 'skipped', title: 'c' })] }, 0, true)).toEqual([
      '2 passed, 0 failed',
    ]);
  });

  it.each([
    ['a file that cannot be collected', { testResults: [passed, { status: 'failed', assertionResults: [] }] }],
    ['an error outside of any test', { testResults: [passed] }],
  ])('counts %s as one failure', (_what, report) => {
    expect(linesOf(report, 1)).toEqual(['2 passed, 1 failed']);
  });

  it('never reports success when there is no report', () => {
    expect(linesOf({}, 1)).toEqual(['0 passed, 1 failed']);
  });
});
