import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { McpServer } from '@airlock/protocol';
import {
  type Executable,
  type FileIdentity,
  identifyCached,
  resolveExecutable,
  RuntimeError,
  sameStamp,
  stampOf,
} from '@airlock/runtime/client';

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
  /** Every file that was hashed, under the path that leads to it. */
  readonly files: ReadonlyMap<string, FileIdentity>;
}

/**
 * Resolves and hashes the program, its interpreters and every file that an argument names.
 * @throws FactsError
 */
export async function findServer({ command, folder, environment }: ServerCommand): Promise<FoundServer> {
  const executable = await resolveExecutable(command[0] ?? '', {
    ...{ path: environment['PATH'], cwd: folder, identify: identifyCached },
  });
  const { identity } = executable;
  const files = new Map(executable.interpreters.map((each) => [each.path, each.identity]));
  for (const path of namedFiles(command.slice(1), folder)) files.set(path, await identifyCached(path));
  return {
    executable,
    identity: {
      ...{ transport: 'stdio', command: [...command], program: identity.realPath, programSha256: identity.sha256 },
      files: [...files.values()].map(({ realPath, sha256 }) => ({ path: realPath, sha256 })),
    },
    files: new Map([...files, [executable.path, identity]]),
  };
}

/**
 * To be called once the server has been started: what was started is what was hashed (INV-18). A script that reads more files
 * later is not held still by that.
 *
 * @throws RuntimeError `program_changed`
 */
export function checkUnchanged({ files }: Pick<FoundServer, 'files'>): void {
  for (const [path, { realPath, stamp }] of files) {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now !== undefined && sameStamp(stampOf(now), stamp) && realpathSync.native(path) === realPath) continue;
    throw new RuntimeError<string>('program_changed', `${path} changed while it was started`, {
      fix: 'look at what changed it, then start the server again',
    });
  }
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
