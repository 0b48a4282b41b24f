import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A measured or measuring program in a process of its own; it answers `{ready}` once it can be used. */
export class BenchProcess<Ready> {
  private constructor(
    readonly child: ChildProcess,
    readonly ready: Ready,
  ) {}

  static start<Ready>(module: string, options: Readonly<Record<string, unknown>>): Promise<BenchProcess<Ready>> {
    const file = fileURLToPath(new URL(module, import.meta.url));
    const child = fork(file, [], {
      execArgv: ['--expose-gc', '--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.send(options);
    return new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(new BenchProcess(child, (message as { ready: Ready }).ready)));
      child.once('exit', (code) => reject(new Error(`${module} ended early with ${code}`)));
    });
  }

  /** Resident set in KiB. */
  residentKiB(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Options a {@link BenchProcess} was started with: its first message. */
export function options<T>(): Promise<T> {
  return new Promise((resolve) => process.once('message', (message) => resolve(message as T)));
}

/** Tells the starter that this process can be used. */
export function ready(value: unknown): void {
  process.send?.({ ready: value });
}
