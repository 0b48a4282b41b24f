import { statSync } from 'node:fs';
import { type Executable, FactsError, identifyCached, loginDifferences } from '@airlock/runtime/client';
import { findExecutable, runFailure } from '../find-executable.js';
import { assertArgumentsUtf8, assertEnvironmentUtf8 } from './encoding.js';
import { type StdinKind, stdinKind } from './stdin.js';
import { readWorkingDirectory, type WorkingDirectory } from './working-directory.js';

/** Exactly what will be executed, held in memory from here to the spawn. */
export interface BoundCommand {
  readonly argv: readonly string[];
  readonly executable: Executable;
  readonly workingDirectory: WorkingDirectory;
  /** The one environment object: described from it, spawned with it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentDifferences: Readonly<Record<string, string>>;
  readonly stdin: StdinKind;
}

/** Copies an environment without its unset members. */
export function snapshotEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const copy: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) copy[name] = value;
  return Object.freeze(copy);
}

/**
 * An environment by its differences from a bare login of this user.
 *
 * @throws RunFailure `environment_not_bindable`
 */
function describedEnvironment(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return loginDifferences(environment);
  } catch (error) {
    throw error instanceof FactsError ? runFailure(error) : error;
  }
}

/**
 * Resolves and describes a command of this process: program, interpreters, directory, environment, standard input.
 *
 * @throws RunFailure with the exit code that `airlock run` ends with
 */
export async function bindCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<BoundCommand> {
  assertArgumentsUtf8(argv);
  assertEnvironmentUtf8(environment);
  const workingDirectory = readWorkingDirectory();
  assertArgumentsUtf8([workingDirectory.realPath]);
  return {
    argv: Object.freeze([...argv]),
    executable: await findExecutable(argv[0] ?? '', { path: environment.PATH, identify: identifyCached }),
    workingDirectory,
    environment,
    environmentDifferences: describedEnvironment(environment),
    stdin: stdinKind(0, statSync('/dev/null')),
  };
}
