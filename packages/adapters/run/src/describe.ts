import { commandAction } from '@airlock/actions';
import {
  collectFacts,
  describeShellLine,
  FactsError,
  loginDifferences,
  type RequestBody,
  type ShellLine,
} from '@airlock/runtime/client';
import { type BoundCommand, bindCommand, snapshotEnvironment } from './facts/bound-command.js';
import { assertArgumentsUtf8 } from './facts/encoding.js';
import { runFailure } from './find-executable.js';
import { INSIDE_RUN } from './usage.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the daemon is told about a command: the action, and what was found out beside it. */
export type Described = Pick<RequestBody, 'action' | 'facts'>;

/** A command line that another program hands to a shell. */
export type CommandLineOf = Omit<ShellLine, 'differences' | 'path' | 'unknownInput' | 'label' | 'call'>;

/** The environment that a command gets from `airlock run`. */
export function childEnvironment(environment: Environment): Readonly<Record<string, string>> {
  return snapshotEnvironment({ ...environment, [INSIDE_RUN]: '1' });
}

/** A command as `airlock run` will execute it. */
export async function describeBound(command: BoundCommand, label?: string): Promise<Described> {
  const { identity, interpreters } = command.executable;
  const action = commandAction({
    argv: command.argv,
    cwd: command.workingDirectory.realPath,
    program: identity.realPath,
    programSha256: identity.sha256,
    interpreters: interpreters.map((each) => ({ path: each.identity.realPath, sha256: each.identity.sha256 })),
    environment: command.environmentDifferences,
    stdin: command.stdin,
    ...(label === undefined ? {} : { label }),
  });
  const facts = await collectFacts({
    action,
    cwd: action.cwd,
    environment: command.environmentDifferences,
    path: command.environment['PATH'],
  });
  return { action: { ...action }, facts };
}

/**
 * What `airlock run` would ask about these words; nothing is asked or executed.
 *
 * @throws RunFailure with the exit code that `airlock run` ends with
 */
export async function describeCommand(argv: readonly string[], environment: Environment): Promise<Described> {
  return await describeBound(await bindCommand(argv, childEnvironment(environment)));
}

/**
 * What `airlock approve` asks about a command line.
 *
 * @throws RunFailure when the shell cannot be found or read
 */
export async function describeCommandLine(line: CommandLineOf, environment: Environment): Promise<Described> {
  assertArgumentsUtf8([line.commandText, line.cwd]);
  try {
    const known = snapshotEnvironment(environment);
    const differences = loginDifferences(known);
    const { action, facts } = await describeShellLine({ ...line, differences, path: known['PATH'] });
    return { action: { ...action }, facts };
  } catch (error) {
    throw error instanceof FactsError ? runFailure(error) : error;
  }
}
