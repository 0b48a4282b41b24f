import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { readVersion } from './host-version.js';
import { InstallError } from './install-error.js';

/** Environment of a process, as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The `claude` program of this user. */
export interface HostProgram {
  /** Absolute path. */
  readonly path: string;
  readonly environment: Environment;
  /** Folder it is started in: one without settings of a repository. */
  readonly folder: string;
}

/** How one run of it ended. */
export interface HostRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const NAME = 'claude';
/** Milliseconds; adding a marketplace reads a folder, nothing is downloaded. */
const PATIENCE = 120_000;
const LARGEST_OUTPUT = 4 * 1024 * 1024;

/** Absolute path of `claude` on PATH; null when there is none. Relative entries of PATH do not count. */
export function findHost(environment: Environment): string | null {
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    const file = join(folder, NAME);
    if (isAbsolute(folder) && isProgram(file)) return file;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Runs the program to its end, without input. Rejects with `claude_failed` when it cannot be started. */
export function runHost(host: HostProgram, words: readonly string[]): Promise<HostRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(host.path, [...words], {
      cwd: host.folder,
      env: { ...host.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        if (output[name].length < LARGEST_OUTPUT) output[name] += chunk;
      });
    }
    child.once('error', (cause) => {
      reject(new InstallError('claude_failed', `${host.path} cannot be started`, { cause }));
    });
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** What `claude --version` says; null when it says no version. */
export async function hostVersion(host: HostProgram): Promise<string | null> {
  const { code, stdout } = await runHost(host, ['--version']);
  return code === 0 ? readVersion(stdout) : null;
}
