import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Arguments that make Node run the driver from source. */
export const NODE_ARGS: readonly string[] = ['--conditions=@airlock/source', '--import', TSX, MAIN];

export interface Call {
  readonly call: 'request' | 'claim' | 'outcome' | 'withdraw';
  readonly detail: any;
}

const running: Driver[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((driver) => driver.stop()));
});

/** Files by which a test and a driver talk, in one scratch directory. */
export class Desk {
  constructor(readonly directory: string) {}

  get environment(): Record<string, string> {
    return { DRIVER_CALLS: join(this.directory, 'calls'), DRIVER_GATE: join(this.directory, 'gate') };
  }

  /** Lets the approver answer. */
  answer(): void {
    writeFileSync(join(this.directory, 'gate'), '');
  }

  calls(): readonly Call[] {
    const path = join(this.directory, 'calls');
    if (!existsSync(path)) return [];
    // What follows the last line end is still being written.
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Call);
  }

  async called(name: Call['call']): Promise<Call> {
    for (;;) {
      const found = this.calls().find((each) => each.call === name);
      if (found !== undefined) return found;
      await pause();
    }
  }
}

export function pause(milliseconds = 10): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly answer?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export class Driver {
  stdout = '';
  stderr = '';
  readonly #closed: Promise<unknown[]>;

  constructor(readonly child: ChildProcessWithoutNullStreams) {
    this.#closed = once(child, 'close');
    child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
  }

  async finished(): Promise<Finished> {
    const [code] = (await this.#closed) as [number | null];
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  /** Ends the driver and, through it, the command it runs; whoever does not listen is killed after a second. */
  async stop(): Promise<void> {
    const kill = setTimeout(() => this.child.kill('SIGKILL'), 1000);
    this.child.kill('SIGTERM');
    this.child.kill('SIGCONT');
    await this.#closed;
    clearTimeout(kill);
  }

  async prints(text: string): Promise<void> {
    while (!this.stdout.includes(text)) await pause();
  }
}

/** Starts the driver without a terminal. It ends with its test, and with the process that runs the tests. */
export function start(desk: Desk, argv: readonly string[], options: StartOptions = {}): Driver {
  const child = spawn(process.execPath, [...NODE_ARGS, ...argv], {
    cwd: options.cwd ?? desk.directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DRIVER_ANSWER: options.answer ?? 'approve',
      ...desk.environment,
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  }) as ChildProcessWithoutNullStreams;
  child.stdin.end(options.input ?? '');
  const driver = new Driver(child);
  running.push(driver);
  return driver;
}
