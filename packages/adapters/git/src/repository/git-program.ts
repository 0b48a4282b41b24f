import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { GitError } from '../errors.js';
import { type Environment, GIT_OPTIONS, gitEnvironment, rawEnvironment } from './environment.js';

/** Longest output that one git may give, bytes. */
const LARGEST_OUTPUT = 256 * 1024 * 1024;

/** How a git is run. */
export interface GitCall {
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers; only 0 by default. */
  readonly exits?: readonly number[];
  /** Whether it may talk to a remote (fetch, push). Such a git believes in what is stored beside the objects: let it judge nothing. */
  readonly network?: boolean;
  /** Added to the environment of the repository. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** What a git command answered. */
export interface GitAnswer {
  readonly exit: number;
  readonly stdout: Buffer;
  /** Untrusted. */
  readonly stderr: string;
}

/** Git as the caller's `PATH` has it, kept by its absolute path. */
export class GitProgram {
  readonly #path: string;
  readonly #environment: Readonly<Record<string, string>>;

  constructor(
    caller: Environment,
    readonly folder: string,
  ) {
    this.#path = findGit(caller['PATH'] ?? '');
    this.#environment = gitEnvironment(caller, folder);
  }

  /** The same git in another folder. */
  in(folder: string): GitProgram {
    return new GitProgram(this.#environment, folder);
  }

  /** Starts a git that reads raw objects; its three standard streams are pipes. */
  start(args: readonly string[]) {
    const env = rawEnvironment(this.#environment);
    return spawn(this.#path, [...GIT_OPTIONS, ...args], { cwd: this.folder, env, stdio: 'pipe' });
  }

  /**
   * Runs a git to its end.
   * @throws GitError `git_failed` for an exit code that is no answer
   */
  async run(args: readonly string[], call: GitCall = {}): Promise<GitAnswer> {
    const answer = await this.#toEnd(args, call);
    if ((call.exits ?? [0]).includes(answer.exit)) return answer;
    const why = answer.stderr.trim().split('\n').at(-1) ?? '';
    throw new GitError('git_failed', `git ${args[0] ?? ''} failed: ${why === '' ? `exit ${answer.exit}` : why}`);
  }

  #toEnd(args: readonly string[], { input = '', network = false, variables, signal }: GitCall): Promise<GitAnswer> {
    const base = network ? this.#environment : rawEnvironment(this.#environment);
    const options = {
      cwd: this.folder,
      env: { ...base, ...variables },
      stdio: 'pipe',
      ...(signal === undefined ? {} : { signal }),
    } as const;
    return new Promise((resolve, reject) => {
      const fail = (cause: unknown) =>
        reject(new GitError('git_failed', `git ${args[0] ?? ''}: ${String(cause)}`, { cause }));
      const child = spawn(this.#path, [...GIT_OPTIONS, ...args], options);
      const said: Buffer[] = [];
      const errors: Buffer[] = [];
      let size = 0;
      const collect = (into: Buffer[]) => (chunk: Buffer) => {
        size += chunk.length;
        if (size > LARGEST_OUTPUT) child.kill();
        else into.push(chunk);
      };
      child.stdout.on('data', collect(said));
      child.stderr.on('data', collect(errors));
      child.on('error', fail);
      child.on('close', (exit, signalled) => {
        if (exit === null) fail(`ended by ${signalled ?? 'a signal'}`);
        else resolve({ exit, stdout: Buffer.concat(said), stderr: Buffer.concat(errors).toString('utf8') });
      });
      // A git that ends without reading its input says why on standard error.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  }
}

/** Complete ids are never names, and `HEAD` is always the repository's own. */
const AMBIGUOUS = /^warning: refname '(?!HEAD'|[0-9a-f]{40}(?:[0-9a-f]{24})?')(.*)' is ambiguous/m;

/**
 * Refuses the answer of a git that chose between references: a tag `origin/main`, which anybody may push, comes before the
 * branch of the remote.
 * @throws GitError `git_failed`
 */
export function refuseAmbiguous({ stderr }: Pick<GitAnswer, 'stderr'>): void {
  const [, name] = AMBIGUOUS.exec(stderr) ?? [];
  if (name === undefined) return;
  throw new GitError('git_failed', `more than one reference is called ${name}`, {
    fix: `write the whole name, for example refs/remotes/origin/main`,
  });
}

function findGit(path: string): string {
  const found = path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, process.platform === 'win32' ? 'git.exe' : 'git'))
    .find(isProgram);
  if (found === undefined) throw new GitError('git_not_found', 'there is no git on the PATH', { fix: 'install git' });
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
