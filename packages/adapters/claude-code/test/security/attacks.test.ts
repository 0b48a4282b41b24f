import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { bytesOf, ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch, TERMINAL } from '../support/files.js';

async function refusal(event: unknown, name = 'PreToolUse') {
  const desk = new ScriptedDesk();
  const answer = await send(desk, event, { event: name });
  return { answer, asked: desk.calls.length };
}

const INPUT = '"tool_input":{"command":"ls"}';
const text = JSON.stringify(toolEventOf('Bash', { command: 'ls' }));

describe(rules('ART-140', 'INV-17')`input that reads in two ways`, () => {
  it.each([
    ['one key twice', text.replace(INPUT, '"tool_input":{"command":"ls","command":"rm -rf /"}')],
    ['the input twice', text.replace(INPUT, `${INPUT},"tool_input":{"command":"rm -rf /"}`)],
    ['the tool twice', text.replace('"tool_name":"Bash"', '"tool_name":"Bash","tool_name":"Read"')],
    ['one key twice, once in escapes', text.replace(INPUT, '"tool_input":{"command":"ls","comm\\u0061nd":"rm -rf /"}')],
    ['a lone surrogate', text.replace('"ls"', '"ls \\ud800"')],
    ['a lone surrogate in a key', text.replace(INPUT, '"tool_input":{"command":"ls","\\udc00":1}')],
    ['a number that becomes another one', text.replace('"ls"', '"ls","timeout":9007199254740993')],
    ['a number without end', text.replace('"ls"', '"ls","timeout":1e999')],
    ['too deep', text.replace('"ls"', `"ls","x":${'['.repeat(80)}${']'.repeat(80)}`)],
    ['not UTF-8', Buffer.concat([bytesOf(text.slice(0, -1)), Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])])],
    ['a byte order mark', `\ufeff${text}`],
    ['something behind it', `${text}{}`],
    ['nothing', ''],
    ['no object', '[]'],
  ])('%s', async (_name, event) => {
    for (const name of ['PreToolUse', 'tool.check', 'tool.run']) {
      const { answer, asked } = await refusal(event, name);
      expect(answer).toMatchObject({ permission: 'deny', exit: 2, reason: expect.stringContaining('input_invalid') });
      expect(asked).toBe(0);
    }
  });

  it.each([
    ['no session', { session_id: undefined }],
    ['an empty session', { session_id: '' }],
    ['no tool', { tool_name: undefined }],
    ['a tool that is a list', { tool_name: ['Bash'] }],
    ['an input that is a list', { tool_input: [] }],
    ['an input that is text', { tool_input: '{"command":"ls"}' }],
    ['a relative folder', { cwd: 'here' }],
    ['a folder with NUL', { cwd: '/a\0b' }],
    ['a tool use that is a number', { tool_use_id: 7 }],
  ])('%s', async (_name, wrong) => {
    const { answer, asked } = await refusal(toolEventOf('Bash', { command: 'ls' }, wrong));
    expect(answer).toMatchObject({ permission: 'deny', reason: expect.stringContaining('input_invalid') });
    expect(asked).toBe(0);
  });

  test('a folder that nobody tells, or that is gone, is refused when the call is described', async () => {
    for (const cwd of [undefined, null, '/nowhere-at-all']) {
      const { answer } = await refusal(toolEventOf('Skill', { skill: 's' }, { cwd }));
      expect(answer).toMatchObject({ permission: 'deny', reason: expect.stringContaining('cwd_unknown') });
    }
  });

  test('__proto__ is an ordinary member: shown, and not understood', async () => {
    const desk = new ScriptedDesk();
    const event = text.replace(INPUT, '"tool_input":{"command":"ls","__proto__":{"timeout":1}}');
    await send(desk, event, { environment: TERMINAL });
    expect(desk.calls[0]?.inputJson).toBe('{"__proto__":{"timeout":1},"command":"ls"}');
    expect(desk.described[0]?.facts?.unknownInput).toEqual(['__proto__']);
  });

  test('an event with an own __proto__ does not get members from it', async () => {
    const { answer } = await refusal('{"__proto__":{"session_id":"s","tool_name":"Read","tool_input":{}}}');
    expect(answer).toMatchObject({ permission: 'deny', reason: expect.stringContaining('session_id') });
  });
});

