import { mkdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch, TERMINAL } from '../support/files.js';

const OLD = 'old\n';
const NEW = 'new\n';

async function approvedWrite(desk: ScriptedDesk, before: string | null = OLD) {
  const path = join(scratch(), 'f.txt');
  if (before !== null) writeFileSync(path, before);
  const event = toolEventOf('Write', { file_path: path, content: NEW });
  await send(desk, event, { environment: TERMINAL });
  return { path, event };
}

const ended = { host: 'claude-code', sessionId: 's-1', toolUseId: 'toolu_1' };

describe(rules('ENF-140')`after the call, what is there is compared with what was approved`, () => {
  it.each([
    { name: 'as approved', event: 'PostToolUse', leave: NEW, incident: undefined },
    { name: 'something else', event: 'PostToolUse', leave: 'evil\n', incident: 'file_differs' },
    { name: 'still the old content', event: 'PostToolUse', leave: OLD, incident: 'file_differs' },
    { name: 'nothing', event: 'PostToolUse', leave: null, incident: 'file_differs' },
    { name: 'failed, nothing changed', event: 'PostToolUseFailure', leave: OLD, incident: undefined },
    { name: 'failed, and yet changed as approved', event: 'PostToolUseFailure', leave: NEW, incident: undefined },
    { name: 'failed, and left something else', event: 'PostToolUseFailure', leave: 'half', incident: 'file_differs' },
  ])('$event: $name', async ({ event: name, leave, incident }) => {
    const desk = new ScriptedDesk();
    const { path, event } = await approvedWrite(desk);
    if (leave === null) unlinkSync(path);
    else writeFileSync(path, leave);
    const answer = await send(desk, event, { event: name });
    const result = name === 'PostToolUse' ? 'succeeded' : 'failed';
    expect(desk.outcomes).toEqual([{ ...ended, result, ...(incident === undefined ? {} : { incident }) }]);
    expect(answer).toMatchObject({ permission: 'pass', exit: 0 });
    if (incident === undefined) expect(answer).toHaveProperty('body', '');
    else
      expect(answer).toHaveProperty(
        'body',
        expect.stringMatching(/^\{"systemMessage":"Airlock \(file_differs\).*"hookEventName":"PostToolUse/),
      );
  });

  test('a file that cannot be read any more differs', async () => {
    const desk = new ScriptedDesk();
    const { path, event } = await approvedWrite(desk);
    rmSync(path);
    mkdirSync(path);
    await send(desk, event, { event: 'PostToolUse' });
    expect(desk.outcomes).toMatchObject([{ incident: 'file_differs' }]);
  });

  test('input that was rewritten after the approval is an incident, for every tool', async () => {
    const desk = new ScriptedDesk();
    await send(desk, toolEventOf('Bash', { command: 'true' }), { environment: TERMINAL });
    await send(desk, toolEventOf('Bash', { command: 'false' }), { event: 'PostToolUse' });
    expect(desk.outcomes).toEqual([{ ...ended, result: 'succeeded', incident: 'input_differs' }]);
  });

  test('a call that passed ungated is not compared with a file that nobody approved', async () => {
    const desk = new ScriptedDesk({ permission: 'pass', requestId: 'r', basis: { kind: 'auto', until: 1 } });
    const { event } = await approvedWrite(desk);
    await send(desk, event, { event: 'PostToolUse' });
    expect(desk.outcomes).toEqual([{ ...ended, result: 'succeeded' }]);
  });

  test('a call that ran although it was denied is an incident', async () => {
    const desk = new ScriptedDesk({ permission: 'deny', requestId: null, code: 'x', reason: 'y', isHuman: false });
    const { event } = await approvedWrite(desk);
    desk.verdict = { permission: 'allow', requestId: 'r', basis: null };
    await send(desk, event, { event: 'tool.check' });
    const answer = await send(desk, event, { event: 'PostToolUse' });
    expect(answer).toHaveProperty('body', expect.stringContaining('Airlock (ran_without_approval)'));
    expect([desk.incidents, desk.outcomes]).toEqual([['ran_without_approval'], []]);
  });

  test('a call whose layer got no answer, and yet ran', async () => {
    const desk = new ScriptedDesk();
    desk.decide = () => Promise.reject(new Error('gone'));
    const { event } = await approvedWrite(desk);
    await send(desk, event, { event: 'PostToolUse' });
    expect(desk.incidents).toEqual(['ran_without_approval']);
  });

  test('a denied call that the host reports as failed is what a denial looks like', async () => {
    const desk = new ScriptedDesk({ permission: 'deny', requestId: null, code: 'x', reason: 'y', isHuman: false });
    const { event } = await approvedWrite(desk);
    await send(desk, event, { event: 'PostToolUseFailure' });
    expect(desk.incidents).toEqual([]);
  });

  test('an end is compared once, and never across sessions', async () => {
    const desk = new ScriptedDesk();
    const { path, event } = await approvedWrite(desk);
    writeFileSync(path, 'evil');
    await send(desk, { ...event, session_id: 's-2' }, { event: 'PostToolUse' });
    expect(desk.outcomes[0]).not.toHaveProperty('incident');
    await send(desk, event, { event: 'PostToolUse' });
    await send(desk, event, { event: 'PostToolUse' });
    expect(desk.outcomes.map((each) => each.incident)).toEqual([undefined, 'file_differs', undefined]);
  });

  test('a session that ended is forgotten and withdrawn', async () => {
    const desk = new ScriptedDesk();
    const { path, event } = await approvedWrite(desk);
    writeFileSync(path, 'evil');
    expect(await send(desk, { session_id: 's-1', reason: 'other' }, { event: 'SessionEnd' })).toEqual({
      permission: 'pass',
      exit: 0,
      body: '',
    });
    expect(desk.endedSessions).toEqual(['s-1']);
    await send(desk, event, { event: 'PostToolUse' });
    expect(desk.outcomes[0]).not.toHaveProperty('incident');
  });
});

describe(rules('ENF-140')`the layers inside the host`, () => {
  const event = toolEventOf('Skill', { skill: 's' });
  const MODULES = { ...TERMINAL, AI_AGENT: 'claude-code_2-1-330_harness' };

  async function ran(layers: readonly string[], environment: Readonly<Record<string, string>>, result = 'PostToolUse') {
    const desk = new ScriptedDesk();
    for (const layer of layers) await send(desk, event, { event: layer, environment });
    const answer = await send(desk, event, { event: result, environment });
    return { desk, answer };
  }

  test('the last one asked: all is well', async () => {
    const { desk, answer } = await ran(['session.start', 'PreToolUse', 'tool.check', 'tool.run'], MODULES);
    expect(answer).toHaveProperty('body', '');
    expect(desk.outcomes).toEqual([{ ...ended, result: 'succeeded' }]);
  });

  test('the module is loaded, and yet the last one was skipped', async () => {
    const { desk, answer } = await ran(['session.start', 'PreToolUse', 'tool.check'], MODULES);
    expect(answer).toHaveProperty('body', expect.stringContaining('Airlock (layer_skipped)'));
    expect(desk.outcomes).toEqual([{ ...ended, result: 'succeeded', incident: 'layer_skipped' }]);
  });

  test('a call that failed before it ran has no last layer', async () => {
    const { desk } = await ran(['session.start', 'PreToolUse'], MODULES, 'PostToolUseFailure');
    expect(desk.outcomes).toEqual([{ ...ended, result: 'failed' }]);
  });

  it.each(['2-1-287', '2-1-300', '2-1-330', '3-0-1'])(
    '%s has modules and loaded none of ours: told once',
    async (said) => {
      const MODULES = { ...TERMINAL, AI_AGENT: `claude-code_${said}_harness` };
      const { desk, answer } = await ran(['PreToolUse'], MODULES);
      expect(answer).toHaveProperty('body', expect.stringContaining('Airlock (module_not_loaded)'));
      await send(desk, event, { environment: MODULES });
      expect(await send(desk, event, { event: 'PostToolUse', environment: MODULES })).toHaveProperty('body', '');
      expect(desk.incidents).toEqual(['module_not_loaded']);
    },
  );

  test('a host without modules, or one that does not say what it is, is told nothing', async () => {
    for (const AI_AGENT of ['', 'claude-code_2-1-197_harness', 'claude-code_2-1-286_harness']) {
      const environment = { ...TERMINAL, AI_AGENT };
      const { desk, answer } = await ran(['PreToolUse'], environment);
      expect([answer, desk.incidents]).toMatchObject([{ body: '' }, []]);
    }
  });
});
