import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

const LF = 0x0a;

/** Messages that are written at once, and that may wait for their answers meanwhile, when throughput is measured. */
const BURST = 32;

/** Programs between a client and a server, started by one command: messages of one line each way, answered in order. */
export class Pipeline {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #sent = 0;
  #answered = 0;
  #awaited = { answers: 0, resolve: (): void => undefined };

  constructor(
    command: readonly string[],
    /** What `/proc/PID/comm` says of the processes that are measured. */
    private readonly measured: string,
  ) {
    const [program = '', ...words] = command;
    this.#child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#count(chunk));
  }

  /** Sends a message and waits for its answer. */
  async roundTrip(next: () => string): Promise<void> {
    this.#send(next, 1);
    await this.#answersTo(this.#sent);
  }

  /** Sends so many messages without waiting for each, and waits for all answers. */
  async stream(next: () => string, count: number): Promise<void> {
    for (let left = count; left > 0; left -= BURST) {
      this.#send(next, Math.min(BURST, left));
      await this.#answersTo(this.#sent - BURST);
    }
    await this.#answersTo(this.#sent);
  }

  /** Processor time of what is measured, milliseconds. */
  cpu(): number {
    const tasks = this.#pids().flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((task) => `${pid}/task/${task}`));
    const spent = tasks.map((task) => Number(readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ')[0]));
    return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await gone;
  }

  #pids(): readonly number[] {
    const own = this.#child.pid ?? 0;
    const children = readFileSync(`/proc/${own}/task/${own}/children`, 'utf8').trim().split(' ').map(Number);
    return [own, ...children].filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === this.measured);
  }

  #send(next: () => string, times: number): void {
    this.#sent += times;
    this.#child.stdin.write(Array.from({ length: times }, next).join(''));
  }

  #count(chunk: Buffer): void {
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) this.#answered += 1;
    if (this.#answered >= this.#awaited.answers) this.#awaited.resolve();
  }

  #answersTo(answers: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { answers, resolve };
      if (this.#answered >= answers) resolve();
    });
  }
}