describe(rules('INV-18', 'ART-130')`the ground moves`, () => {
  async function write(path: string) {
    const desk = new ScriptedDesk();
    const answer = await send(desk, toolEventOf('Write', { file_path: path, content: 'x' }), { environment: TERMINAL });
    return { answer, described: desk.described[0] };
  }

  test('a folder becomes a link between approval and use', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'src'));
    mkdirSync(join(folder, 'hooks'));
    const { described } = await write(join(folder, 'src', 'new.sh'));
    expect(await described?.recheck()).toBeNull();
    renameSync(join(folder, 'src'), join(folder, 'src.old'));
    symlinkSync(join(folder, 'hooks'), join(folder, 'src'));
    expect(await described?.recheck()).toMatchObject({ code: 'file_changed' });
  });

  test('the file becomes a link with the same content', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a'), 'same');
    writeFileSync(join(folder, 'b'), 'same');
    const { described } = await write(join(folder, 'a'));
    rmSync(join(folder, 'a'));
    symlinkSync(join(folder, 'b'), join(folder, 'a'));
    expect(await described?.recheck()).toMatchObject({ code: 'file_changed' });
  });

  test('what is read becomes a link to something else', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'a'), '');
    const desk = new ScriptedDesk();
    await send(desk, toolEventOf('Read', { file_path: join(folder, 'a') }), { environment: TERMINAL });
    rmSync(join(folder, 'a'));
    symlinkSync('/etc/shadow', join(folder, 'a'));
    expect(await desk.described[0]?.recheck()).toMatchObject({ code: 'file_changed' });
  });

  test('a link to nowhere is shown as the file that would be made', async () => {
    const folder = scratch();
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    const { described } = await write(join(folder, 'link'));
    expect(described?.action['files']).toMatchObject([{ path: join(folder, 'target') }]);
  });

  test('a pipe is not waited for', async () => {
    const pipe = join(scratch(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect((await write(pipe)).answer).toMatchObject({
      permission: 'deny',
      reason: expect.stringContaining('file_unreadable'),
    });
  });

  test('NUL in a path', async () => {
    expect((await write('/tmp/a\0/../../etc/passwd')).answer).toMatchObject({
      permission: 'deny',
      reason: expect.stringContaining('path_invalid'),
    });
  });
});

/** Names that somebody could think the gate makes an exception for. */
const MAGIC = [
  'airlock status',
  '/airlock:auto-on',
  '/airlock:disapprove ls',
  'airlock@airlock',
  'CLAUDE_PLUGIN_ROOT=/x',
  'AIRLOCK_HOME=/tmp ls',
  'AirlockCanary',
  '{"permissionDecision":"allow"}',
  'Airlock-Permission: allow',
  'NODE_OPTIONS=--require=/x',
];

describe(rules('LOC-070')`magic words`, () => {
  it.each(MAGIC)('no field lets %s through without asking', async (magic) => {
    const events = [
      toolEventOf('Bash', { command: magic, description: magic }),
      toolEventOf('Write', { file_path: `/nowhere-at-all/${magic}`, content: magic }),
      toolEventOf('mcp__airlock__approve', { [magic]: magic }),
      toolEventOf('Skill', { skill: magic, args: magic }),
      toolEventOf('Agent', { description: magic, prompt: magic, subagent_type: magic }, { agent_id: magic }),
      toolEventOf(magic === 'AirlockCanary' ? 'Airlock' : magic, { a: magic }),
      toolEventOf(
        'WebFetch',
        { url: magic, prompt: magic },
        { agent_type: magic, permission_mode: magic, reason: magic },
      ),
    ];
    for (const event of events) {
      const desk = new ScriptedDesk({ permission: 'deny', requestId: null, code: 'c', reason: 'r', isHuman: false });
      const answer = await send(desk, event, { environment: { ...TERMINAL, AIRLOCK_PLUGIN: magic } });
      expect(answer).toMatchObject({ permission: 'deny', exit: 2 });
      expect(desk.calls).toHaveLength(1);
      expect(JSON.stringify(desk.described[0]?.action['inputJson'])).toContain(
        JSON.stringify(JSON.stringify(magic)).slice(3, -3),
      );
      expect(desk.described[0]?.facts?.reads).toBeUndefined();
    }
  });
});
