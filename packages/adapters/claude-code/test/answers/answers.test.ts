import { rules } from '@airlock/conformance';
import type { HostVerdict } from '@airlock/runtime/client';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { saysModuleHeard } from '../../src/events/canary-call.js';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';

async function answer(verdict: HostVerdict) {
  return await send(new ScriptedDesk(verdict), toolEventOf('Skill', { skill: 's' }));
}

function decision(permissionDecision: string, permissionDecisionReason: string): string {
  return JSON.stringify({
    hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision, permissionDecisionReason },
  });
}

const denied = {
  permission: 'deny',
  requestId: 'r',
  code: 'not_paired',
  reason: 'This folder is not paired.',
  isHuman: false,
} as const;

describe(rules('LOC-040', 'LOC-140')`the answers of table 18.1`, () => {
  it.each<{
    readonly name: string;
    readonly verdict: Exclude<HostVerdict, { permission: 'pending' }>;
    readonly body: string;
  }>([
    {
      name: 'allowed by the human',
      verdict: { permission: 'allow', requestId: 'r-1', basis: null },
      body: decision('allow', 'Airlock: approved by the approver (request r-1)'),
    },
    {
      name: 'allowed by a pattern',
      verdict: { permission: 'allow', requestId: 'r-1', basis: { kind: 'pattern', patternIds: ['p'] } },
      body: decision('allow', 'Airlock: allowed by a signed pattern (request r-1)'),
    },
    {
      name: 'allowed by a grant',
      verdict: { permission: 'allow', requestId: 'r-1', basis: { kind: 'grant', policyId: 'p' } },
      body: decision('allow', 'Airlock: allowed by a signed standing approval (request r-1)'),
    },
    { name: 'passed', verdict: { permission: 'pass', requestId: 'r-1', basis: { kind: 'read' } }, body: '{}' },
  ])('$name', async ({ verdict, body }) => {
    expect(await answer(verdict)).toEqual({ permission: verdict.permission, exit: 0, body });
  });

  test('denied by us: what, why, what to type next', async () => {
    const reason =
      'Airlock did not let this call through (not_paired): This folder is not paired. Nothing was executed. Next: airlock pair';
    expect(await answer({ ...denied, fix: 'airlock pair' })).toEqual({
      permission: 'deny',
      exit: 2,
      body: decision('deny', reason),
      reason,
    });
  });

  test('denied by the human: their words, said to be theirs', async () => {
    const given = await answer({ ...denied, isHuman: true, reason: 'Use the staging host' });
    expect(given).toHaveProperty(
      'reason',
      expect.stringMatching(/^Rejected by the approver: Use the staging host Nothing was executed\./),
    );
    const silent = await answer({ ...denied, isHuman: true, reason: '' });
    expect(silent).toHaveProperty('reason', expect.stringMatching(/^Rejected by the approver: \(no reason given\) /));
  });

  test('not decided yet', async () => {
    expect(await answer({ permission: 'pending' })).toEqual({ permission: 'pending' });
  });

  test('whatever the approver writes, the answer keeps its form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), async (reason, isHuman) => {
        const given = await answer({ ...denied, reason, isHuman, fix: reason });
        if (given.permission === 'pending') throw new Error('not pending');
        expect(given).toMatchObject({ permission: 'deny', exit: 2 });
        expect(given.reason).toMatch(/^[ -~]{1,4000}$/);
        expect(given.body).toMatch(/^[ -~]+$/);
        const { hookSpecificOutput: output } = JSON.parse(given.body) as { hookSpecificOutput: object };
        expect(Object.keys(output)).toEqual(['hookEventName', 'permissionDecision', 'permissionDecisionReason']);
        expect(output).toMatchObject({ hookEventName: 'PreToolUse', permissionDecision: 'deny' });
      }),
      { numRuns: 30, examples: [['\u202e'.repeat(1000), true]] },
    );
  });
});

describe(rules('LOC-145')`which layer waits how long`, () => {
  it.each([
    ['PreToolUse', undefined],
    ['tool.check', 20_000],
    ['tool.run', 20_000],
  ])('%s: %s', async (layer, waitMs) => {
    const desk = new ScriptedDesk();
    await send(desk, toolEventOf('Skill', { skill: 's' }, { agent_id: 'a-1' }), { event: layer });
    expect(desk.calls).toMatchObject([
      {
        host: 'claude-code',
        layer,
        sessionId: 's-1',
        toolUseId: 'toolu_1',
        agentId: 'a-1',
        cwd: '/',
        tool: 'Skill',
        inputJson: '{"skill":"s"}',
        timeoutSeconds: 300,
      },
    ]);
    expect(desk.calls[0]?.waitMs).toBe(waitMs);
  });

  test('a call without a tool-use id or an agent says so', async () => {
    const desk = new ScriptedDesk();
    await send(desk, toolEventOf('Skill', { skill: 's' }, { tool_use_id: null }));
    expect(desk.calls).toMatchObject([{ toolUseId: null, agentId: null }]);
  });
});

describe(rules('LOC-100')`events`, () => {
  it.each(['SessionStart', 'session.start', 'UserPromptExpansion'])('%s goes on without a word', async (event) => {
    const given = await send(new ScriptedDesk(), { session_id: 's-1', prompt: '/airlock:status' }, { event });
    expect(given).toEqual({ permission: 'pass', exit: 0, body: '' });
  });

  it.each(['Stop', 'pretooluse', 'PermissionRequest', 'tool.call', 'constructor'])(
    '%s is not known: refused',
    async (event) => {
      const given = await send(new ScriptedDesk(), { session_id: 's-1' }, { event });
      expect(given).toMatchObject({ permission: 'deny', exit: 2, reason: expect.stringContaining('event_unknown') });
    },
  );

  it.each(['PreToolUse', 'tool.check', 'tool.run'])(
    'the canary is denied by %s without asking anybody',
    async (event) => {
      const desk = new ScriptedDesk();
      const given = await send(desk, toolEventOf('AirlockCanary', {}), { event });
      expect(given).toMatchObject({ permission: 'deny', exit: 2, reason: expect.stringContaining('(canary)') });
      expect(desk.calls).toEqual([]);
    },
  );

  it.each([
    ['s-1', true],
    ['s-2', false],
  ])('the canary of the session %s is told whether its module was heard of: %s', async (session_id, isHeard) => {
    const desk = new ScriptedDesk();
    await send(desk, { session_id: 's-1' }, { event: 'session.start' });
    const { body } = { body: '', ...(await send(desk, toolEventOf('AirlockCanary', {}, { session_id }))) };
    expect(body).toContain('always denied');
    expect(saysModuleHeard(body)).toBe(isHeard);
  });

  test('a desk that fails is a deny', async () => {
    const desk = new ScriptedDesk();
    desk.decide = () => Promise.reject(new Error('disk full'));
    expect(await send(desk, toolEventOf('Skill', { skill: 's' }))).toMatchObject({
      permission: 'deny',
      exit: 2,
      reason: expect.stringContaining('(internal_error): disk full'),
    });
  });
});
