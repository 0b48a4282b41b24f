import { RuntimeError } from '../errors.js';
import type { SocketPlace } from '../paths/paths.js';
import { notRunning } from './socket-path.js';

/** Whether somebody ended the call by a signal. */
export function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}

/** The daemon went away in the middle. */
export function brokenOff(cause: unknown): RuntimeError {
  return new RuntimeError('bad_answer', 'the connection to the daemon broke off', {
    cause,
    fix: 'airlock daemon status',
  });
}

/** Why nothing came back: `daemon_not_running`, `bad_answer`, or the abort itself. */
export function connectError(paths: SocketPlace, cause: Error): Error {
  if (isAbort(cause)) return cause;
  const code = 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOENT' ? notRunning(paths, cause) : brokenOff(cause);
}
