import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { followLinks } from '@airlock/runtime/client';
import { describePlainTool } from './plain-tool.js';
import type { DescribedTool, ToolCall } from './tool-call.js';

/** Tools that read files: the member that names what they read; without it they read the working directory. */
const READERS: Readonly<Record<string, { readonly member: string; readonly isOptional: boolean }>> = {
  Read: { member: 'file_path', isOptional: false },
  NotebookRead: { member: 'notebook_path', isOptional: false },
  LS: { member: 'path', isOptional: false },
  Glob: { member: 'path', isOptional: true },
  Grep: { member: 'path', isOptional: true },
};

/** Tools that touch nothing but the host's own state, and tell nobody outside. */
const INTERNAL: ReadonlySet<string> = new Set([
  'AskUserQuestion',
  'CronList',
  'EndConversation',
  'EnterPlanMode',
  'ExitPlanMode',
  'GetGoal',
  'GetTask',
  'ListAgents',
  'ReadNotifications',
  'ReportFindings',
  'TaskCreate',
  'TaskGet',
  'TaskList',
  'TaskOutput',
  'TaskUpdate',
  'TodoWrite',
  'ToolSearch',
  'WaitForMcpServers',
  'Yield',
]);

/** Whether a tool only reads, files or its host's own state. */
export function isReader(tool: string): boolean {
  return INTERNAL.has(tool) || Object.hasOwn(READERS, tool);
}

/** A tool that only reads: policy gets to know what (LOC-045), and decides. */
export async function describeReader(call: ToolCall): Promise<DescribedTool> {
  if (INTERNAL.has(call.event.tool)) return await describePlainTool(call, { reads: [] });
  const read = whatIsRead(call);
  if (read === null) return await describePlainTool(call);
  const described = await describePlainTool(call, { reads: [followLinks(read)] });
  const real = followLinks(read);
  return {
    ...described,
    recheck: () =>
      Promise.resolve(
        followLinks(read) === real
          ? null
          : { code: 'file_changed', message: 'the path leads to another file than before', fix: 'try again' },
      ),
  };
}

/** Absolute path of the file or folder that is read; null where that cannot be told for sure. */
function whatIsRead({ event: { tool, input }, cwd }: ToolCall): string | null {
  const reader = READERS[tool];
  if (reader === undefined) return null;
  const named = Object.hasOwn(input, reader.member) ? input[reader.member] : undefined;
  if (tool === 'Glob' && !staysBelow(input['pattern'])) return null;
  if (tool === 'Grep' && !isFile(named, cwd)) return null;
  if (named === undefined && reader.isOptional) return cwd;
  if (typeof named !== 'string' || !isPlain(named)) return null;
  return named.startsWith('/') ? named : `${cwd}/${named}`;
}

/**
 * Whether a name leads to the same place for everybody. What the host makes of `~`, variables and white space around it is
 * not guessed; and behind a link `..` leads elsewhere for the system than for a host that shortens the path first.
 */
function isPlain(named: string): boolean {
  return named !== '' && named === named.trim() && !/^[~$]|\0|(?:^|\/)\.\.(?:\/|$)/.test(named);
}

/** Grep shows lines of every file in a folder, and nobody can say beforehand that no secret is among them. */
function isFile(named: unknown, cwd: string): boolean {
  if (typeof named !== 'string' || named.includes('\0')) return false;
  return statSync(resolve(cwd, named), { throwIfNoEntry: false })?.isFile() === true;
}

/** Roots, `..`, and what a list of alternatives or a backslash could make `..` of. */
const LEADS_OUT = /(?:^|[{,(|])\s*[/~$]|\.\.|[{,(|]\s*\.|\.[{([][^/]*[})\]]\.|[\\\0]/;

/** Whether a pattern of Glob can only find what is below its folder. */
function staysBelow(pattern: unknown): boolean {
  return typeof pattern === 'string' && !LEADS_OUT.test(pattern);
}
