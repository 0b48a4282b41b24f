import type { ExplainAnswer, PolicyAnswer, WorkspaceStatus } from '@airlock/runtime/client';
import type { AuditItem } from '@airlock/runtime';
import { ASK_REASONS, MATCH_REASONS } from '@airlock/policy';
import { describe, expect, test } from 'vitest';
import { countAuto } from '../../src/commands/audit/auto.js';
import { explanationLines } from '../../src/commands/policy/explain.js';
import { patternShell } from '../../src/commands/policy/login-shell.js';
import { reasonWords } from '../../src/commands/policy/reason-words.js';
import { describePolicyAnswer } from '../../src/commands/policy/show.js';
import { timeWords } from '../../src/commands/policy/time-words.js';
import { policyWords } from '../../src/commands/status/status.js';
import { recordingCli } from './cli.js';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const HOUR = 3_600_000;
const PROGRAM_HASH = 'a'.repeat(64);

const STRICTEST: PolicyAnswer = {
  workspace: '/srv/widgets',
  version: 0,
  sha256: PROGRAM_HASH,
  signedBy: null,
  signedAt: null,
  autoUntil: null,
  failOpenUntil: null,
  patterns: [],
  gatesOff: [],
  unmanaged: [],
  requirements: [],
  standing: [],
};
const PATTERN: PolicyAnswer['patterns'][number] = {
  id: 'pat-0123456789abcdef',
  pattern: { text: 'git status', cwd: '/srv/widgets', configuration: [], environmentSha256: PROGRAM_HASH as never },
};

const TOOL: NonNullable<PolicyAnswer['tools']>[number] = {
  id: 'tool-0123456789abcdef',
  tool: {
    server: 'search',
    serverSha256: '1'.repeat(64) as never,
    tool: 'query',
    definitionSha256: '2'.repeat(64) as never,
  },
};

describe('policy show', () => {
  const lines = (policy: Partial<PolicyAnswer>) =>
    describePolicyAnswer(recordingCli(), { ...STRICTEST, ...policy }, AT);

  test('nothing signed', () => {
    expect(lines({})).toEqual([
      'workspace  /srv/widgets',
      'policy     none signed: everything is asked',
      'auto mode  off',
      'fail open  off',
    ]);
  });

  test('everything that a document can say, and what was taken from it', () => {
    expect(
      lines({
        version: 9,
        signedBy: 'al1.key',
        signedAt: AT - HOUR,
        autoUntil: AT + 8 * HOUR,
        failOpenUntil: AT - HOUR,
        patterns: [PATTERN],
        tools: [TOOL],
        unmanaged: ['/srv/toys'],
        gatesOff: ['mcp'],
        requirements: ['verified-pairing'],
        restrictions: [{ kind: 'auto-off' }, { kind: 'path-managed', what: '/srv/x' }],
        standing: [
          {
            policyId: 'dnd-1',
            effect: 'approve',
            scope: 'action',
            selector: { contentSha256: PROGRAM_HASH },
            expiresAt: AT + HOUR,
          },
          { policyId: 'dnd-2', effect: 'deny', scope: 'workspace', sessionId: 's-1', expiresAt: AT + HOUR },
          {
            policyId: 'dnd-3',
            effect: 'deny',
            scope: 'action',
            selector: { argvPrefix: ['rm'], sessionId: 's' },
            expiresAt: AT + HOUR,
          },
        ],
      }),
    ).toEqual([
      'workspace  /srv/widgets',
      'policy     version 9, signed by al1.key at 2025-12-31T23:00:00.000Z',
      'auto mode  on until 2026-01-01 08:00 UTC (8 h)',
      'fail open  off since 2025-12-31T23:00:00.000Z',
      'patterns',
      '  pat-0123456789abcdef  git status  in /srv/widgets',
      'tools of MCP servers',
      '  tool-0123456789abcdef  the tool query of the server search',
      'left alone',
      '  /srv/toys',
      'never asked, by source',
      '  mcp',
      'required',
      '  verified-pairing',
      'taken away here, at once',
      '  auto-off',
      '  path-managed /srv/x',
      'standing policies of the approver',
      '  dnd-1  approves an action with content aaaaaaaaaaaaaaaa… until 2026-01-01 01:00 UTC (1 h)',
      '  dnd-2  denies everything in this workspace in session s-1 until 2026-01-01 01:00 UTC (1 h)',
      '  dnd-3  denies an action argvPrefix ["rm"], in session s until 2026-01-01 01:00 UTC (1 h)',
    ]);
  });

  test('a problem comes with what to type', () => {
    const problem = { code: 'policy_unreadable', message: 'the file was changed', fix: 'airlock policy renew' };
    expect(lines({ problem })[2]).toMatch(
      /^PROBLEM {4}policy_unreadable the file was changed \(try: \S+ \/opt\/airlock\/main\.js policy renew\)$/,
    );
  });

  test('no text from outside changes the terminal', () => {
    const pattern = { ...PATTERN.pattern, cwd: '/srv/\u001b[2Jx' };
    const tool = { ...TOOL.tool, tool: 'q\u001b[1m', server: 's\n' };
    const shown = lines({
      patterns: [{ id: 'pat', pattern }],
      tools: [{ id: 'tool', tool }],
      unmanaged: ['/\u202e'],
    }).join('');
    expect(shown).toContain('the tool q\\u{1B}[1m of the server s\\u{A}');
    expect(shown).toContain('\\u{1B}[2Jx');
    expect(shown).toContain('\\u{202E}');
  });
});

