import { createHash } from 'node:crypto';
import { closeSync, read } from 'node:fs';
import { normalize } from 'node:path';
import { promisify } from 'node:util';
import { followLinks, type ForeignFile, type HostRefusal, openForeign } from '@airlock/runtime/client';
import { AdapterFailure } from '../failure.js';
import type { ExpectedFile } from './tool-call.js';

/** Bytes of a file above which a change of it is not put before a human. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** A file as it was read once, from one descriptor. */
export interface FileContent {
  readonly bytes: Uint8Array;
  /** `hex64`. */
  readonly sha256: string;
}

/** SHA-256 as `hex64`. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The real path of the file that a tool names, null where the name is not one that the host hands on: it makes every
 * path absolute and normal first.
 * @throws AdapterFailure `path_invalid` for a path with a NUL character
 */
export function realFile(named: unknown): string | null {
  if (typeof named !== 'string') return null;
  if (named.includes('\0')) throw new AdapterFailure('path_invalid', 'The path holds a NUL character');
  const isNormal = named.startsWith('/') && normalize(named) === named && !named.endsWith('/');
  return isNormal ? followLinks(named) : null;
}

/**
 * Reads a file at its real path, as the user; null where there is none. A link that was put there meanwhile is not
 * followed, a device or pipe not waited for.
 * @throws AdapterFailure `file_unreadable`, `file_too_large`
 */
export async function readFileAt(path: string): Promise<FileContent | null> {
  const file = opened(path);
  if (file === null) return null;
  try {
    const { fd, stats } = file;
    if (!stats.isFile()) throw new AdapterFailure('file_unreadable', `${path} is not an ordinary file`);
    const bytes = await firstBytes(fd, Math.min(Number(stats.size), MAX_FILE_BYTES) + 1);
    if (bytes.length > MAX_FILE_BYTES) {
      throw new AdapterFailure('file_too_large', `${path} has more than ${MAX_FILE_BYTES} bytes`, {
        fix: 'change it with a command: then the command is what gets approved',
      });
    }
    return { bytes, sha256: sha256(bytes) };
  } finally {
    closeSync(file.fd);
  }
}

function opened(path: string): ForeignFile | null {
  try {
    return openForeign(path);
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'error';
    if (errno === 'ENOENT') return null;
    throw new AdapterFailure('file_unreadable', `${path} cannot be read (${errno})`, { cause });
  }
}

const readPiece = promisify(read);

/** At most so many bytes; a file that grew meanwhile is longer than expected and read no further. */
async function firstBytes(fd: number, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await readPiece(fd, bytes, length, limit - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** Whether a file is still as it was when it was shown, behind the name that the host will use (INV-18). */
export async function fileChanged(
  named: string,
  expected: Pick<ExpectedFile, 'path' | 'before'>,
): Promise<HostRefusal | null> {
  if (realFile(named) !== expected.path) return changed(named, 'leads to another file than before');
  const now = await readFileAt(expected.path);
  if ((now?.sha256 ?? null) === expected.before) return null;
  if (expected.before === null) return changed(expected.path, 'was created meanwhile');
  return changed(expected.path, now === null ? 'is gone' : 'has other content than before');
}

function changed(path: string, what: string): HostRefusal {
  return {
    code: 'file_changed',
    message: `${path} ${what}; the approver saw another change than this one would be now`,
    fix: 'read the file and try again',
  };
}
