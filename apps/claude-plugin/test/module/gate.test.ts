import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DaemonAnswer, hostWith, loadModule, nextOf, type ScriptAnswer } from './host.js';

const SOCKET = '/run/airlock/daemon.sock';
const ALLOW: DaemonAnswer = { status: 200, headers: { 'airlock-permission': 'allow' } };
const PASS: DaemonAnswer = { status: 200, headers: { 'airlock-permission': 'pass' } };
const PENDING: DaemonAnswer = { status: 202 };
const denied = (reason: string): DaemonAnswer => ({
  status: 200,
  headers: { 'airlock-permission': 'deny', 'airlock-reason': reason },
});

const CHECK = { tool: 'Bash', input: { command: 'ls' }, tool_use_id: 'toolu_1' };
const RUN = { tool: 'Bash', command: 'ls', tool_use_id: 'toolu_1' };

async function decide(layer: 'tool.check' | 'tool.run', daemon: readonly DaemonAnswer[], script?: ScriptAnswer) {
  const { hooks } = await loadModule(SOCKET);
  const host = hostWith(daemon, script);
  const event = layer === 'tool.check' ? CHECK : RUN;
  const answer = await hooks[layer]?.(host.dollar, event, nextOf());
  const goesOn = answer === 'went on';
  const reason = (answer as { reason?: string }).reason ?? (answer as { deny?: string }).deny;
  return { goesOn, reason, ...host };
}

const GENERAL = 'Airlock: the call is denied';
const ANSWERS: readonly (readonly [string, DaemonAnswer, boolean, string | undefined])[] = [
  ['allow', ALLOW, true, undefined],
  ['pass', PASS, true, undefined],
  ['a deny with its reason', denied('rejected: not on Fridays'), false, 'rejected: not on Fridays'],
  ['allow with a status that is not 200', { status: 201, headers: { 'airlock-permission': 'allow' } }, false, GENERAL],
  ['an error with allow', { status: 500, headers: { 'airlock-permission': 'allow' } }, false, GENERAL],
  ['a permission in other letters', { status: 200, headers: { 'airlock-permission': 'Allow' } }, false, GENERAL],
  ['two permissions', { status: 200, headers: { 'airlock-permission': 'allow, deny' } }, false, GENERAL],
  ['no permission', { status: 200 }, false, GENERAL],
  ['a redirection', { status: 302, headers: { location: 'http://elsewhere/' } }, false, GENERAL],
  ['nothing at all', { status: 204 }, false, GENERAL],
];

