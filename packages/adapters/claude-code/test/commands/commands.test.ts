import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { patternFacts, stopDaemon } from '@airlock/runtime/client';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { failureLines } from '../../src/commands/failure.js';
import { autoOff, autoOn, failMode } from '../../src/commands/modes.js';
import { pair, unpair } from '../../src/commands/pairing.js';
import { approve, disapprove, patterns } from '../../src/commands/patterns.js';
import type { CommandSession } from '../../src/commands/session.js';
import { status } from '../../src/commands/status.js';
import { FakeDaemon, policyAnswer } from './fake-daemon.js';

type Command = (session: CommandSession, argument: string) => Promise<readonly string[]>;

const APPLIED = { event: 'applied', version: 7, sha256: 'b'.repeat(64), signerKeyId: 'signer-1' };
const CHANGES = '/v1/policy/changes';
const RESTRICTIONS = '/v1/policy/restrictions';
const SHOW = '/v1/policy/show';

let daemon: FakeDaemon;
beforeEach(async () => {
  daemon = new FakeDaemon();
  await daemon.start();
});
afterEach(() => daemon.stop());

/** What the human reads, done or not. */
async function said(command: Command, argument = ''): Promise<string> {
  try {
    return (await command(daemon.session(), argument)).join('\n');
  } catch (thrown) {
    return failureLines(thrown).join('\n');
  }
}

const hoursFromNow = (hours: number) => expect.closeTo(Date.now() + hours * 3_600_000, -5);

describe(rules('LOC-080')`what loosens is asked of the approver, and only that`, () => {
  const cases: readonly (readonly [string, Command, string, () => object])[] = [
    ['auto-on', autoOn, '', () => ({ kind: 'auto-on', until: hoursFromNow(8) })],
    ['auto-on 0.5', autoOn, '0.5', () => ({ kind: 'auto-on', until: hoursFromNow(0.5) })],
    ['fail-mode open', failMode, 'open', () => ({ kind: 'fail-open', until: hoursFromNow(8) })],
    ['fail-mode open 2', failMode, 'open  2', () => ({ kind: 'fail-open', until: hoursFromNow(2) })],
    ['approve', approve, 'ls -l', () => ({ kind: 'add-pattern', pattern: expect.objectContaining({ text: 'ls -l' }) })],
    [
      'approve, quoted',
      approve,
      '"ls -l"',
      () => ({ kind: 'add-pattern', pattern: expect.objectContaining({ text: 'ls -l' }) }),
    ],
  ];
  test.each(cases)('%s', async (_name, command, argument, change) => {
    daemon.answers = { [CHANGES]: [{ event: 'submitted', requestId: 'r', expiresAt: 1, summary: 's' }, APPLIED] };
    expect(await said(command, argument)).toContain('Signed by signer-1 as version 7');
    expect(daemon.asked).toEqual([[CHANGES, { workspace: daemon.folder, change: change(), timeoutSeconds: 300 }]]);
  });

  const refusals: readonly (readonly [object, string])[] = [
    [{ outcome: 'rejected', reason: 'no\u202eon' }, 'Not done (rejected): the approver rejected it: no\\u{202E}on'],
    [{ outcome: 'rejected' }, 'Not done (rejected): the approver rejected it'],
    [{ outcome: 'timeout' }, 'Not done (timeout): nobody answered in time; nothing was changed'],
    [{ outcome: 'policy', code: 'denied_here', reason: 'r' }, 'Not done (denied_here): denied by policy: r'],
    [{ outcome: 'withdrawn' }, 'Not done (withdrawn): nothing was changed'],
    [
      { outcome: 'failed', code: 'c', reason: 'why', fix: 'airlock pair --x' },
      'Not done (c): why\nNext: /airlock:pair',
    ],
  ];
  test.each(refusals)('refused: %j', async (refused, expected) => {
    daemon.answers = { [CHANGES]: [{ event: 'refused', ...refused }] };
    expect(await said(autoOn)).toBe(expected);
  });

  test('a stream that breaks off is no approval', async () => {
    daemon.answers = { [CHANGES]: [{ event: 'submitted', requestId: 'r', expiresAt: 1, summary: 's' }] };
    expect(await said(autoOn)).toMatch(/^Not done \(bad_answer\)/);
  });
});