describe('policy explain', () => {
  const answer = (change: Partial<ExplainAnswer>): ExplainAnswer => ({ verdict: 'ask', touchesGate: [], ...change });
  const CASES: ReadonlyArray<{ says: readonly string[]; of: ExplainAnswer }> = [
    {
      of: answer({ verdict: 'allow', basis: { kind: 'pattern', patternIds: [PATTERN.id, PATTERN.id, 'pat-gone'] } }),
      says: ['allowed without asking: pattern git status (pat-0123456789abcdef), pat-gone'],
    },
    {
      of: answer({ verdict: 'allow', basis: { kind: 'pattern', patternIds: [TOOL.id] } }),
      says: ['allowed without asking: the tool query of the server search (tool-0123456789abcdef)'],
    },
    {
      of: answer({ verdict: 'allow', basis: { kind: 'grant', policyId: 'dnd-1' } }),
      says: ["allowed without asking: the approver's standing policy dnd-1"],
    },
    {
      of: answer({ verdict: 'deny', basis: { kind: 'denial', policyId: 'dnd-2' } }),
      says: ["denied without asking: the approver's standing policy dnd-2"],
    },
    {
      of: answer({ verdict: 'pass', basis: { kind: 'gate-off', gate: 'mcp' } }),
      says: ['not gated: the host decides, and airlock run executes: nothing that mcp asks about is asked'],
    },
    {
      of: answer({ verdict: 'pass', basis: { kind: 'unmanaged', path: '/toys' } }),
      says: ['not gated: the host decides, and airlock run executes: /toys is left alone'],
    },
    {
      of: answer({ reason: 'pin_changed', detail: 'package.json#scripts' }),
      says: ['the approver is asked: pin_changed: what its pattern is pinned to has changed', '  package.json#scripts'],
    },
    {
      of: answer({ reason: 'protected_target', touchesGate: ['.git/hooks/pre-commit'] }),
      says: [
        'the approver is asked: protected_target: it touches Airlock itself, or what starts it',
        '  touches Airlock: .git/hooks/pre-commit',
      ],
    },
    { of: answer({}), says: ['the approver is asked'] },
  ];
  test.each(CASES)('$of', ({ of, says }) => {
    expect(explanationLines(of, { patterns: [PATTERN], tools: [TOOL] })).toEqual(says);
  });

  test('every reason has words', () => {
    for (const code of [...ASK_REASONS, ...MATCH_REASONS.filter((each) => each !== 'match')]) {
      expect(reasonWords(code), code).not.toBe('');
    }
    expect(reasonWords('from_a_later_version')).toBe('');
    expect(reasonWords('constructor')).toBe('');
  });
});

