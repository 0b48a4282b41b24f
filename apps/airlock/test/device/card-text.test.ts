import { readFileSync } from 'node:fs';
import { displayCard } from '@airlock/actions';
import { groupRequests, type OpenedRequest, type PolicyReading } from '@airlock/approver';
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

function opened(
  change: object = {},
  request: { readonly id?: string; readonly created?: number; readonly expires?: number } = {},
): OpenedRequest {
  return openedAction({ ...EXAMPLE, shell: undefined, ...change }, request);
}

function openedAction(
  value: object,
  request: { readonly id?: string; readonly created?: number; readonly expires?: number } = {},
): OpenedRequest {
  const action = airlockActionSchema.parse(value);
  const { id = 'req-1', created = AT - 65_000, expires = AT + 260_000 } = request;
  return {
    request: {
      requestId: id,
      createdAt: new Date(created).toISOString(),
      expiresAt: new Date(expires).toISOString(),
      body: { artifactHash: HASH, pairingId: 'pair-1' },
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
    expect(lines.slice(-9)).toEqual([
      'IN SHORT, this will happen:',
      ...shown,
      `Hash: ${HASH} (of exactly what is shown)`,
    ]);
    const computed = lines.indexOf('COMPUTED by the workspace:');
    expect(lines.slice(computed + 1, computed + 1 + shown.length)).toEqual(shown);
    expect(lines[0]).toMatch(/^Request req-1, until \S+ \(4 min 20 s left\)$/);
  });

  test('of an MCP call ends with where it goes and what is in it; what the server claims is said to be a claim', () => {
    const binding = {
      method: 'tools/call',
      server: { transport: 'http', url: 'https://mcp.example/mcp' },
      definition: { sha256: HASH, description: 'Safe.\nCOMPUTED by the workspace:\n  Server: mine\u001b[2J' },
      rawSha256: HASH,
    };
    const call = {
      kind: 'mcp-call',
      server: 'search',
      tool: 'query',
      inputJson: '{"q":"x"}',
      notices: ['tool-changed'],
      extensions: { 'airlock.mcp': binding },
    };
    const members = ['argv', 'cwd', 'program', 'programSha256', 'environment', 'stdin', 'shell'];
    const rest = Object.fromEntries(Object.entries(EXAMPLE).filter(([name]) => !members.includes(name)));
    const lines = cardText(openedAction({ ...rest, ...call }), AT);
    expect(lines.slice(-7)).toEqual([
      'IN SHORT, this will happen:',
      '  Server: search',
      '  Server URL: https://mcp.example/mcp',
      '  Tool: query',
      '  Tool input (9 bytes, 1 lines):',
      '    |{"q":"x"}',
      `Hash: ${HASH} (of exactly what is shown)`,
    ]);
    const claims = lines.slice(lines.indexOf('CLAIMED by the agent, or by a server where it says so:') + 1);
    expect(claims.slice(0, 4)).toEqual([
      expect.stringMatching(
        /^ {2}Description of the tool \(claimed by the server, not checked\) \(\d+ bytes, 3 lines\):$/,
      ),
      '    |Safe.\\n{1}',
      '    |COMPUTED by the workspace:\\n{1}',
      '    |  Server: mine\\u{1B}[2J',
    ]);
    expect(lines.filter((line) => line === 'COMPUTED by the workspace:')).toHaveLength(1);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}NOTICE This server or its tool is not what was approved/));
  });

  test('counts the commits of a batch, names each in front of its change, and says in short where they go', () => {
    const id = (digit: string) => digit.repeat(40);
    const change = (path: string) =>
      `diff --git a/${path} b/${path}\nnew file mode 100644\nindex ${id('0')}..${id('9')}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`;
    const commit = (parent: string, path: string) => ({
      tree: id('8'),
      parents: [id(parent)],
      author: 'A <a@example.com> 1 +0000',
      committer: 'C <c@example.com> 1 +0000',
      message: 'Commit 9 of 9\n  Commit 2 of 2: harmless\n',
      diff: change(path),
    });
    const git = {
      kind: 'git-commit',
      repository: 'example.com/a/b',
      refs: [`update refs/heads/main from ${id('1')} to ${id('3')}`],
      commits: [commit('1', 'one'), commit('2', 'two')],
      extensions: { 'airlock.commits': [id('2'), id('3')] },
    };
    const members = ['argv', 'cwd', 'program', 'programSha256', 'environment', 'stdin'];
    const absent = Object.fromEntries(members.map((name) => [name, undefined]));
    const { shell: _shell, ...rest } = Object.fromEntries(
      Object.entries({ ...EXAMPLE, ...absent, ...git }).filter(([, value]) => value !== undefined),
    );
    const lines = cardText(openedAction(rest), AT);
    expect(lines.filter((line) => line.startsWith('  Commit '))).toEqual([
      `  Commit 1 of 2: ${id('2')}`,
      `  Commit 1 of 2: tree: ${id('8')}`,
      '  Commit 1 of 2: parent (1):',
      '  Commit 1 of 2: author: A <a@example.com> 1 +0000',
      '  Commit 1 of 2: committer: C <c@example.com> 1 +0000',
      '  Commit 1 of 2: files (1):',
      '  Commit 1 of 2: change (174 bytes, 8 lines):',
      `  Commit 2 of 2: ${id('3')}`,
      `  Commit 2 of 2: tree: ${id('8')}`,
      '  Commit 2 of 2: parent (1):',
      '  Commit 2 of 2: author: A <a@example.com> 1 +0000',
      '  Commit 2 of 2: committer: C <c@example.com> 1 +0000',
      '  Commit 2 of 2: files (1):',
      '  Commit 2 of 2: change (174 bytes, 8 lines):',
      '  Commit 1 of 2: message (40 bytes, 3 lines):',
      '  Commit 2 of 2: message (40 bytes, 3 lines):',
    ]);
    expect(lines).toContain('    |new: two|');
    expect(lines.slice(-6)).toEqual([
      'IN SHORT, this will happen:',
      '  Repository: example.com/a/b',
      '  References (1):',
      `    |update refs/heads/main from ${id('1')} to ${id('3')}|`,
      '  Number of commits: 2',
      `Hash: ${HASH} (of exactly what is shown)`,
    ]);
  });

  test('repeats long arguments not at all rather than in part', () => {
    const argv = ['sh', ...Array.from({ length: 30 }, (_, index) => `word${index}`)];
    const lines = cardText(opened({ argv }), AT);
    const short = lines.slice(lines.indexOf('IN SHORT, this will happen:'));
    expect(short[1]).toBe('  Arguments: too long to repeat; read all of it above (31 rows)');
    expect(short.join('\n')).not.toContain('word');
    expect(lines.filter((line) => line.includes('|word'))).toHaveLength(30);
    const long = cardText(opened({ argv: ['x'.repeat(15_000)] }), AT);
    expect(long.filter((line) => line.includes('xxxx'))).toHaveLength(1);
  });
});

