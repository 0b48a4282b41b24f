import { readFileSync } from 'node:fs';
import { displayCard } from '@airlock/actions';
import type { OpenedRequest } from '@airlock/approver';
import { rules } from '@airlock/conformance';
import { airlockActionSchema } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { inboxLines } from '../../src/commands/approver/inbox.js';
import { cardText } from '../../src/device/card-text.js';
import { spanWords } from '../../src/device/time-words.js';

const VECTORS = new URL('../../../../packages/testkit/vectors/decision-signature.json', import.meta.url);
const AT = Date.parse('2026-01-01T00:00:00.000Z');
const HASH = 'ab'.repeat(32);
const EXAMPLE: object = JSON.parse(readFileSync(VECTORS, 'utf8')).plaintext.value;

function opened(change: object = {}, request: { readonly id?: string; readonly created?: number } = {}): OpenedRequest {
  const action = airlockActionSchema.parse({ ...EXAMPLE, shell: undefined, ...change });
  const { id = 'req-1', created = AT - 65_000 } = request;
  return {
    request: {
      requestId: id,
      createdAt: new Date(created).toISOString(),
      expiresAt: new Date(AT + 260_000).toISOString(),
      body: { artifactHash: HASH },
    },
    pairing: { workspaceName: 'widgets', enforcerLabel: 'laptop', assurance: 'verified' },
    content: {
      kind: 'action',
      action,
      card: displayCard(action, {
        enforcerLabel: 'laptop',
        workspaceName: 'widgets',
        assurance: 'verified',
        capabilities: [],
      }),
    },
    bound: true,
    canApprove: true,
    obstacles: [],
    warnings: [],
  } as unknown as OpenedRequest;
}

describe(rules('APPR-170')`the card on a terminal`, () => {
  test('ends with what runs, where, the program and its hash, whatever stands between', () => {
    const environment = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`NAME${index}`, `sha256:${'cd'.repeat(32)}`]),
    );
    const facts = {
      argv: ['sh', '-c', 'echo hi '],
      cwd: '/work',
      program: '/bin/dash',
      programSha256: 'ef'.repeat(32),
    };
    const lines = cardText(opened({ ...facts, environment }), AT);
    const shown = [
      '  Arguments (3):',
      '    |sh|',
      '    |-c|',
      '    |echo hi\\s{1}|',
      '  Working directory: /work',
      '  Program: /bin/dash',
      `  Program SHA-256: ${'ef'.repeat(32)}`,
    ];
    expect(lines.slice(-9)).toEqual(['IN SHORT, this will run:', ...shown, `Hash: ${HASH} (of exactly what is shown)`]);
    const computed = lines.indexOf('COMPUTED by the workspace:');
    expect(lines.slice(computed + 1, computed + 1 + shown.length)).toEqual(shown);
    expect(lines[0]).toMatch(/^Request req-1, until \S+ \(4 min 20 s left\)$/);
  });

  test('repeats long arguments not at all rather than in part', () => {
    const argv = ['sh', ...Array.from({ length: 30 }, (_, index) => `word${index}`)];
    const lines = cardText(opened({ argv }), AT);
    const short = lines.slice(lines.indexOf('IN SHORT, this will run:'));
    expect(short[1]).toBe('  Arguments: too long to repeat; read all of it above (31 rows)');
    expect(short.join('\n')).not.toContain('word');
    expect(lines.filter((line) => line.includes('|word'))).toHaveLength(30);
    const long = cardText(opened({ argv: ['x'.repeat(15_000)] }), AT);
    expect(long.filter((line) => line.includes('xxxx'))).toHaveLength(1);
  });
});

describe('the inbox on a terminal', () => {
  test('is aligned, newest last, with age and time left', () => {
    const older = opened(
      { argv: ['npm', 'run', 'a b'], contentSha256: 'cd'.repeat(32) },
      { id: 'req-older', created: AT - 3_700_000 },
    );
    const newer = opened({ argv: ['x'.repeat(150)] }, { id: 'req-n' });
    expect(inboxLines([newer, older], AT)).toEqual([
      'REQUEST    AGE        TIME LEFT        KIND     WORKSPACE  WHAT',
      "req-older  1 h 1 min  4 min 20 s left  command  widgets    npm run 'a b'",
      `req-n      1 min 5 s  4 min 20 s left  command  widgets    ${'x'.repeat(100)}… (50 characters more)`,
    ]);
  });

  test.each([
    [0, '0 s'],
    [999, '0 s'],
    [-5, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('%d ms is %s', (span, words) => {
    expect(spanWords(span)).toBe(words);
  });
});
