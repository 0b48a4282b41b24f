import { writeSync } from 'node:fs';
import { errnoOf } from './failure.js';

/** Where the wrapper speaks to the human; never the child's standard output. */
export type Say = (line: string) => void;

/**
 * Writes a line to standard error without Node's stream: opening that would make the descriptor, which the child
 * inherits, non-blocking. A reader that has gone away is no reason to fail.
 */
export function sayOnStderr(line: string): void {
  try {
    writeSync(2, `airlock: ${line}\n`);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'EPIPE' && errno !== 'EAGAIN' && errno !== 'EBADF' && errno !== 'EIO') throw error;
  }
}

/** Makes untrusted text safe for a terminal: control, format and bidirectional characters become visible escapes. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).toUpperCase()}}`;
  });
}

/** `CODE message (try: fix)`, the form of every failure on standard error. */
export function failureLine(code: string, message: string, fix?: string): string {
  // Node's own messages begin with the code.
  const what = message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message;
  return `${code} ${visible(what)}${fix === undefined ? '' : ` (try: ${visible(fix)})`}`;
}
