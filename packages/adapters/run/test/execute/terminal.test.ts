import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { type IPty, spawn } from '@lydell/node-pty';
import { afterEach, describe, expect, test } from 'vitest';
import { Desk, NODE_ARGS, pause } from '../driver/start.js';
import { readsAsForeground } from '../../src/execute/terminal.js';
import { file, scratch } from '../scratch.js';

const SLOW = 30_000;

/** Resolves when the kernel says that the command of `ready=PID` and the wrapper, its parent, are stopped. */
async function stoppedWithParent(session: Session): Promise<void> {
  const status = (pid: number) => readFileSync(`/proc/${pid}/status`, 'utf8');
  const command = Number(/ready=(\d+)/.exec(session.output)?.[1]);
  const wrapper = Number(/^PPid:\t(\d+)/m.exec(status(command))?.[1]);
  for (const pid of [command, wrapper]) while (!/^State:\tT/m.test(status(pid))) await pause();
}
const open: IPty[] = [];

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.kill('SIGKILL');
});

/** An interactive shell on a terminal of its own, in which the driver is typed as a user would. */
class Session {
  output = '';
  readonly #pty: IPty;
  readonly #ended: Promise<{ exitCode: number }>;

  constructor(
    readonly desk: Desk,
    program: string,
    argv: readonly string[],
    answer = 'approve',
  ) {
    this.#pty = spawn(program, [...argv], {
      cwd: desk.directory,
      cols: 90,
      rows: 25,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: desk.directory,
        PS1: '$ ',
        TERM: 'dumb',
        DRIVER_ANSWER: answer,
        ...desk.environment,
      },
    });
    open.push(this.#pty);
    this.#pty.onData((data) => {
      this.output += data;
    });
    this.#ended = new Promise((resolve) => this.#pty.onExit(resolve));
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  async sees(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      await pause();
    }
  }

  async ended(): Promise<number> {
    return (await this.#ended).exitCode;
  }
}

function driver(argv: readonly string[], answer?: string): Session {
  const desk = new Desk(scratch());
  desk.answer();
  return new Session(desk, process.execPath, [...NODE_ARGS, '--', ...argv], answer);
}

describe(rules('ENF-140')`on a terminal the child is at the keyboard`, () => {
  test(
    'it has the terminal on all three streams, and its size',
    async () => {
      const session = driver(['bash', '-c', 'test -t 0 && test -t 1 && test -t 2 && stty size']);
      await session.sees(/25 90/);
      expect(await session.ended()).toBe(0);
    },
    SLOW,
  );

  test(
    'what it does to the terminal stays',
    async () => {
      const session = driver(['bash', '-c', 'stty -echo; echo silent; read -r line; stty echo; echo "read $line"']);
      await session.sees(/silent/);
      session.type('secret\r');
      await session.sees(/read secret/);
      expect(session.output.match(/secret/g)).toHaveLength(1);
      expect(await session.ended()).toBe(0);
    },
    SLOW,
  );

  test(
    'Ctrl-C reaches it once, from the kernel, and its own answer is the exit code',
    async () => {
      const counts =
        "let n = 0; process.on('SIGINT', () => n++); console.log('ready'); setTimeout(() => process.exit(n + 8), 1500)";
      const session = driver([process.execPath, '-e', counts]);
      await session.sees(/ready/);
      session.type('\u0003');
      expect(await session.ended()).toBe(9);
    },
    SLOW,
  );

  test(
    'Ctrl-\\ kills a child that does not catch it: 131',
    async () => {
      const session = driver(['sh', '-c', 'ulimit -c 0; echo ready; exec sleep 60']);
      await session.sees(/ready/);
      session.type('\u001c');
      expect(await session.ended()).toBe(131);
    },
    SLOW,
  );

  test(
    'a new window size reaches it',
    async () => {
      const session = driver([
        'bash',
        '-c',
        'trap "stty size; exit 5" WINCH; echo ready; while :; do sleep 0.05; done',
      ]);
      await session.sees(/ready/);
      session.resize(70, 20);
      await session.sees(/20 70/);
      expect(await session.ended()).toBe(5);
    },
    SLOW,
  );

  test(
    'Ctrl-C while waiting withdraws and exits 130',
    async () => {
      const session = driver(['touch', 'ran'], 'never');
      await session.sees(/req-1/);
      session.type('\u0003');
      expect(await session.ended()).toBe(130);
      expect(session.desk.calls().map((each) => each.call)).toEqual(['request', 'withdraw']);
    },
    SLOW,
  );

  /** An interactive shell in whose scratch directory `job` runs the driver with a script that waits for `go`. */
  function shellWithJob(after = ''): Session {
    const desk = new Desk(scratch());
    desk.answer();
    const script = 'echo ready=$$; while [ ! -e go ]; do sleep 0.1; done; echo after; exit 6';
    const quoted = [process.execPath, ...NODE_ARGS, '--', 'bash', '-c', script].map((word) => `'${word}'`).join(' ');
    file(join(desk.directory, 'job'), `${quoted}${after}\n`);
    const session = new Session(desk, 'bash', ['--norc', '--noprofile', '-i']);
    session.type('. ./job\r');
    return session;
  }

  test(
    'job control of the shell works: Ctrl-Z stops both, fg continues both',
    async () => {
      const session = shellWithJob();
      await session.sees(/ready=\d+/);
      session.type('\u001a');
      await session.sees(/Stopped/);
      await stoppedWithParent(session);
      file(join(session.desk.directory, 'go'), '');
      session.type('fg\r');
      await session.sees(/\nafter/);
      session.type('echo "code=$?"\r');
      await session.sees(/code=6/);
      session.type('exit\r');
      await session.ended();
    },
    SLOW,
  );

  test(
    'a job in the background is stopped and continued with its command',
    async () => {
      const session = shellWithJob(' &');
      await session.sees(/ready=\d+/);
      session.type('kill -TSTP %1\r');
      await stoppedWithParent(session);
      file(join(session.desk.directory, 'go'), '');
      session.type('kill -CONT %1; wait %1; echo "code=$?"\r');
      await session.sees(/\nafter/);
      await session.sees(/code=6/);
      session.type('exit\r');
      await session.ended();
    },
    SLOW,
  );
});

describe(rules('ENF-140')`whether the kernel gave the signal to the child too`, () => {
  test.each([
    { stat: '10 (node) S 1 10 10 34816 10 4194304 0', expected: true },
    { stat: '10 (node) S 1 10 10 34816 99 4194304 0', expected: false },
    { stat: '10 (node) S 1 10 10 0 -1 4194304 0', expected: false },
    { stat: '10 (a) 1 1 (b) S 1 10 10 34816 10 4194304 0', expected: true },
    { stat: 'nonsense', expected: false },
  ])('$stat', ({ stat, expected }) => {
    expect(readsAsForeground(stat)).toBe(expected);
  });
});
