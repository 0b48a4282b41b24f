import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../fuzz/fuzz.js';

const LINES = 20_000;
const LONGEST_MS = 600_000;

describe(rules('INV-27', 'INV-30')`a line that a shell reads differently`, () => {
  requiresProgram('dash')('with dash', () => {
    requiresProgram('zsh')('and zsh', () => {
      it(
        'is accepted by no lexer of ours: bash, dash and zsh, as they are and with options, run exactly its words',
        async () => {
          const report = await fuzz({ seed: 3, count: LINES });
          expect(report.generated).toBe(LINES);
          // A fuzz that hardly gets past the lexer would prove nothing.
          expect(report.accepted).toBeGreaterThan(LINES / 4);
          expect(report.executed).toBeGreaterThan(9 * report.accepted);
          expect(report.approved).toBeGreaterThan(LINES / 20);
          expect(report.unrunnable).toBeLessThan(LINES / 100);
        },
        LONGEST_MS,
      );
    });
  });
});

describe(rules('INV-35')`the second opinion`, () => {
  it('is no part of the safety: without it nothing else is accepted', async () => {
    const { vetoed } = await fuzz({ seed: 5, count: LINES, shells: [] });
    expect(vetoed).toBe(0);
  });
});