describe('status', () => {
  const workspace = {
    auto: false,
    autoUntil: null,
    failMode: 'closed',
    failOpenUntil: null,
    patterns: [],
    policyVersion: 0,
  } as unknown as WorkspaceStatus;
  const soon = Date.now() + HOUR - 1_000;

  test.each([
    { change: {}, says: /^auto off, fail mode closed, 0 patterns, no signed policy$/ },
    { change: { patterns: ['npm test'], policyVersion: 4 }, says: /, 1 pattern, policy version 4$/ },
    { change: { auto: true, autoUntil: soon }, says: /^auto on until \S+ \S+ UTC \(1 h\), / },
    {
      change: { failMode: 'open', failOpenUntil: soon } as const,
      says: /, fail mode open until \S+ \S+ UTC \(1 h\), /,
    },
  ])('$says', ({ change, says }) => {
    expect(policyWords({ ...workspace, ...change })).toMatch(says);
  });

  test('a moment that is over is said to be', () => {
    expect(timeWords(AT - 60_000, AT)).toBe('2025-12-31 23:59 UTC (over)');
    expect(timeWords(AT + 59_999, AT)).toBe('2026-01-01 00:01 UTC (1 min)');
  });
});

describe('audit list --auto', () => {
  const entry = (at: string, fields: Readonly<Record<string, string>>): AuditItem => ({
    id: 1,
    hash: '',
    entry: { at, prev: '', kind: 'policy.allowed', workspaceId: 'ws-1', ...fields } as unknown as AuditItem['entry'],
  });

  test('counts each pattern of a line once, and whatever else decided', () => {
    const items = [
      entry('t1', { basis: 'pattern', patternIds: 'pat-1 pat-2 pat-1' }),
      entry('t2', { basis: 'pattern', patternIds: 'pat-1' }),
      entry('t3', { basis: 'grant', policyId: 'dnd-1' }),
      entry('t4', { kind: 'policy.denied', basis: 'denial', policyId: 'dnd-2' }),
      entry('t5', { kind: 'policy.passed', basis: 'auto' }),
      entry('t6', { kind: 'policy.passed', basis: 'auto' }),
      entry('t7', { kind: 'policy.passed', basis: 'auto', workspaceId: 'ws-2' }),
      entry('t8', { kind: 'policy.asked' }),
      entry('t9', { kind: 'request.decided', outcome: 'approved' }),
    ];
    const use = { workspaceId: 'ws-1' };
    expect(countAuto(items)).toEqual([
      { ...use, basis: 'pattern', id: 'pat-1', count: 2, firstAt: 't1', lastAt: 't2' },
      { ...use, basis: 'auto', id: null, count: 2, firstAt: 't5', lastAt: 't6' },
      { ...use, basis: 'pattern', id: 'pat-2', count: 1, firstAt: 't1', lastAt: 't1' },
      { ...use, basis: 'grant', id: 'dnd-1', count: 1, firstAt: 't3', lastAt: 't3' },
      { ...use, basis: 'denial', id: 'dnd-2', count: 1, firstAt: 't4', lastAt: 't4' },
      { workspaceId: 'ws-2', basis: 'auto', id: null, count: 1, firstAt: 't7', lastAt: 't7' },
    ]);
  });
});

describe('the shell that a new pattern is pinned to', () => {
  test('the named one, then the one of the environment', () => {
    expect(patternShell(recordingCli({ SHELL: '/bin/zsh' }), 'bash')).toBe('bash');
    expect(patternShell(recordingCli({ SHELL: '/usr/bin/zsh' }), undefined)).toBe('/usr/bin/zsh');
  });

  test('never one whose lines are not understood', () => {
    expect(() => patternShell(recordingCli(), 'fish')).toThrow(/bash, dash, sh and zsh/);
    expect(patternShell(recordingCli({ SHELL: '/usr/bin/fish' }), undefined)).not.toBe('/usr/bin/fish');
  });
});
