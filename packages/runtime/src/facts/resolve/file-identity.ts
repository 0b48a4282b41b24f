import { createHash } from 'node:crypto';
import { type BigIntStats, constants, type PathLike } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { type HexSha256, parseHexSha256 } from '@airlock/protocol';
import { errnoOf, FactsError } from '../errors.js';

/** Bytes of a file that the kernel looks at to choose how to execute it. */
export const HEAD_BYTES = 256;

const CHUNK_BYTES = 1024 * 1024;
const SETUID = 0o4000n;
const SETGID = 0o2000n;

/** Cheap identity of a file: changes whenever its content or its mode does, by anybody who cannot set the clock. */
export interface FileStamp {
  readonly device: string;
  readonly inode: string;
  /** Bytes. */
  readonly size: string;
  readonly modifiedNs: string;
  readonly changedNs: string;
  readonly mode: string;
}

/** A file as it was when it was opened once and read to its end. */
export interface FileIdentity {
  /** Real path, every link resolved. */
  readonly realPath: string;
  readonly sha256: HexSha256;
  readonly stamp: FileStamp;
  readonly setId: 'none' | 'setuid' | 'setgid';
  /** First {@link HEAD_BYTES} bytes. */
  readonly head: Uint8Array;
}

export function stampOf(stats: BigIntStats): FileStamp {
  return {
    device: stats.dev.toString(),
    inode: stats.ino.toString(),
    size: stats.size.toString(),
    modifiedNs: stats.mtimeNs.toString(),
    changedNs: stats.ctimeNs.toString(),
    mode: stats.mode.toString(8),
  };
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return (
    a.device === b.device &&
    a.inode === b.inode &&
    a.size === b.size &&
    a.modifiedNs === b.modifiedNs &&
    a.changedNs === b.changedNs &&
    a.mode === b.mode
  );
}

async function digest(file: FileHandle): Promise<Pick<FileIdentity, 'sha256' | 'head'>> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  let head = new Uint8Array(0);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    if (position === 0) head = chunk.slice(0, Math.min(bytesRead, HEAD_BYTES));
    hash.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
  return { sha256: parseHexSha256(hash.digest('hex')), head };
}

function setIdOf(mode: bigint): FileIdentity['setId'] {
  if ((mode & SETUID) !== 0n) return 'setuid';
  return (mode & SETGID) !== 0n ? 'setgid' : 'none';
}

/**
 * Opens a file once and reads identity, head and SHA-256 from that one descriptor.
 *
 * @throws FactsError `program_unreadable` when what would run cannot be hashed
 */
export async function identifyFile(path: string): Promise<FileIdentity> {
  let file: FileHandle | undefined;
  try {
    const realPath = await realpath(path);
    file = await open(realPath as PathLike, constants.O_RDONLY | constants.O_NOFOLLOW);
    const stats = await file.stat({ bigint: true });
    const { sha256, head } = await digest(file);
    return { realPath, sha256, head, stamp: stampOf(stats), setId: setIdOf(stats.mode) };
  } catch (error) {
    throw new FactsError('program_unreadable', `${path} cannot be read (${errnoOf(error) ?? 'error'}), so not hashed`, {
      cause: error,
      fix: `make ${path} readable; what cannot be hashed is never run`,
    });
  } finally {
    await file?.close();
  }
}
