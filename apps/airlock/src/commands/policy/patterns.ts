import { explainPattern, readPattern } from '@airlock/policy';
import type { PolicyPattern } from '@airlock/protocol';
import { type PolicyAnswer, patternFacts } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure, EXIT, readCoded } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { commandLine } from '../../cli/invocation.js';
import { visible } from '../../cli/terminal.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { ask, type AskFlags } from './change.js';
import { here } from './here.js';
import { patternShell } from './login-shell.js';
import { pinChanges, pinLines } from './pins.js';
import { restrict } from './restrict.js';
import { toolLines } from './tool-words.js';

interface JsonFlags {
  readonly json?: true;
}

/** A pattern in force and what has changed about its pins, seen from here and now. */
export interface ListedPattern {
  readonly id: string;
  readonly pattern: PolicyPattern;
  readonly changed: readonly string[];
}

async function changesOf(cli: Cli, pattern: PolicyPattern): Promise<readonly string[]> {
  const { cwd, shell } = pattern;
  try {
    const place = { cwd, environment: cli.environment, ...(shell === undefined ? {} : { shell }) };
    return pinChanges(pattern, await patternFacts(pattern.text, place));
  } catch (error) {
    const { code, message } = readCoded(error);
    return [`${code} ${message}`];
  }
}

async function look(cli: Cli, policy: PolicyAnswer): Promise<readonly ListedPattern[]> {
  return await Promise.all(
    policy.patterns.map(async ({ id, pattern }) => ({ id, pattern, changed: await changesOf(cli, pattern) })),
  );
}

function listedLines({ id, pattern, changed }: ListedPattern): readonly string[] {
  const read = pattern.shell === undefined ? 'without a shell' : `read by ${pattern.shell}`;
  return [
    `${id}  ${pattern.text}`,
    `    in ${pattern.cwd}, ${read}`,
    ...(changed.length === 0 ? ['    holds'] : changed.map((change) => `    CHANGED, so it is asked: ${change}`)),
  ].map(visible);
}

/** `airlock patterns list`: tools of MCP servers that are allowed stand behind the patterns. */
export async function list(cli: Cli, flags: JsonFlags): Promise<number> {
  const { client, workspace } = await here(cli);
  const policy = await client.showPolicy(workspace);
  const listed = await look(cli, policy);
  const { tools = [] } = policy;
  if (flags.json) {
    const shape = listed.map(({ id, pattern, changed }) => ({ id, ...pattern, holds: changed.length === 0, changed }));
    printJson(cli, [...shape, ...tools.map(({ id, tool }) => ({ id, ...tool }))]);
    return EXIT.ok;
  }
  if (listed.length + tools.length === 0) {
    cli.say(`airlock: none; to add one: ${commandLine(cli, 'patterns', 'add')} PATTERN`);
  }
  for (const line of [...listed.flatMap(listedLines), ...tools.flatMap(toolLines).map(visible)]) cli.print(line);
  return EXIT.ok;
}

function assertPattern(text: string): void {
  const reading = readPattern(text);
  if (reading.ok) return;
  throw new CommandFailure(reading.reason, reading.message, {
    exitCode: EXIT.usage,
    fix: 'airlock patterns add --help',
  });
}

/** `airlock patterns add`. */
export function add(cli: Cli, text: string, flags: AskFlags & { readonly shell?: string }): Promise<number> {
  assertPattern(text);
  const shell = patternShell(cli, flags.shell);
  return interruptible(cli, async (signal) => {
    for (const line of explainPattern(text)) cli.say(`airlock: ${visible(line)}`);
    const place = { cwd: workspaceFolder(undefined), environment: cli.environment };
    const pattern = await patternFacts(text, shell === undefined ? place : { ...place, shell });
    cli.say('airlock: pinned to');
    for (const line of pinLines(pattern)) cli.say(`airlock:   ${visible(line)}`);
    return await ask(
      { cli, signal, flags },
      { kind: 'add-pattern', pattern },
      {
        line: `${text} is not asked about any more (to take it back: ${commandLine(cli, 'patterns', 'remove', text)})`,
        json: { pattern: text, pins: pattern },
      },
    );
  });
}

/** The ids of what was meant: one by its id, or every pattern of that text. */
function meant(policy: PolicyAnswer, named: string): readonly string[] {
  const patterns = policy.patterns.filter(({ id, pattern }) => id === named || pattern.text === named);
  const tools = (policy.tools ?? []).filter(({ id }) => id === named);
  const ids = [...patterns, ...tools].map(({ id }) => id);
  if (ids.length > 0) return ids;
  throw new CommandFailure('not_found', `no pattern in force is ${named}`, { fix: 'airlock patterns list' });
}

/** `airlock patterns remove`: the pattern or tool of that id, or every pattern of that text in this workspace. */
export async function remove(cli: Cli, named: string, flags: JsonFlags): Promise<number> {
  const known = await here(cli);
  const ids = meant(await known.client.showPolicy(known.workspace), named);
  for (const patternId of ids.slice(0, -1)) {
    await known.client.restrictPolicy({
      workspace: known.workspace,
      restriction: { kind: 'pattern-removed', patternId },
    });
  }
  const last = ids.at(-1) ?? named;
  const told = {
    line: `${named} is asked about again`,
    unchanged: `${named} was removed already`,
    json: { removed: ids },
  };
  return await restrict({ cli, flags, at: known }, { kind: 'pattern-removed', patternId: last }, told);
}
