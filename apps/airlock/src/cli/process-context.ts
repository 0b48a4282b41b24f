import { realpathSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Cli } from './context.js';
import { inert } from './inert.js';

/** Errors of a reader that has gone away or of a slow one that is asked again. */
const RETRY = 'EAGAIN';
const GONE = new Set(['EPIPE', 'EBADF', 'EIO']);

function errno(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * Writes everything synchronously. Node's own streams are not opened: they would make descriptors non-blocking that a
 * child of `airlock run` inherits, and lose output at exit.
 */
function write(descriptor: number, text: string): void {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (GONE.has(errno(error))) return;
      if (errno(error) !== RETRY) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** The real process as commands see it. */
export function processContext(afterSeparator: readonly string[] | null): Cli {
  const startedAs = process.argv[1] ?? 'airlock';
  let controller: AbortController | undefined;
  return {
    environment: { ...process.env },
    entry: realpathSync(startedAs),
    startedAs,
    afterSeparator,
    stdinIsTerminal: isatty(0),
    stderrIsTerminal: isatty(2),
    terminalColumns: () => (isatty(2) && process.stderr.columns > 0 ? process.stderr.columns : 80),
    say: (line) => write(2, `${inert(line)}\n`),
    print: (line) => write(1, `${inert(line)}\n`),
    emit: (text) => write(1, `${text}\n`),
    interruption: () => {
      if (controller === undefined) {
        const created = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => created.abort(signal));
        controller = created;
      }
      return controller.signal;
    },
  };
}