describe(rules('LOC-065', 'LOC-085')`what tightens is done at once, and asks nobody`, () => {
  const cases: readonly (readonly [string, Command, string, object])[] = [
    ['auto-off', autoOff, '', { kind: 'auto-off' }],
    ['fail-mode closed', failMode, 'closed', { kind: 'fail-closed' }],
  ];
  test.each(cases)('%s', async (_name, command, argument, restriction) => {
    for (const changed of [true, false]) {
      daemon.answers = { [RESTRICTIONS]: { recorded: true, changed } };
      expect((await said(command, argument)).includes('already')).toBe(!changed);
    }
    expect(daemon.asked[0]).toEqual([RESTRICTIONS, { workspace: daemon.folder, restriction }]);
  });

  test('unpair', async () => {
    daemon.answers = { '/v1/unpair': { workspace: daemon.folder, unpaired: true } };
    expect(await said(unpair)).toContain('is not paired any more: everything in it is denied until /airlock:pair');
    expect(daemon.asked).toEqual([['/v1/unpair', { workspace: daemon.folder }]]);
  });

  test('disapprove takes the tool of that id, and none by its name', async () => {
    daemon.answers = {
      [SHOW]: policyAnswer(daemon.folder, { tools: [TOOL] }),
      [RESTRICTIONS]: { recorded: true, changed: true },
    };
    expect(await said(disapprove, 'tool-1')).toBe('tool-1 is asked about again.');
    expect(await said(disapprove, 'query')).toContain('not_found');
    expect(daemon.asked.filter(([route]) => route === RESTRICTIONS).map(([, body]) => body)).toEqual([
      { workspace: daemon.folder, restriction: { kind: 'pattern-removed', patternId: 'tool-1' } },
    ]);
  });

  test('disapprove takes every pattern of that text, or the one of that id', async () => {
    const listed = ['ls', 'ls', 'id'].map((text, index) => ({ id: `p${index}`, pattern: patternOf(text) }));
    daemon.answers = {
      [SHOW]: policyAnswer(daemon.folder, { patterns: listed }),
      [RESTRICTIONS]: { recorded: true, changed: true },
    };
    expect(await said(disapprove, 'ls')).toBe('ls is asked about again.');
    expect(await said(disapprove, 'p2')).toBe('p2 is asked about again.');
    expect(await said(disapprove, 'l')).toBe('Not done (not_found): no pattern here is l\nNext: /airlock:patterns');
    const removed = daemon.asked.filter(([route]) => route === RESTRICTIONS).map(([, body]) => body);
    expect(removed).toEqual(
      ['p0', 'p1', 'p2'].map((patternId) => ({
        workspace: daemon.folder,
        restriction: { kind: 'pattern-removed', patternId },
      })),
    );
  });
});

const COOPERATIVE = 'cooperative: what runs as you can remove it; more: airlock claude status';

const TOOL = {
  id: 'tool-1',
  tool: { server: 'search\u001b[2J', serverSha256: 'a'.repeat(64), tool: 'query', definitionSha256: 'b'.repeat(64) },
};

function patternOf(text: string): object {
  return { text, cwd: daemon.folder, configuration: [], environmentSha256: 'c'.repeat(64) };
}

describe('what is typed wrongly changes nothing', () => {
  const cases: readonly (readonly [string, Command, string])[] = [
    ['auto-on with words', autoOn, 'forever'],
    ['auto-on with too much', autoOn, '169'],
    ['auto-on with nothing of it', autoOn, '0'],
    ['auto-on with a sign', autoOn, '-1'],
    ['auto-on with an exponent', autoOn, '1e2'],
    ['auto-off with words', autoOff, 'now'],
    ['fail-mode with another word', failMode, 'ajar'],
    ['fail-mode closed for a time', failMode, 'closed 2'],
    ['fail-mode with three words', failMode, 'open 2 3'],
    ['approve without a pattern', approve, ''],
    ['approve with empty quotes', approve, '""'],
    ['disapprove without a pattern', disapprove, ''],
    ['status with words', status, 'all'],
    ['patterns with words', patterns, 'all'],
    ['pair with a code', pair, 'ABCD-1234'],
    ['unpair with a folder', unpair, '/'],
  ];
  test.each(cases)('%s', async (_name, command, argument) => {
    expect(await said(command, argument)).toMatch(/^Not done \(usage\): .*\nNext: \/airlock:/s);
    expect(daemon.asked).toEqual([]);
  });

  test('a pattern that is none is not asked', async () => {
    expect(await said(approve, 'ls && id')).toMatch(/^Not done \(pattern_invalid\)/);
    expect(daemon.asked).toEqual([]);
  });

  test('a pattern needs the environment of the host: what cannot be told is not guessed', async () => {
    await expect(approve(daemon.session(null), 'ls')).rejects.toMatchObject({ code: 'environment_unknown' });
    expect(daemon.asked).toEqual([]);
  });
});

