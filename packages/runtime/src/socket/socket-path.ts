import { lstatSync } from 'node:fs';
import { RuntimeError } from '../errors.js';
import { accessFault, checkRuntimeDirectory } from '../files/secure-directory.js';
import type { SocketPlace } from '../paths/paths.js';

/** Longest socket path in bytes; kernels cut longer ones off without a word (LOC-010). */
const LONGEST_PATH = 100;

/** Throws `socket_path_too_long`. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= LONGEST_PATH) return;
  throw new RuntimeError('socket_path_too_long', `${path} has ${bytes} bytes, at most ${LONGEST_PATH} are possible`, {
    file: path,
    fix: 'set AIRLOCK_HOME to a folder with a shorter path',
  });
}

/**
 * What has to hold before anybody connects (LOC-020): directory and socket belong to this user, nobody else can reach
 * them, and neither is a link. Throws `daemon_not_running` without a socket, else `runtime_directory_insecure`,
 * `file_insecure` or `socket_path_too_long`.
 */
export function checkBeforeConnect(paths: SocketPlace): void {
  checkSocketPath(paths.socket);
  const found = lstatSync(paths.socket, { throwIfNoEntry: false });
  if (found === undefined) throw notRunning(paths);
  checkRuntimeDirectory(paths.runtime);
  const why = accessFault(found, 'socket');
  if (why === null) return;
  throw new RuntimeError('file_insecure', `${paths.socket} ${why}`, { file: paths.socket, fix: 'airlock doctor' });
}

export function notRunning(paths: Pick<SocketPlace, 'socket'>, cause?: unknown): RuntimeError {
  return new RuntimeError('daemon_not_running', `no daemon listens on ${paths.socket}`, {
    cause,
    fix: 'airlock daemon start',
  });
}
