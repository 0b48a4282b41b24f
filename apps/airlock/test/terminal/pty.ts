import { type IPty, spawn } from '@lydell/node-pty';

/** A terminal with a shell command in it, as a person would have it. */
export class Terminal {
  output = '';
  readonly #pty: IPty;
  readonly #ended: Promise<number>;
  #over = false;

  constructor(
    command: string,
    options: {
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      /** Width, 200 by default. */
      readonly columns?: number;
    },
  ) {
    this.#pty = spawn('/bin/sh', ['-c', `exec env ${command}`], {
      cwd: options.cwd,
      cols: options.columns ?? 200,
      rows: 60,
      env: { ...options.env },
    });
    this.#pty.onData((data) => {
      this.output += data;
    });
    this.#ended = new Promise((resolve) =>
      this.#pty.onExit(({ exitCode }) => {
        this.#over = true;
        resolve(exitCode);
      }),
    );
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  /** Waits until the screen shows it, at most 30 s. */
  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (const until = performance.now() + 30_000; performance.now() < until; ) {
      const found = pattern.exec(this.plain);
      if (found !== null) return found;
      if (this.#over) throw new Error(`never saw ${pattern}; the command ended\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`never saw ${pattern}\n${this.plain}`);
  }

  /** What was shown, without colours and cursor movements. */
  get plain(): string {
    // oxlint-disable-next-line no-control-regex -- terminal sequences are what is taken away
    return this.output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
  }

  ended(): Promise<number> {
    return this.#ended;
  }

  kill(): void {
    if (!this.#over) this.#pty.kill('SIGKILL');
  }
}
