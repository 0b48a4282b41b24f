import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeResult,
  type ClaudeSite,
  type ClaudeVersion,
  type Conversation,
  type Mode,
  mentions,
  modesUnderTest,
  openSite,
  requiresClaude,
  runClaude,
  type Step,
  TINY_MCP,
  until,
  versionsUnderTest,
} from '../../src/index.js';

const REASON = 'not before the review, please';
const ANSWERS = ['approve', 'reject', 'timeout'] as const;
type Answer = (typeof ANSWERS)[number];

/** What a tool does to one file; `before` is what is in it first. */
interface Tool {
  readonly tool: string;
  readonly before?: string;
  readonly after: string;
  readonly steps: (file: string) => readonly Step[];
  readonly agents?: (file: string) => readonly Conversation[];
  /** The tool whose result tells how it went. */
  readonly asked: string;
}

const bash = (file: string) => call('Bash', { command: `echo ran > '${file}'`, description: 'writes a file' });
/** Told apart by the file, yet without its name: the human answers by that. */
const task = (file: string) => `sub-agent ${Buffer.from(file).toString('hex')}`;

const TOOLS: readonly Tool[] = [
  { tool: 'Bash', asked: 'Bash', after: 'ran\n', steps: (file) => [bash(file)] },
  {
    tool: 'Write',
    asked: 'Write',
    after: 'ran\n',
    steps: (file) => [call('Write', { file_path: file, content: 'ran\n' })],
  },
  {
    tool: 'Edit',
    asked: 'Edit',
    before: 'a seed\n',
    after: 'a tree\n',
    steps: (file) => [
      call('Read', { file_path: file }),
      call('Edit', { file_path: file, old_string: 'seed', new_string: 'tree', replace_all: false }),
    ],
  },
  {
    tool: 'an MCP tool',
    asked: 'mcp__tiny__touch',
    after: 'ran\n',
    steps: (file) => [call('mcp__tiny__touch', { path: file })],
  },
  {
    tool: "a sub-agent's Bash",
    asked: 'Bash',
    after: 'ran\n',
    steps: (file) => [
      call('Agent', {
        description: 'writes a file',
        prompt: task(file),
        subagent_type: 'general-purpose',
        run_in_background: false,
      }),
    ],
    agents: (file) => [{ prompt: task(file), steps: [bash(file)] }],
  },
];

/** The human answers by the first word of the file's name, and approves whatever names none: the agent, a read. */
describe(rules('LOC-045', 'LOC-145')`approve, reject and timeout, asked once`, () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'installed' });
    site.human.answering = (opened) => {
      if (mentions(opened, 'reject-')) return { reject: REASON };
      return mentions(opened, 'timeout-') ? 'wait' : 'approve';
    };
  });
  afterAll(() => site?.close());

  async function run(version: ClaudeVersion, mode: Mode, answer: Answer, tool: Tool) {
    const name = `${answer}-${TOOLS.indexOf(tool)}-${mode}-${version}`;
    const file = join(site.project.folder, name);
    if (tool.before !== undefined) writeFileSync(file, tool.before);
    const result = await runClaude(site, {
      version,
      mode,
      steps: tool.steps(file),
      agents: tool.agents?.(file) ?? [],
      effects: [name],
      args: TINY_MCP,
    });
    const asked = result.requests.filter((opened) => mentions(opened, name));
    return { result, ran: result.ran[name], file, asked: asked.length, told: told(result, tool) };
  }

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      for (const mode of modesUnderTest) {
        describe(`${mode} mode`, { concurrent: true }, () => {
          test.each(TOOLS)('approved, $tool runs', async (tool) => {
            const { ran, file, asked, told, result } = await run(version, mode, 'approve', tool);
            expect({ ran, asked, isError: told.isError }, told.text).toEqual({ ran: true, asked: 1, isError: false });
            expect(readFileSync(file, 'utf8')).toBe(tool.after);
            expect(result).toMatchObject({ exitCode: 0, unscripted: [] });
          });

          test.each(TOOLS)('rejected, $tool does not run, and the model is told why', async (tool) => {
            const { ran, asked, told } = await run(version, mode, 'reject', tool);
            expect({ ran, asked, isError: told.isError }).toEqual({ ran: false, asked: 1, isError: true });
            expect(told.text).toContain(REASON);
          });
        });
      }
    });
  }

  describe(rules('EXCH-150', 'LOC-140')`when nobody answers`, () => {
    beforeAll(() => site.restartDaemon({ AIRLOCK_APPROVAL_SECONDS: '3' }));

    for (const version of versionsUnderTest) {
      requiresClaude(version)(`Claude Code ${version}`, () => {
        describe.each(modesUnderTest)('%s mode', { concurrent: true }, (mode) => {
          test.each(TOOLS)('$tool does not run', async (tool) => {
            const { ran, asked, told } = await run(version, mode, 'timeout', tool);
            expect({ ran, asked, isError: told.isError }).toEqual({ ran: false, asked: 1, isError: true });
            expect(told.text).toContain('nobody answered in time');
          });
        });

        test('and no request is left', () => until(() => site.human.waiting.length === 0));
      });
    }
  });
});

/** What the model got from the tool call that was asked about. */
function told({ toolResults }: ClaudeResult, { asked }: Tool): { readonly isError: boolean; readonly text: string } {
  const found = toolResults.find(({ tool }) => tool === asked);
  if (found === undefined) throw new Error(`no result of ${asked}: ${JSON.stringify(toolResults)}`);
  return found;
}
