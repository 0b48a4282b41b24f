import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { McpServer } from '@airlock/protocol';
import { type Executable, identifyCached, resolveExecutable } from '@airlock/runtime/client';

/** Files that arguments name beyond this are not bound. */
const MOST_FILES = 32;

/** A command that starts a server. */
export interface ServerCommand {
  readonly command: readonly string[];
  /** Real path. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a server is, and the file to execute for it. */
export interface FoundServer {
  readonly executable: Executable;
  readonly identity: Extract<McpServer, { readonly transport: 'stdio' }>;
}

/**
 * Resolves and hashes the program, its interpreters and every file that an argument names.
 * @throws FactsError
 */
export async function findServer({ command, folder, environment }: ServerCommand): Promise<FoundServer> {
  const executable = await resolveExecutable(command[0] ?? '', {
    ...{ path: environment['PATH'], cwd: folder, identify: identifyCached },
  });
  const files = executable.interpreters.map(({ identity }) => identity);
  for (const path of namedFiles(command.slice(1), folder)) files.push(await identifyCached(path));
  return {
    executable,
    identity: {
      ...{ transport: 'stdio', command: [...command] },
      ...{ program: executable.identity.realPath, programSha256: executable.identity.sha256 },
      files: files.map(({ realPath, sha256 }) => ({ path: realPath, sha256 })),
    },
  };
}

/** Ordinary files behind `FILE` and `--option=FILE`, once each. */
function namedFiles(words: readonly string[], folder: string): readonly string[] {
  const paths = new Set<string>();
  for (const word of words) {
    for (const name of [word, word.slice(word.indexOf('=') + 1)]) {
      const path = name === '' || name.includes('\0') ? null : resolve(folder, name);
      if (path !== null && statSync(path, { throwIfNoEntry: false })?.isFile()) paths.add(realpathSync(path));
    }
  }
  return [...paths].slice(0, MOST_FILES);
}
