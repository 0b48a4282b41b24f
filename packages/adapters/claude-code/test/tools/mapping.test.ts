import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import type { HostAction } from '@airlock/runtime/client';
import { describe, expect, it, test } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch, TERMINAL } from '../support/files.js';

async function described(tool: string, input: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const desk = new ScriptedDesk();
  await send(desk, toolEventOf(tool, input, more), { environment: TERMINAL });
  return desk.described[0] as HostAction & { readonly facts: NonNullable<HostAction['facts']> };
}

/** Every tool with an input that has all members of both versions of the host: kind, unknown members, what is read. */
const TOOLS: readonly {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly kind: string;
  /** Absent: it may have an effect. */
  readonly reads?: readonly string[];
}[] = [
  {
    tool: 'Bash',
    kind: 'command',
    input: { command: 'ls', timeout: 1, description: 'd', run_in_background: true, dangerouslyDisableSandbox: true },
  },
  {
    tool: 'PowerShell',
    kind: 'tool',
    input: { command: 'ls', timeout: 1, description: 'd', run_in_background: true, dangerouslyDisableSandbox: true },
  },
  { tool: 'Write', kind: 'file-edit', input: { file_path: '/nowhere-at-all/a', content: 'x' } },
  {
    tool: 'Edit',
    kind: 'file-edit',
    input: { file_path: '/nowhere-at-all/a', old_string: '', new_string: 'x', replace_all: false },
  },
  {
    tool: 'NotebookEdit',
    kind: 'tool',
    input: {
      notebook_path: '/nowhere-at-all/a.ipynb',
      cell_id: 'c',
      new_source: 'x',
      cell_type: 'code',
      edit_mode: 'insert',
    },
  },
  { tool: 'mcp__server__tool', kind: 'mcp-call', input: { anything: [1.5, null, { é: true }] } },
  {
    tool: 'Agent',
    kind: 'tool',
    input: {
      description: 'd',
      prompt: 'p',
      subagent_type: 'general-purpose',
      model: 'opus',
      effort: 'low',
      run_in_background: true,
      name: 'n',
      team_name: 't',
      mode: 'auto',
      isolation: 'worktree',
    },
  },
  { tool: 'Task', kind: 'tool', input: { description: 'd', prompt: 'p', subagent_type: 'general-purpose' } },
  {
    tool: 'Workflow',
    kind: 'tool',
    input: { script: 's', name: 'n', description: 'd', title: 't', args: {}, scriptPath: '/p', resumeFromRunId: 'r' },
  },
  { tool: 'Skill', kind: 'tool', input: { skill: 's', args: 'a' } },
  { tool: 'Monitor', kind: 'tool', input: { description: 'd', timeout_ms: 1, command: 'c', ws: { url: 'ws://x' } } },
  { tool: 'CronCreate', kind: 'tool', input: { cron: '* * * * *', prompt: 'p', recurring: true, durable: true } },
  { tool: 'CronDelete', kind: 'tool', input: { id: 'i' } },
  {
    tool: 'ScheduleWakeup',
    kind: 'tool',
    input: { delaySeconds: 60, reason: 'r', prompt: 'p', stop: false, noop: false },
  },
  { tool: 'SendMessage', kind: 'tool', input: { to: 'a', summary: 's', message: 'm', notify_when_idle: true } },
  { tool: 'EnterWorktree', kind: 'tool', input: { name: 'n', path: '/p' } },
  { tool: 'ExitWorktree', kind: 'tool', input: { action: 'remove', discard_changes: true } },
  { tool: 'WebFetch', kind: 'tool', input: { url: 'http://x', prompt: 'p', offset: 1 } },
  { tool: 'WebSearch', kind: 'tool', input: { query: 'q', allowed_domains: [], blocked_domains: [] } },
  { tool: 'ReadMcpResourceTool', kind: 'tool', input: { server: 's', uri: 'u' } },
  {
    tool: 'Read',
    kind: 'tool',
    input: { file_path: '/etc/x', offset: 1, limit: 1, pages: '1', allow_large: true },
    reads: ['/etc/x'],
  },
  { tool: 'NotebookRead', kind: 'tool', input: { notebook_path: '/etc/x.ipynb' }, reads: ['/etc/x.ipynb'] },
  { tool: 'LS', kind: 'tool', input: { path: '/etc' }, reads: ['/etc'] },
  { tool: 'Glob', kind: 'tool', input: { pattern: '**/*.ts', path: '/etc' }, reads: ['/etc'] },
  { tool: 'Glob', kind: 'tool', input: { pattern: '*.ts' }, reads: ['/'] },
  { tool: 'Glob', kind: 'tool', input: { pattern: '/etc/*' } },
  { tool: 'Glob', kind: 'tool', input: { pattern: '../*', path: '/etc' } },
  { tool: 'Glob', kind: 'tool', input: { pattern: '{a,/etc}/*', path: '/usr' } },
  {
    tool: 'Grep',
    kind: 'tool',
    input: {
      pattern: 'p',
      path: '/etc/passwd',
      glob: '*',
      output_mode: 'content',
      '-B': 1,
      '-A': 1,
      '-C': 1,
      context: 1,
      '-n': true,
      '-i': true,
      '-o': true,
      type: 't',
      head_limit: 1,
      offset: 1,
      multiline: true,
    },
    reads: ['/etc/passwd'],
  },
  { tool: 'Grep', kind: 'tool', input: { pattern: 'in a folder', path: '/etc' } },
  { tool: 'Grep', kind: 'tool', input: { pattern: 'in the working directory' } },
  { tool: 'Grep', kind: 'tool', input: { pattern: 'in nothing', path: '/nowhere' } },
  { tool: 'ToolSearch', kind: 'tool', input: { query: 'q', max_results: 3 }, reads: [] },
  {
    tool: 'AskUserQuestion',
    kind: 'tool',
    input: { questions: [], answers: {}, annotations: {}, metadata: {} },
    reads: [],
  },
  { tool: 'TodoWrite', kind: 'tool', input: { todos: [] }, reads: [] },
  {
    tool: 'TaskCreate',
    kind: 'tool',
    input: { subject: 's', description: 'd', activeForm: 'a', metadata: {} },
    reads: [],
  },
  { tool: 'TaskGet', kind: 'tool', input: { taskId: '1' }, reads: [] },
  { tool: 'TaskList', kind: 'tool', input: {}, reads: [] },
  { tool: 'TaskOutput', kind: 'tool', input: { task_id: '1', block: true, timeout: 1 }, reads: [] },
  { tool: 'TaskStop', kind: 'tool', input: { task_id: '1', shell_id: '1' } },
  {
    tool: 'TaskUpdate',
    kind: 'tool',
    input: {
      taskId: '1',
      subject: 's',
      description: 'd',
      activeForm: 'a',
      status: 'x',
      addBlocks: [],
      addBlockedBy: [],
      owner: 'o',
      metadata: {},
    },
    reads: [],
  },
  { tool: 'EnterPlanMode', kind: 'tool', input: {}, reads: [] },
  { tool: 'ExitPlanMode', kind: 'tool', input: { allowedPrompts: [] }, reads: [] },
  { tool: 'ListAgents', kind: 'tool', input: { cursor: 'c' }, reads: [] },
  { tool: 'CronList', kind: 'tool', input: {}, reads: [] },
  { tool: 'ReportFindings', kind: 'tool', input: { level: 'low', findings: [] }, reads: [] },
];

