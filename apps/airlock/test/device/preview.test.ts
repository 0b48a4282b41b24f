import type { OpenedRequest } from '@airlock/approver';
import { describe, expect, test } from 'vitest';
import { preview } from '../../src/device/preview.js';

function opened(content: unknown): OpenedRequest {
  return { content } as OpenedRequest;
}

function ofPolicy(comparison: unknown, permits: readonly string[] = ['Approved without asking: npm test', '  in: /w']) {
  const card = { computed: [{ shape: 'block', values: [{ text: '{"version":2}' }] }] };
  return preview(
    opened({ kind: 'action', card, policy: { version: 2, permits, replacesApprover: false, comparison } }),
  );
}

describe('what is asked, in one line', () => {
  test('a command as one would type it, cut with the number of what is missing', () => {
    const of = (words: readonly string[]) =>
      preview(
        opened({ kind: 'action', card: { computed: [{ shape: 'list', values: words.map((text) => ({ text })) }] } }),
      );
    expect(of(['git', 'commit', '-m', 'two words'])).toBe("git commit -m 'two words'");
    expect(of(['x'.repeat(103)])).toBe(`${'x'.repeat(100)}… (3 characters more)`);
    expect(preview(opened({ kind: 'none' }))).toBe('');
  });

  test.each([
    ['the first policy: all of it', { kind: 'first' }, 'Approved without asking: npm test'],
    ['nobody knows the one before: all of it', { kind: 'unknown', version: 1 }, 'Approved without asking: npm test'],
    [
      'what is new, pinned anew and gone',
      {
        kind: 'changes',
        version: 1,
        added: ['Auto mode on until 2026-11-22 06:00 UTC: nothing', '  detail'],
        pinnedAnew: ['Approved without asking: a'],
        removed: ['Approved without asking: b', '  in: /w'],
      },
      'Auto mode on until 2026-11-22 06:00 UTC: nothing; other pins: Approved without asking: a; no longer:… (27 characters more)',
    ],
    [
      'nothing new',
      { kind: 'changes', version: 1, added: [], pinnedAnew: [], removed: [] },
      'the same policy, signed anew',
    ],
  ])('a policy by what it permits: %s', (_, comparison, words) => {
    expect(ofPolicy(comparison)).toBe(words);
  });
});
