import { createHash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, read, readSync, realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { parseHexSha256 } from '@airlock/protocol';
import { errnoOf, FactsError } from '../errors.js';
import { type Digest, HashedContents, HEAD_BYTES } from './hashed-content.js';

/** A file up to this size is read in one go; a longer one piece by piece, while other work goes on. Bytes. */
const AT_ONCE_BYTES = 8 * 1024 * 1024;

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
export interface FileIdentity extends Digest {
  /** Real path, every link resolved. */
  readonly realPath: string;
  readonly stamp: FileStamp;
  readonly setId: 'none' | 'setuid' | 'setgid';
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

const contents = new HashedContents();

/** Reads a file without a pause; null when it is too long for that, or longer than it said. */
function digestAtOnce(file: number, size: bigint): Digest | null {
  if (size > AT_ONCE_BYTES) return null;
  return contents.digestOf(Number(size), (into, position) => readSync(file, into, 0, into.length, position));
}

const readPiece = promisify(read);

async function digestInPieces(file: number): Promise<Digest> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  let head = new Uint8Array(0);
  for (let position = 0; ; ) {
    const { bytesRead } = await readPiece(file, chunk, 0, CHUNK_BYTES, position);
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
 * Opens a file once and reads identity, head and SHA-256 from that one descriptor: all of it, every time. A pipe that was
 * put in its place is not waited for.
 *
 * @throws FactsError `program_unreadable` when what would run cannot be hashed
 */
export async function identifyFile(path: string): Promise<FileIdentity> {
  let file: number | undefined;
  try {
    const realPath = realpathSync.native(path);
    file = openSync(realPath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(file, { bigint: true });
    if (!stats.isFile()) throw new FactsError('program_unreadable', `${realPath} is not an ordinary file`);
    const { sha256, head } = digestAtOnce(file, stats.size) ?? (await digestInPieces(file));
    return { realPath, sha256, head, stamp: stampOf(stats), setId: setIdOf(stats.mode) };
  } catch (error) {
    if (error instanceof FactsError) throw error;
    throw new FactsError('program_unreadable', `${path} cannot be read (${errnoOf(error) ?? 'error'}), so not hashed`, {
      cause: error,
      fix: `make ${path} readable; what cannot be hashed is never run`,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
