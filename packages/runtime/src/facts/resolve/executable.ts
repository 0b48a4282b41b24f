import { basename } from 'node:path';
import { FactsError } from '../errors.js';
import { type FileIdentity, identifyFile } from './file-identity.js';
import { type Search, searchPath } from './search-path.js';
import { readEnvTarget, readImageKind } from './shebang.js';

/** Linux follows at most this many `#!` lines from one file to the next. */
const MAX_INTERPRETERS = 5;

/** One program that the kernel, or `env`, starts to read the script before it. */
export interface Interpreter {
  /** As the `#!` line, or the PATH search behind `env`, names it; with a slash. */
  readonly path: string;
  readonly identity: FileIdentity;
}

/** Everything that decides which code a command name runs. */
export interface Executable {
  /** What is handed to execve: found by the search, links not resolved, so that multi-call programs keep their name. */
  readonly path: string;
  readonly identity: FileIdentity;
  /** In the order in which they are started; empty for a binary. */
  readonly interpreters: readonly Interpreter[];
}

function refuse(path: string, why: string): FactsError {
  return new FactsError('not_executable', `${path}: found, but it cannot be executed directly: ${why}`, {
    fix: `give it a first line such as #!/bin/sh, or name its interpreter: sh ${path}`,
  });
}

/** A search that may know files already. */
export interface ExecutableSearch extends Search {
  /** {@link identifyFile}, or a cache around it. */
  readonly identify?: (path: string) => Promise<FileIdentity>;
}

function interpreterPath(script: string, name: string, search: Search): string {
  try {
    return searchPath(name, search);
  } catch (error) {
    if (!(error instanceof FactsError)) throw error;
    throw new FactsError('interpreter_not_found', `${script}: its interpreter ${JSON.stringify(name)} cannot be run`, {
      cause: error,
    });
  }
}

/** The files that must be started to read `script`, nearest first: the interpreter, and what `env` would look for. */
function named(script: string, identity: FileIdentity, search: Search): readonly string[] {
  const image = readImageKind(identity.head);
  if (image.kind === 'binary') return [];
  if (image.kind === 'unknown') throw refuse(script, image.why);
  const direct = interpreterPath(
    script,
    image.interpreter.includes('/') ? image.interpreter : `./${image.interpreter}`,
    search,
  );
  if (basename(image.interpreter) !== 'env') return [direct];
  const target = readEnvTarget(image.argument);
  if ('unsupported' in target) {
    throw new FactsError('interpreter_unsupported', `${script}: cannot tell what "${target.unsupported}" would run`, {
      fix: 'use "#!/usr/bin/env NAME", or name the interpreter on the command line',
    });
  }
  return [direct, interpreterPath(script, target.name, search)];
}

async function followInterpreters(first: string, identity: FileIdentity, search: ExecutableSearch) {
  const identify = search.identify ?? identifyFile;
  const found: Interpreter[] = [];
  let script = { path: first, identity };
  for (;;) {
    const next = named(script.path, script.identity, search);
    for (const each of next) found.push({ path: each, identity: await identify(each) });
    const last = found.at(-1);
    if (next.length === 0 || last === undefined) return found;
    if (found.length > MAX_INTERPRETERS) throw refuse(first, 'its interpreters form a chain that is too long');
    script = last;
  }
}

/**
 * Resolves a command name to the files that will run: search like execvp, SHA-256 of program, and of every interpreter
 * that its `#!` line leads to.
 *
 * @throws FactsError
 */
export async function resolveExecutable(name: string, search: ExecutableSearch): Promise<Executable> {
  const found = searchPath(name, search);
  const identity = await (search.identify ?? identifyFile)(found);
  return { path: found, identity, interpreters: await followInterpreters(found, identity, search) };
}
