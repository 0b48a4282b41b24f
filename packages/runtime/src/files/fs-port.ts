import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';

/**
 * The system calls behind every durable file, so that tests can fail each one. Synchronous on purpose: a
 * check-and-append must not interleave with another one, and it is two calls long.
 */
export interface FsPort {
  open(path: string, flags: number, mode: number): number;
  close(fd: number): void;
  read(fd: number, into: Uint8Array, position: number): number;
  write(fd: number, bytes: Uint8Array): number;
  sync(fd: number): void;
  dataSync(fd: number): void;
  truncate(fd: number, length: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  fstat(fd: number): Stats;
  lstat(path: string): Stats | undefined;
}

export const nodeFs: FsPort = {
  open: (path, flags, mode) => openSync(path, flags, mode),
  close: (fd) => closeSync(fd),
  read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
  write: (fd, bytes) => writeSync(fd, bytes),
  sync: (fd) => fsyncSync(fd),
  dataSync: (fd) => fdatasyncSync(fd),
  truncate: (fd, length) => ftruncateSync(fd, length),
  rename: (from, to) => renameSync(from, to),
  unlink: (path) => unlinkSync(path),
  fstat: (fd) => fstatSync(fd),
  lstat: (path) => lstatSync(path, { throwIfNoEntry: false }),
};

/** `open` flags; none of them follows a symbolic link in the last component. */
export const OPEN = {
  read: constants.O_RDONLY | constants.O_NOFOLLOW,
  append: constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW,
  createNew: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
} as const;

/** Writes all bytes, however many calls that takes. Throws what the port throws. */
export function writeAll(fs: FsPort, fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) {
    const written = fs.write(fd, bytes.subarray(done));
    if (written <= 0) throw new Error('the file system took no bytes');
    done += written;
  }
}

/** Reads `length` bytes from `position`, fewer at the end of the file. */
export function readRange(fs: FsPort, fd: number, range: { position: number; length: number }): Uint8Array {
  const bytes = new Uint8Array(range.length);
  let done = 0;
  while (done < range.length) {
    const got = fs.read(fd, bytes.subarray(done), range.position + done);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}
