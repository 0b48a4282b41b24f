import { isDeepStrictEqual } from 'node:util';
import type { PolicyPattern } from '@airlock/protocol';
import { patternFacts } from '@airlock/runtime/client';
import { readCoded } from '../failure.js';
import { hostShell } from '../tools/command.js';
import { askApprover } from './ask-approver.js';
import { CommandFailure } from './failure.js';
import { nothingElse } from './modes.js';
import { type CommandSession, here } from './session.js';
import { visible } from './words.js';

/** A pattern typed with quotes around it means what is between them. */
function patternText(argument: string, example: string): string {
  const text = /^(["'])([^"']*)\1$/.exec(argument)?.[2]?.trim() ?? argument;
  if (text !== '') return text;
  throw new CommandFailure('usage', 'which pattern? The words of one simple command', example);
}

function environmentOf({ environment }: CommandSession): Readonly<Record<string, string>> {
  if (environment !== null) return environment;
  throw new CommandFailure(
    'environment_unknown',
    'the environment of Claude Code could not be told, and a pattern is pinned to it',
    'airlock patterns add, in a terminal',
  );
}

/** `/airlock:approve PATTERN`: pins it to folder, shell, program and environment of now; the approver signs. */
export async function approve(session: CommandSession, argument: string): Promise<readonly string[]> {
  const text = patternText(argument, '/airlock:approve npm test');
  const environment = environmentOf(session);
  const shell = hostShell(environment);
  const pattern = await patternFacts(text, { cwd: session.folder, shell, environment });
  const signed = await askApprover(session, { kind: 'add-pattern', pattern });
  return [
    `${visible(text)} is not asked about any more in ${visible(pattern.cwd)}, as long as program, configuration and environment stay as they are.`,
    `To take it back: /airlock:disapprove ${visible(text)}`,
    signed,
  ];
}

/** `/airlock:disapprove PATTERN`: by text or id, in this workspace, at once; a tool by its id. */
export async function disapprove(session: CommandSession, argument: string): Promise<readonly string[]> {
  const named = patternText(argument, '/airlock:patterns');
  const { client, workspace } = await here(session);
  const { patterns: all, tools = [] } = await client.showPolicy(workspace);
  const meant = [
    ...all.filter(({ id, pattern }) => id === named || pattern.text === named),
    ...tools.filter(({ id }) => id === named),
  ];
  if (meant.length === 0) throw new CommandFailure('not_found', `no pattern here is ${named}`, '/airlock:patterns');
  for (const { id } of meant) {
    await client.restrictPolicy({ workspace, restriction: { kind: 'pattern-removed', patternId: id } });
  }
  return [`${visible(named)} is asked about again.`];
}

/** `/airlock:patterns`: each with its folder and whether what it is pinned to is still the same. */
export async function patterns(session: CommandSession, argument: string): Promise<readonly string[]> {
  nothingElse(argument, 'patterns');
  const { client, workspace } = await here(session);
  const { patterns: listed, tools = [] } = await client.showPolicy(workspace);
  if (listed.length + tools.length === 0)
    return ['No patterns: every command is asked. To add one: /airlock:approve npm test'];
  const states = await Promise.all(listed.map(({ pattern }) => stateOf(session, pattern)));
  const lines = listed.flatMap(({ id, pattern }, index) => [
    `${visible(id)}  ${visible(pattern.text)}`,
    `    in ${visible(pattern.cwd)}, read by ${visible(pattern.shell ?? 'no shell')}: ${states[index] ?? ''}`,
  ]);
  const called = tools.flatMap(({ id, tool }) => [
    `${visible(id)}  the tool ${visible(tool.tool)} of the MCP server ${visible(tool.server)}`,
    '    while server and definition stay the same',
  ]);
  return [...lines, ...called];
}

async function stateOf({ environment }: CommandSession, pattern: PolicyPattern): Promise<string> {
  if (environment === null) return 'whether it holds cannot be told here';
  const { text, cwd, shell } = pattern;
  try {
    const now = await patternFacts(text, { cwd, environment, ...(shell === undefined ? {} : { shell }) });
    return isDeepStrictEqual(now, pattern) ? 'holds' : 'CHANGED what it is pinned to, so it is asked';
  } catch (thrown) {
    return `CANNOT HOLD, so it is asked (${visible(readCoded(thrown).code)})`;
  }
}
