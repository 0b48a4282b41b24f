import { formatTime, utf8Encode } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import { type Approval, approvalLine } from './approval.js';
import { nodeFs, OPEN, readRange, writeAll, type FsPort } from '../files/fs-port.js';
import { createSecure, openSecure } from '../files/secure-file.js';

const LINE_FEED = 0x0a;

/**
 * Lines of every human approval that was claimed, beside the audit log, which holds the hash of each: added, flushed within a
 * second, never changed and never dropped. About 1 KB per approval, at most the 64 KiB of a decision. Written by the daemon
 * alone.
 */
export class ApprovalFile {
  readonly #file: string;
  readonly #fs: FsPort;
  readonly #fd: number;
  #size: number;
  #dirty = false;
  #isOpen = true;

  /** Opens or makes the file and takes away a line that a crash cut off. Throws `audit_unavailable` and `file_insecure`. */
  constructor(file: string, fs: FsPort = nodeFs) {
    this.#file = file;
    this.#fs = fs;
    const { fd, size } = this.#guarded('cannot be opened', () => {
      createSecure(file, fs);
      const opened = openSecure(file, OPEN.append, fs);
      if (opened === null) throw new Error('it has disappeared');
      return { fd: opened, size: withoutTornLine(fs, opened) };
    });
    this.#fd = fd;
    this.#size = size;
  }

  /**
   * Adds an approval that was claimed at this time, epoch milliseconds. Throws `audit_unavailable`; nothing was added then.
   * @returns what the log must hold, so that neither can be changed alone
   */
  append(approval: Omit<Approval, 'claimedAt'>, claimedAt: number) {
    const { text, sha256 } = approvalLine({ ...approval, claimedAt: formatTime(claimedAt) });
    const bytes = utf8Encode(`${text}\n`);
    this.#guarded('cannot be written', () => {
      if (!this.#isOpen) throw new Error('it is closed');
      if (this.#fs.lstat(this.#file)?.ino !== this.#fs.fstat(this.#fd).ino) throw new Error('it was taken away');
      try {
        writeAll(this.#fs, this.#fd, bytes);
      } catch (cause) {
        this.#fs.truncate(this.#fd, this.#size);
        throw cause;
      }
    });
    this.#size += bytes.length;
    this.#dirty = true;
    const { requestId, workspaceId } = approval;
    return { kind: 'approval.recorded', requestId, workspaceId, sha256 } as const;
  }

  /** Flushes. Throws `audit_unavailable`. */
  maintain(): void {
    if (!this.#dirty) return;
    this.#guarded('cannot be flushed', () => this.#fs.dataSync(this.#fd));
    this.#dirty = false;
  }

  close(): void {
    try {
      this.maintain();
    } finally {
      this.#isOpen = false;
      this.#fs.close(this.#fd);
    }
  }

  #guarded<T>(what: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof RuntimeError) throw cause;
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      const file = this.#file;
      throw new RuntimeError('audit_unavailable', `${file} ${what}${why}`, { cause, file, fix: 'airlock doctor' });
    }
  }
}

/** Size of the file after what follows its last line feed was taken away: nobody was told that it was added. */
function withoutTornLine(fs: FsPort, fd: number): number {
  const { size } = fs.fstat(fd);
  const [last] = readRange(fs, fd, { position: Math.max(size - 1, 0), length: Math.min(size, 1) });
  if (last === undefined || last === LINE_FEED) return size;
  const bytes = readRange(fs, fd, { position: 0, length: size });
  const whole = bytes.lastIndexOf(LINE_FEED) + 1;
  fs.truncate(fd, whole);
  return whole;
}