describe(rules('ART-130', 'LOC-120')`tool -> action`, () => {
  it.each(TOOLS)('$tool $input.pattern', async ({ tool, input, kind, reads }) => {
    const { action, facts, label } = await described(tool, input);
    expect({ kind: action['kind'], unknown: facts.unknownInput, reads: facts.reads, label }).toEqual({
      kind,
      unknown: [],
      reads,
      label: tool,
    });
    expect(JSON.parse(String(action['inputJson']))).toEqual(input);
  });

  it.each(TOOLS.filter(({ kind }) => kind !== 'mcp-call'))(
    '$tool: a member that nobody here knows is named, and no read passes with it',
    async ({ tool, input }) => {
      const { action, facts } = await described(tool, { ...input, constructor: 1, later: 2 });
      expect(facts.unknownInput).toEqual(['constructor', 'later']);
      expect(facts.reads).toBeUndefined();
      expect(action['inputJson']).toContain('"later":2');
    },
  );

  it.each(['Launch', 'bash', 'constructor', '__proto__', 'mcp__', 'mcp__server', 'mcp____tool', 'mcp__server__'])(
    'an unknown tool is shown whole and needs a human: %s',
    async (tool) => {
      const { action, facts } = await described(tool, { a: 1 });
      expect(action).toMatchObject({ kind: 'tool', tool, inputJson: '{"a":1}' });
      expect(facts).toMatchObject({ unknownInput: ['tool'] });
      expect(facts.reads).toBeUndefined();
    },
  );

  test('the folder of the session is bound as its real path, and decides which workspace counts', async () => {
    const folder = scratch();
    symlinkSync(folder, join(folder, 'link'));
    const { action, workspace } = await described('Skill', { skill: 's' }, { cwd: join(folder, 'link') });
    expect(workspace).toBe(folder);
    expect(action['extensions']).toEqual({ 'airlock.cwd': folder });
  });

  test('a read through a link is a read of what the link leads to', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'secret'), '');
    symlinkSync(join(folder, 'secret'), join(folder, 'harmless'));
    const { facts } = await described('Read', { file_path: join(folder, 'harmless') }, { cwd: folder });
    expect(facts.reads).toEqual([join(folder, 'secret')]);
  });
});

describe(rules('LOC-147')`what the host executes through a layer of ours, whose approval may be handed over`, () => {
  it.each([...TOOLS, { tool: 'mcp__server', kind: 'tool', input: {} }])(
    '$tool $input.pattern',
    async ({ tool, input, kind }) => {
      const { handsOver } = await described(tool, input);
      expect(handsOver).toBe(kind === 'mcp-call' || tool === 'Bash' ? true : undefined);
    },
  );
});

describe(rules('ART-140')`which tool of which MCP server`, () => {
  it.each([
    { name: 'mcp__a__b', says: undefined, server: 'a', tool: 'b' },
    { name: 'mcp__a__b__c', says: undefined, server: 'a', tool: 'b__c' },
    { name: 'mcp__a__b__c', says: 'a__b', server: 'a__b', tool: 'c' },
    { name: 'mcp__plugin_gate_srv__t', says: 'plugin:gate:srv', server: 'plugin:gate:srv', tool: 't' },
  ])('$name of $says', async ({ name, says, server, tool }) => {
    const more = says === undefined ? {} : { mcp_server: { name: says, source: 'project' } };
    const { action } = await described(name, { q: 1 }, more);
    expect(action).toMatchObject({ kind: 'mcp-call', server, tool, inputJson: '{"q":1}' });
  });

  test('a server whose name does not agree with the tool: needs a human, named as neither', async () => {
    const { action, facts } = await described('mcp__files__read', {}, { mcp_server: { name: 'other' } });
    expect(action).toMatchObject({ kind: 'tool', tool: 'mcp__files__read' });
    expect(action['description']).toContain('other');
    expect(facts.unknownInput).toEqual(['tool']);
  });
});