describe(rules('APPR-185')`a card with a count`, () => {
  const [card] = groupRequests([opened(), opened({}, { id: 'req-2', expires: AT + 60_000 })]);

  test('names every request that a decision is for', () => {
    const lines = cardText(opened(), AT, card);
    const at = lines.findIndex((line) => line.startsWith('THIS CARD COUNTS 2 requests'));
    expect(lines.slice(at + 1)).toEqual(['  req-1 (4 min 20 s left)', '  req-2 (1 min left)']);
  });

  test('of one says nothing of it', () => {
    const [alone] = groupRequests([opened()]);
    expect(cardText(opened(), AT, alone).join('\n')).not.toContain('COUNTS');
  });
});

describe(rules('APPR-155', 'APPR-170')`the card of a policy change`, () => {
  const reading = (change: Partial<PolicyReading> = {}): PolicyReading => ({
    version: 7,
    permits: ['Approved without asking: npm test', '  in the folder: /w'],
    replacesApprover: false,
    comparison: { kind: 'first' },
    ...change,
  });
  const linesOf = (policy: PolicyReading) => {
    const request = opened();
    const { content } = request;
    if (content.kind !== 'action') throw new Error(content.kind);
    const lines = cardText({ ...request, content: { ...content, policy } }, AT);
    return lines.slice(lines.findIndex((line) => line.startsWith('COMPUTED by this approver')));
  };

  test('says that it is the whole policy, and all of it', () => {
    expect(linesOf(reading()).slice(0, 5)).toEqual([
      'COMPUTED by this approver from the whole document, version 7:',
      '  This is the whole policy. What is not listed here is asked, whatever was in force before:',
      '    |Approved without asking: npm test|',
      '    |  in the folder: /w|',
      '  You signed no policy for this workspace before: all of it is new.',
    ]);
  });

  test('says what is new, what is gone and what is pinned anew', () => {
    const comparison = { kind: 'changes', version: 6, added: ['A'], removed: [], pinnedAnew: ['B'] } as const;
    expect(linesOf(reading({ comparison })).slice(4, 10)).toEqual([
      '  Against version 6, the newest you signed:',
      '  New:',
      '    |A|',
      '  Gone: nothing',
      '  The same words, but other programs, configuration or environment:',
      '    |B|',
    ]);
  });

  test('says when it cannot tell what changes', () => {
    const lines = linesOf(reading({ comparison: { kind: 'unknown', version: 6 } }));
    expect(lines[4]).toMatch(/cannot be said: of version 6,/);
  });

  test('says when it only replaces the approver', () => {
    const lines = linesOf(reading({ replacesApprover: true, permits: ['K'] }));
    expect(lines[1]).toContain('names the approver that takes your place, and puts no policy in force');
    expect(lines[2]).toBe('    |K|');
  });

  test.each([
    ['policy-rolled-back', '"airlock policy renew"'],
    ['policy-version', '"airlock policy renew"'],
    ['policy-unreadable', 'nobody can tell what it permits'],
  ] as const)('says what to do about %s', (obstacle, words) => {
    const lines = cardText({ ...opened(), canApprove: false, obstacles: [obstacle] }, AT);
    expect(lines.at(-1)).toMatch(/^CANNOT BE APPROVED: /);
    expect(lines.at(-1)).toContain(words);
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
      'REQUEST    COUNT  AGE        TIME LEFT        KIND     WORKSPACE  WHAT',
      "req-older  1x     1 h 1 min  4 min 20 s left  command  widgets    npm run 'a b'",
      `req-n      1x     1 min 5 s  4 min 20 s left  command  widgets    ${'x'.repeat(100)}… (50 characters more)`,
    ]);
  });

  test(rules('APPR-185')`has one row per card: its oldest request, how many there are, the first end`, () => {
    const argv = ['npm', 'test'];
    const all = [
      opened({ argv }, { id: 'req-b', created: AT - 1_000, expires: AT + 300_000 }),
      opened({ argv }, { id: 'req-a', created: AT - 65_000, expires: AT + 240_000 }),
      opened({ argv: ['x'], contentSha256: 'cd'.repeat(32) }, { id: 'req-c', created: AT - 5_000 }),
    ];
    expect(inboxLines(all, AT)).toEqual([
      'REQUEST  COUNT  AGE        TIME LEFT        KIND     WORKSPACE  WHAT',
      'req-a    2x     1 min 5 s  4 min left       command  widgets    npm test',
      'req-c    1x     5 s        4 min 20 s left  command  widgets    x',
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
