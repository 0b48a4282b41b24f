import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The built artefact, as an installer would put it on a machine. */
export const AIRLOCK = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly home: string;
  /** Its main file; the built artefact in place unless given. */
  readonly program?: string;
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One running `airlock` process; output is collected from the first byte. */
export class AirlockProcess {
  readonly #lines: string[] = [];
  readonly #waiting: Array<() => void> = [];
  #stdout = '';
  #stderr = '';
  readonly #exit: Promise<Finished>;

  constructor(readonly child: ChildProcessWithoutNullStreams) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.#exit = once(child, 'close').then(([code, signal]) => {
      for (const wake of this.#waiting.splice(0)) wake();
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get stderr(): string {
    return this.#stderr;
  }

  finished(): Promise<Finished> {
    return this.#exit;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The first JSON line on stdout that satisfies the predicate, seen or still to come. */
  async event<T extends Record<string, unknown>>(name: string): Promise<T> {
    for (let next = 0; ; next += 1) {
      while (next >= this.#lines.length) {
        if (!this.running) throw new Error(`no event ${name}; process ended\n${this.#stdout}\n${this.#stderr}`);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      const value = JSON.parse(this.#lines[next] as string) as T & { event?: string };
      if (value.event === name) return value;
    }
  }

  /** Resolves when stderr matches. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stderr)) {
      if (!this.running) throw new Error(`never said ${pattern}; process ended\n${this.#stdout}\n${this.#stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

export function start(args: readonly string[], options: RunOptions): AirlockProcess {
  const { program = AIRLOCK } = options;
  if (!existsSync(program)) throw new Error(`${program} is missing: run the build first`);
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd ?? options.home,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: options.home,
      AIRLOCK_HOME: options.home,
      NO_COLOR: '1',
      ...options.env,
    },
    stdio: 'pipe',
  });
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  child.stdin.end(options.input ?? '');
  return new AirlockProcess(child);
}

export function run(args: readonly string[], options: RunOptions): Promise<Finished> {
  return start(args, options).finished();
}

/** Runs a command that must succeed and prints one JSON document. */
export async function json<T>(args: readonly string[], options: RunOptions): Promise<T> {
  const result = await run([...args, '--json'], options);
  if (result.code !== 0) {
    throw new Error(`airlock ${args.join(' ')}: exit ${result.code}\n${result.stdout}\n${result.stderr}`);
  }
  return JSON.parse(result.stdout) as T;
}
