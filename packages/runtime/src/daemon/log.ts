import { appendFileSync, chmodSync, renameSync, statSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import { redact } from '../audit/redact.js';
import { ensureSecureDirectory } from '../files/secure-directory.js';
import type { RuntimePaths } from '../paths/paths.js';

/** Size in bytes at which the log starts over; one older file is kept. */
const ROTATE_AT = 5 * 1024 * 1024;

export type { Logger } from 'pino';

/** Structured log of the daemon in `log/daemon.log`, redacted and rotated. Never holds plaintext of an action. */
export function openLog(paths: RuntimePaths): Logger {
  ensureSecureDirectory(paths.logDirectory);
  const file = new RotatingFile(paths.logFile);
  return pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, file);
}

class RotatingFile {
  readonly #path: string;
  #size: number;

  constructor(path: string) {
    this.#path = path;
    appendFileSync(path, '', { mode: 0o600 });
    chmodSync(path, 0o600);
    this.#size = statSync(path).size;
  }

  /** Called by the logger with one line. A log that cannot be written never stops the daemon. */
  write(line: string): void {
    const text = `${redact(line.trimEnd())}\n`;
    try {
      if (this.#size > ROTATE_AT) this.#rotate();
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#size += Buffer.byteLength(text);
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
    }
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.1`);
    this.#size = 0;
  }
}