describe(rules('LOC-040', 'LOC-140', 'LOC-145')`what lets a call go on in the module`, () => {
  for (const layer of ['tool.check', 'tool.run'] as const) {
    test.each(ANSWERS)(`${layer}: %s`, async (_name, answer, expected, reason) => {
      const decided = await decide(layer, [answer]);
      expect({ goesOn: decided.goesOn, reason: decided.reason }).toEqual({ goesOn: expected, reason });
    });

    test(`${layer}: asks again as long as nothing is decided`, async () => {
      const decided = await decide(layer, [PENDING, PENDING, PENDING, ALLOW]);
      expect(decided.goesOn).toBe(true);
      expect(new Set(decided.posted.map(({ body }) => JSON.stringify(body)))).toHaveProperty('size', 1);
      expect(decided.posted).toHaveLength(4);
    });

    test(`${layer}: reports the call in the form of the command hook`, async () => {
      const { posted } = await decide(layer, [ALLOW]);
      expect(posted).toEqual([
        {
          url: `http://airlock/v1/hooks/claude-code/${layer}`,
          socketPath: SOCKET,
          body: {
            session_id: 's-1',
            cwd: '/home/dev/p',
            hook_event_name: layer,
            tool_name: 'Bash',
            tool_input: { command: 'ls' },
            tool_use_id: 'toolu_1',
          },
        },
      ]);
    });
  }

  test('nothing but 200 with exactly allow or pass does', async () => {
    const answers = fc.record({
      status: fc.oneof(fc.constantFrom(200, 201, 204, 301, 404, 500, 503), fc.integer({ min: 100, max: 599 })),
      permission: fc.oneof(fc.constantFrom('allow', 'pass', 'deny', '', 'allow ', 'ALLOW'), fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(answers, async ({ status, permission }) => {
        fc.pre(status !== 202);
        const decided = await decide('tool.run', [{ status, headers: { 'airlock-permission': permission } }]);
        expect(decided.goesOn).toBe(status === 200 && (permission === 'allow' || permission === 'pass'));
      }),
      { numRuns: 300 },
    );
  });
});

const ALLOWED =
  '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","permissionDecisionReason":"Airlock: \\"ok\\""}}';
const SCRIPTS: readonly (readonly [string, ScriptAnswer, boolean, string | undefined])[] = [
  ['its allow', { exitCode: 0, stdout: ALLOWED, stderr: '' }, true, undefined],
  ['its pass', { exitCode: 0, stdout: '{}', stderr: '' }, true, undefined],
  ['its deny', { exitCode: 2, stdout: '{}', stderr: 'airlock: no\n' }, false, 'airlock: no'],
  ['an allow with exit 2', { exitCode: 2, stdout: ALLOWED, stderr: '' }, false, GENERAL],
  ['no output', { exitCode: 0, stdout: '', stderr: '' }, false, GENERAL],
  ['a line before it', { exitCode: 0, stdout: `hello\n${ALLOWED}`, stderr: '' }, false, GENERAL],
  ['something after it', { exitCode: 0, stdout: `${ALLOWED} {}`, stderr: '' }, false, GENERAL],
  ['a crash', { exitCode: 1, stdout: '', stderr: '' }, false, GENERAL],
  ['another exit code', { exitCode: 75, stdout: ALLOWED, stderr: '' }, false, GENERAL],
];

describe(rules('LOC-100')`the module when the socket cannot be reached`, () => {
  test.each(SCRIPTS)('the hook script decides: %s', async (_name, script, expected, reason) => {
    const decided = await decide('tool.run', ['fails'], script);
    expect({ goesOn: decided.goesOn, reason: decided.reason }).toEqual({ goesOn: expected, reason });
    expect(decided.scripts.map(({ argv }) => argv)).toEqual([['/bin/sh', '-p', '/plugin/hooks/hook.sh', 'tool.run']]);
    expect(decided.scripts.map(({ stdin }) => JSON.parse(stdin))).toEqual([decided.posted[0]?.body]);
    expect(decided.scripts.map(({ env }) => env)).toMatchObject([
      { LD_PRELOAD: '', LD_AUDIT: '', LD_LIBRARY_PATH: '' },
    ]);
  });

  test('a place without a socket goes through the script', async () => {
    const { hooks } = await loadModule(null);
    const host = hostWith([ALLOW], { exitCode: 0, stdout: '{}', stderr: '' });
    expect(await hooks['tool.run']?.(host.dollar, RUN, nextOf())).toBe('went on');
    expect(host.posted).toEqual([]);
  });

  test('an interrupted call does not go on', async () => {
    const { hooks } = await loadModule(SOCKET);
    const host = hostWith([PENDING]);
    const answer = await hooks['tool.run']?.(host.dollar, RUN, nextOf({ aborted: true }));
    expect(answer).toEqual({ deny: 'Airlock: the call was interrupted' });
  });

  test('every layer that fails denies', async () => {
    const { hooks, catches } = await loadModule(SOCKET);
    const host = hostWith(['fails']);
    await expect(hooks['tool.run']?.(host.dollar, RUN, nextOf())).rejects.toThrow('ENOENT');
    expect(await catches['tool.check']?.(host.dollar, CHECK, nextOf())).toMatchObject({ decision: 'deny' });
    expect(await catches['tool.run']?.(host.dollar, RUN, nextOf())).toHaveProperty('deny');
    expect(await catches['tool.run']?.(host.dollar, RUN, Object.assign(nextOf(), { called: true }))).toBe('went on');
  });

  test('a session starts whether or not a daemon hears of it, and starts none', async () => {
    const { hooks } = await loadModule(SOCKET);
    const host = hostWith(['fails']);
    expect(await hooks['session.start']?.(host.dollar, { cwd: '/home/dev/p' }, nextOf())).toBe('went on');
    expect(host.posted.map(({ url }) => url)).toEqual(['http://airlock/v1/hooks/claude-code/session.start']);
    expect(host.scripts).toEqual([]);
  });
});

const INPUTS: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>])[] = [
  ['a relative path', { tool: 'Write', file_path: 'a/b.txt' }, { file_path: '/home/dev/p/a/b.txt' }],
  ['white space around a path', { tool: 'Write', file_path: ' a/../b.txt ' }, { file_path: '/home/dev/p/b.txt' }],
  ['a path from home', { tool: 'Read', file_path: '~/w.txt' }, { file_path: '/home/dev/w.txt' }],
  ['home itself', { tool: 'Read', file_path: '~' }, { file_path: '/home/dev' }],
  ['a path with empty and dot parts', { tool: 'Edit', file_path: '/a/.//b/../c/' }, { file_path: '/a/c' }],
  ['a path above the root', { tool: 'Edit', file_path: '/../../etc/x' }, { file_path: '/etc/x' }],
  ['a notebook', { tool: 'NotebookEdit', notebook_path: 'n.ipynb' }, { notebook_path: '/home/dev/p/n.ipynb' }],
  ['a path of Windows', { tool: 'Write', file_path: 'C:\\a\\..\\b' }, { file_path: 'C:\\a\\..\\b' }],
  ['a path that is none', { tool: 'Write', file_path: 7 }, { file_path: 7 }],
  ['the path of another tool', { tool: 'mcp__x__y', file_path: 'a' }, { file_path: 'a' }],
  [
    'members with the names of the event',
    { tool: 'mcp__x__y', path: 'p', $shadowed: { tool: 'x', agentId: 'y', $shadowed: 1 } },
    { path: 'p', tool: 'x', agentId: 'y', $shadowed: 1 },
  ],
  [
    'a forged replacement of a member',
    { tool: 'mcp__x__y', path: 'real', $shadowed: { path: 'shown' } },
    { path: 'real', $shadowed: { path: 'shown' } },
  ],
];

describe(rules('LOC-145')`the input that tool.run reports`, () => {
  test.each(INPUTS)('%s', async (_name, event, expected) => {
    const { hooks } = await loadModule(SOCKET);
    const host = hostWith([ALLOW]);
    await hooks['tool.run']?.(
      host.dollar,
      { tool_use_id: 't', agentId: 'a1', requestMeta: { x: 1 }, ...event },
      nextOf(),
    );
    expect(host.posted[0]?.body).toMatchObject({ tool_name: event['tool'], agent_id: 'a1' });
    expect(host.posted[0]?.body['tool_input']).toEqual(expected);
  });
});
