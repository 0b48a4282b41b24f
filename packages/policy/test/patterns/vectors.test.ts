import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { matchCommandLine } from '../../src/index.js';

interface Example {
  readonly id: string;
  readonly pattern: string;
  readonly command: string;
  readonly shell: string;
  readonly mustAutoApprove: boolean;
  readonly why: string;
}

const examples: readonly Example[] = readFileSync(
  new URL('../../../testkit/vectors/auto-approve.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Example);

describe(rules('ENF-170', 'ENF-175', 'INV-28', 'INV-30')`the published examples of auto-approval`, () => {
  it('are all there', () => {
    expect(examples).toHaveLength(304);
    expect(examples.filter(({ mustAutoApprove }) => mustAutoApprove)).toHaveLength(38);
  });

  it.each(examples)('$id $pattern ← $command: $why', ({ pattern, command, shell, mustAutoApprove }) => {
    expect(matchCommandLine(pattern, { command, shell }).approve).toBe(mustAutoApprove);
  });
});
