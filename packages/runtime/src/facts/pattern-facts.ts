import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { readPattern } from '@airlock/policy';
import type { PolicyPattern } from '@airlock/protocol';
import { commandFacts } from './collect.js';
import { environmentDifferences } from './environment.js';
import { environmentSha256 } from './environment-hash.js';
import { errnoOf, FactsError } from './errors.js';
import { identifyCached } from './identify-cached.js';
import { resolveExecutable } from './resolve/executable.js';

/** Where a new pattern is to hold. */
export interface PatternPlace {
  /** Folder; its real path is pinned. */
  readonly cwd: string;
  /** Name or path of the shell that reads the command; without one only calls without a shell match. */
  readonly shell?: string;
  /** Environment of the command. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Home of the user; that of the environment by default. */
  readonly home?: string;
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new FactsError('folder_not_found', `${path}: no such folder (${errnoOf(error) ?? 'error'})`, {
      cause: error,
    });
  }
}

function environmentOf(environment: PatternPlace['environment']): Readonly<Record<string, string>> {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(set);
}

/**
 * Pins a pattern to what its command would run at this moment.
 *
 * @throws FactsError `pattern_invalid`, `folder_not_found`, or a code of the search for program and interpreters
 */
export async function patternFacts(text: string, place: PatternPlace): Promise<PolicyPattern> {
  const reading = readPattern(text);
  if (!reading.ok) throw new FactsError('pattern_invalid', reading.message);
  const cwd = realFolder(place.cwd);
  const environment = environmentOf(place.environment);
  const user = userInfo();
  const differences = environmentDifferences(environment, {
    home: user.homedir,
    user: user.username,
    shell: user.shell,
  });
  const path = environment['PATH'];
  const shell =
    place.shell === undefined
      ? undefined
      : await resolveExecutable(place.shell, { path, cwd, identify: identifyCached });
  const home = place.home ?? environment['HOME'] ?? user.homedir;
  const facts = await commandFacts(reading.pattern.argv, {
    cwd,
    environment: differences,
    path,
    home,
    shell: shell?.identity.realPath,
  });
  if (facts instanceof FactsError) throw facts;
  const { program, interpreters, configuration } = facts;
  return {
    text,
    cwd,
    ...(shell === undefined ? {} : { shell: shell.identity.realPath }),
    ...(program === null ? {} : { program }),
    ...(interpreters.length === 0 ? {} : { interpreters }),
    configuration,
    environmentSha256: environmentSha256(differences),
  };
}
