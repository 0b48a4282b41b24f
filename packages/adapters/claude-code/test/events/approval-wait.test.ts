import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { approvalSeconds } from '../../src/events/approval-wait.js';

describe(rules('LOC-110')`how long the human is waited for`, () => {
  test.each([
    [undefined, 300],
    ['3', 3],
    ['300', 300],
    ['301', 300],
    ['999999', 300],
    ['0', 300],
    ['-1', 300],
    ['1e9', 300],
    ['2.5', 300],
    ['', 300],
    ['soon', 300],
    ['3\n', 300],
  ])('AIRLOCK_APPROVAL_SECONDS=%j: %i s', (value, seconds) => {
    expect(approvalSeconds({ AIRLOCK_APPROVAL_SECONDS: value })).toBe(seconds);
  });
});
