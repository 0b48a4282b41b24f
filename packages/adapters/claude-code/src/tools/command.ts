import { accessSync, constants, statSync } from 'node:fs';
import { basename } from 'node:path';
import { userInfo } from 'node:os';
import {
  type DescribedLine,
  describeShellLine,
  type Executable,
  type HostRefusal,
  identifyCached,
  loginDifferences,
  resolveExecutable,
} from '@airlock/runtime/client';
import { AdapterFailure, readCoded } from '../failure.js';
import { beforeTheLine } from './before-the-line.js';
import { unknownMembers } from './known-members.js';
import { type DescribedTool, knownDifferences, labelOf, type ToolCall } from './tool-call.js';

/** Members of Bash that steer how the host runs the line, with the only type that is understood. */
const TYPES: Readonly<Record<string, string>> = {
  timeout: 'number',
  description: 'string',
  run_in_background: 'boolean',
  dangerouslyDisableSandbox: 'boolean',
};

/** What was read less than this long ago is not read again: whoever is as fast can also change it after the last look. */
const JUST_NOW_MS = 50;

/** Bash: the line, the shell that the host will take for it, and the whole input. */
export async function describeCommand(call: ToolCall): Promise<DescribedTool> {
  const { event, cwd } = call;
  const { tool, input, inputJson } = event;
  const { command, description } = input;
  if (typeof command !== 'string') throw new AdapterFailure('input_invalid', `${tool} was called without a command`);
  const differences = knownDifferences(call);
  const environment = differences === null ? {} : (call.environment ?? {});
  const shell = hostShell(environment);
  const before = beforeTheLine(call);
  const line = await describeShellLine({
    commandText: command,
    shell,
    cwd,
    differences: differences ?? loginDifferences(environment),
    path: environment['PATH'],
    unknownInput: [...unknownMembers(tool, input), ...mistyped(input)],
    ...(typeof description === 'string' ? { label: description } : {}),
    call: { tool, inputJson },
  });
  const readAt = performance.now();
  return {
    workspace: cwd,
    action: { ...line.action, environment: before.environment },
    // Without the environment nothing is known about what the words of the line lead to: no pattern applies.
    facts: differences === null || before.isUnpinned ? { ...line.facts, commands: [] } : line.facts,
    ...labelOf(tool),
    handsOver: true,
    recheck: async (basis) => {
      const isPinned = basis?.kind === 'pattern' && performance.now() - readAt > JUST_NOW_MS;
      return (await shellChanged(environment, line.shell)) ?? (isPinned ? await pinsChanged(line) : null);
    },
    leaves: null,
  };
}

function mistyped(input: ToolCall['event']['input']): readonly string[] {
  return Object.keys(TYPES).filter((name) => Object.hasOwn(input, name) && typeof input[name] !== TYPES[name]);
}

/** Folders where the host looks for a shell, in its order. */
const SHELL_FOLDERS = ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * The shell that the host takes for a command line: CLAUDE_CODE_SHELL or SHELL where it names a bash or zsh, else the
 * first of both that there is.
 */
export function hostShell(environment: Readonly<Record<string, string>>): string {
  const login = environment['SHELL'] ?? userInfo().shell ?? '';
  const named = [environment['CLAUDE_CODE_SHELL'], login].filter(
    (path): path is string => path !== undefined && /^\/.*(?:bash|zsh)/.test(path),
  );
  return named.find(isExecutable) ?? searchedShell(basename(login), environment['PATH'] ?? '') ?? '/bin/bash';
}

function searchedShell(login: string, path: string): string | undefined {
  const names = login === 'bash' ? ['bash', 'zsh'] : ['zsh', 'bash'];
  const searched = path.split(':').filter((folder) => folder.startsWith('/'));
  const [first = [], second = []] = names.map((name) => searched.map((folder) => `${folder}/${name}`));
  const known = names.flatMap((name) => SHELL_FOLDERS.map((folder) => `${folder}/${name}`));
  return [...first, ...known, ...second].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the host would still take the shell that was shown, and whether that is still the same program (INV-18). */
async function shellChanged(
  environment: Readonly<Record<string, string>>,
  before: Executable,
): Promise<HostRefusal | null> {
  try {
    const now = await resolveExecutable(hostShell(environment), {
      path: environment['PATH'],
      identify: identifyCached,
    });
    const what = `the shell ${before.path} is another program than before`;
    return identity(now) === identity(before) ? null : changed(what);
  } catch (error) {
    return changed(`the shell ${before.path} cannot be found any more (${readCoded(error).code})`);
  }
}

function identity({ path, identity: file, interpreters }: Executable): string {
  const files = [{ path, identity: file }, ...interpreters];
  return JSON.stringify(files.map((each) => [each.path, each.identity.realPath, each.identity.sha256]));
}

/** Whether everything that a pattern was matched against is still as it was (INV-18). */
async function pinsChanged({ facts, factsNow }: DescribedLine): Promise<HostRefusal | null> {
  const isSame = JSON.stringify((await factsNow()).commands) === JSON.stringify(facts.commands);
  return isSame ? null : changed('what the line runs, or what decides about that, is not what it was');
}

function changed(message: string): HostRefusal {
  return { code: 'program_changed', message, fix: 'look at what changed it' };
}