describe('what is shown', () => {
  test('status of a workspace that works', async () => {
    daemon.workspace = { auto: true, autoUntil: 1_800_000_000_000, patterns: ['ls'], policyVersion: 3 };
    expect(await said(status)).toBe(
      [
        'daemon     running, pid 7, presence online, 0 open requests',
        'gateway    signed in as maya at https://gateway.example',
        `workspace  ${daemon.folder}`,
        'approver   signer-1 (verified)',
        'policy     auto on until 2027-01-15 08:00 UTC, fail mode closed, 1 patterns, version 3',
        `host       Claude Code of a version not told here, ${COOPERATIVE}`,
      ].join('\n'),
    );
  });

  test('status of one that does not', async () => {
    daemon.status = {
      signedIn: false,
      auth: 'AwaitingDevice',
      user: null,
      workspaces: [],
      problems: [{ code: 'state_corrupt', message: 'bad\u001b[2J' }],
    };
    expect((await said(status)).split('\n').slice(1)).toEqual([
      'gateway    not signed in at https://gateway.example (AwaitingDevice): everything is denied until /airlock:sign-in',
      `workspace  ${daemon.folder}/deep`,
      'approver   not paired: everything here is denied until /airlock:pair',
      `host       Claude Code of a version not told here, ${COOPERATIVE}`,
      'PROBLEM    state_corrupt: bad\\u{1B}[2J',
    ]);
  });

  const SAYS: readonly (readonly [agent: string, host: string, open: readonly string[]])[] = [
    ['claude-code_2-1-330_harness', '2.1.330', []],
    ['claude-code_2-1-197_harness', '2.1.197', ['before 2.1.295', 'before 2.1.287']],
    ['another-program_2-1-330_harness', 'of a version not told here', []],
  ];
  test.each(SAYS)('status of the host %s: Claude Code %s, open %j', async (AI_AGENT, version, open) => {
    const lines = await status(daemon.session({ AI_AGENT }), '');
    const at = lines.indexOf(`host       Claude Code ${version}, ${COOPERATIVE}`);
    expect(at).toBeGreaterThan(0);
    expect(lines.slice(at + 1)).toEqual(
      open.map((says) => expect.stringMatching(new RegExp(`^OPEN {7}${says} .*; update Claude Code$`))),
    );
  });

  test('status of a plugin that was changed', async () => {
    writeFileSync(join(daemon.plugin, 'more.js'), '');
    expect(await said(status)).toMatch(/^host .*\nFAULT {6}.*more\.js/m);
  });

  test('status while the daemon is stopped: the host all the same', async () => {
    const stopped = new FakeDaemon();
    onTestFinished(() => rmSync(stopped.root, { recursive: true, force: true }));
    const session = stopped.session({ AI_AGENT: 'claude-code_2-1-330_harness' });
    await stopDaemon(session.paths);
    expect((await status(session, '')).slice(0, 2)).toEqual([
      expect.stringContaining('daemon     stopped by command'),
      `host       Claude Code 2.1.330, ${COOPERATIVE}`,
    ]);
  });

  test('each pattern with whether it still holds', async () => {
    const place = {
      cwd: daemon.folder,
      environment: { PATH: '/usr/bin:/bin', SHELL: '/bin/bash' },
      shell: '/bin/bash',
    };
    const holds = await patternFacts('ls', place);
    const listed = [
      { id: 'p1', pattern: holds },
      { id: 'p2', pattern: { ...holds, environmentSha256: 'd'.repeat(64) } },
      { id: 'p3', pattern: { ...holds, cwd: '/nowhere/at/all' } },
    ];
    daemon.answers = { [SHOW]: policyAnswer(daemon.folder, { patterns: listed }) };
    const states = (await said(patterns)).split('\n').filter((line) => line.startsWith('    '));
    expect(states.map((line) => line.split(': ')[1])).toEqual([
      'holds',
      'CHANGED what it is pinned to, so it is asked',
      'CANNOT HOLD, so it is asked (folder_not_found)',
    ]);
  });

  test('tools of MCP servers stand among the patterns', async () => {
    daemon.answers = { [SHOW]: policyAnswer(daemon.folder, { tools: [TOOL] }) };
    expect((await said(patterns)).split('\n')).toEqual([
      'tool-1  the tool query of the MCP server search\\u{1B}[2J',
      '    while server and definition stay the same',
    ]);
  });

  test('pair names what to type in a terminal, and no secret', async () => {
    const lines = (await said(pair)).split('\n');
    expect(lines.at(-1)).toBe(`    ${process.execPath} /plugin/lib/command.js pair ${daemon.folder}`);
    expect(daemon.asked).toEqual([]);
  });
});
