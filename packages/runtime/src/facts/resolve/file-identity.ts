import { type BigIntStats, closeSync, read, readSync, realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { type ForeignFile, openForeign } from '../../files/foreign-file.js';
import { errnoOf, FactsError } from '../errors.js';
import { type Digest, HashedContents, type ReadAt } from './hashed-content.js';
import { LongContents } from './long-contents.js';

/** A file up to this size is read in one go; a longer one piece by piece, while other work goes on. Bytes. */
const AT_ONCE_BYTES = 8 * 1024 * 1024;

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
const longContents = new LongContents();
const readPiece = promisify(read);

/** Reads a file to its end, without a pause unless it is too long for that, or longer than it said. */
async function digestOf({ fd, stats }: ForeignFile): Promise<Digest> {
  const length = Number(stats.size);
  const readAt: ReadAt = (into, position) => readSync(fd, into, 0, into.length, position);
  const atOnce = length > AT_ONCE_BYTES ? null : contents.digestOf(length, readAt);
  if (atOnce !== null) return atOnce;
  return await longContents.digestOf(length, async (into, position) => {
    const { bytesRead } = await readPiece(fd, into, 0, into.length, position);
    return bytesRead;
  });
}

function setIdOf(mode: bigint): FileIdentity['setId'] {
  if ((mode & SETUID) !== 0n) return 'setuid';
  return (mode & SETGID) !== 0n ? 'setgid' : 'none';
}

/** A file that a path leads to, opened. */
export interface OpenedFile extends ForeignFile {
  /** Every link resolved. */
  readonly realPath: string;
}

/** Reads identity, head and SHA-256 from one descriptor: all of it, every time. */
export async function readIdentity(file: OpenedFile): Promise<FileIdentity> {
  const { realPath, stats } = file;
  const { sha256, head } = await digestOf(file);
  return { realPath, sha256, head, stamp: stampOf(stats), setId: setIdOf(stats.mode) };
}

/**
 * {@link readIdentity} of the ordinary file that a path leads to.
 *
 * @throws FactsError `program_unreadable` when what would run cannot be hashed
 */
export async function identifyFile(path: string, identify = readIdentity): Promise<FileIdentity> {
  let file: ForeignFile | undefined;
  try {
    const realPath = realpathSync.native(path);
    file = openForeign(realPath);
    if (!file.stats.isFile()) throw new FactsError('program_unreadable', `${realPath} is not an ordinary file`);
    return await identify({ realPath, ...file });
  } catch (error) {
    if (error instanceof FactsError) throw error;
    throw new FactsError('program_unreadable', `${path} cannot be read (${errnoOf(error) ?? 'error'}), so not hashed`, {
      cause: error,
      fix: `make ${path} readable; what cannot be hashed is never run`,
    });
  } finally {
    if (file !== undefined) closeSync(file.fd);
  }
}
