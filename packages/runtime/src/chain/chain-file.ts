import { RuntimeError, type RuntimeCode } from '../errors.js';
import { nodeFs, OPEN, readRange, writeAll, type FsPort } from '../files/fs-port.js';
import type { Integrity } from '../files/integrity.js';
import { createSecure, openSecure, replaceDurably } from '../files/secure-file.js';
import type { Lock } from '../lock/lock.js';
import { anchorFileOf, readAnchor, writeAnchor, type Anchor, type ChainPosition } from './anchor.js';
import {
  encodeLine,
  GENESIS,
  offsetOfLine,
  parseChain,
  type ChainEntry,
  type ChainFields,
  type ChainLine,
} from './chain-lines.js';

/** What every chain of the daemon is opened with. */
export interface ChainPlace {
  readonly file: string;
  readonly lock: Lock;
  readonly integrity: Integrity;
  readonly fs?: FsPort;
}

export interface ChainOptions extends ChainPlace {
  /** Flush every entry before `append` returns. */
  readonly durable: boolean;
  /** Keep the lock until `close`, instead of taking it for each piece of work: nobody else adds to this chain meanwhile. */
  readonly exclusive: boolean;
  /** Codes for "damaged" and for "cannot be used right now". */
  readonly codes: { readonly corrupt: RuntimeCode; readonly unavailable: RuntimeCode };
  /** Whether an entry can be understood; one that cannot is damage. Every entry, when absent. */
  readonly understands?: (entry: ChainEntry) => boolean;
  /** Told about every entry once, in order, those of other processes included; `reset` precedes a full reread. */
  readonly onLine: (line: ChainLine) => void;
  readonly onReset: () => void;
  /** A cut-off last line, which nobody was ever told about, was removed. */
  readonly onTornTail: (bytes: number) => void;
}

const START: ChainPosition = { count: 0, hash: GENESIS };

/**
 * An append-only file of hash-chained lines, shared by processes under a lock. A torn last line is removed and reported;
 * any other damage throws and the file is left as it is.
 */
export class ChainFile {
  readonly #options: ChainOptions & { readonly fs: FsPort };
  #fd = -1;
  #inode = -1;
  #size = 0;
  #base = START;
  #end = START;
  #anchored = START;
  #broken: RuntimeError | null = null;

  private constructor(options: ChainOptions) {
    this.#options = { fs: nodeFs, ...options };
  }

  /** Opens or creates the file and reads it whole. Throws the `corrupt` or the `unavailable` code. */
  static open(options: ChainOptions): ChainFile {
    const chain = new ChainFile(options);
    chain.locked(() => undefined);
    return chain;
  }

  /** Position after the last entry. */
  get end(): ChainPosition {
    return this.#end;
  }

  /** Whether the chain, as read last, has passed this point. */
  reaches(position: ChainPosition): boolean {
    return this.#reaches(position);
  }

  /** Runs `work` under the lock with everything read that other processes wrote. */
  locked<T>(work: () => T): T {
    if (this.#broken !== null) throw this.#broken;
    const { exclusive, lock } = this.#options;
    try {
      lock.acquire();
    } catch (cause) {
      throw this.#unavailable('cannot be locked', cause);
    }
    try {
      this.#refresh();
      return work();
    } catch (cause) {
      throw cause instanceof RuntimeError ? cause : this.#unavailable('cannot be used', cause);
    } finally {
      if (!exclusive || this.#broken !== null) lock.release();
    }
  }

  /** Adds one entry; to be called inside `locked`. When it throws, nothing was added. */
  append(fields: ChainFields): ChainLine {
    const { fs } = this.#options;
    const line = encodeLine(fields, this.#end.hash);
    try {
      writeAll(fs, this.#fd, line.bytes);
    } catch (cause) {
      this.#takeBack();
      throw this.#unavailable('cannot be written', cause);
    }
    if (this.#options.durable) this.flush();
    this.#size += line.bytes.length;
    this.#accept([line]);
    return line;
  }

  /** Flushes to stable storage. After a failure nothing can be said about the file, so it is not used any more. */
  flush(): void {
    try {
      this.#options.fs.dataSync(this.#fd);
    } catch (cause) {
      this.#broken = this.#unavailable('cannot be flushed', cause);
      throw this.#broken;
    }
  }

  /** Gives the file up as damaged: it is not used any more. Returns what to throw. */
  corrupted(what: string): RuntimeError {
    return this.#corrupt(what);
  }

  /** Records how far the chain has come, so that a shortened file is noticed. */
  anchor(): void {
    if (this.#anchored.count === this.#end.count && this.#anchored.hash === this.#end.hash) return;
    this.locked(() => this.#writeAnchor({ base: this.#base, reached: this.#end }));
  }

  /** Drops the first `count` entries of the file; the last one always stays. */
  dropFirst(count: number): void {
    this.locked(() => {
      const { fs, file } = this.#options;
      const bytes = readRange(fs, this.#fd, { position: 0, length: this.#size });
      const { lines } = parseChain(bytes, this.#base.hash);
      const drop = Math.min(count, lines.length - 1);
      const last = lines[drop - 1];
      if (last === undefined) return;
      const next = { count: this.#base.count + drop, hash: last.hash };
      this.#writeAnchor({ base: this.#base, next, reached: this.#end });
      replaceDurably(file, bytes.subarray(offsetOfLine(bytes, drop)), fs);
      this.#reload();
      this.#writeAnchor({ base: this.#base, reached: this.#end });
    });
  }

  close(): void {
    if (this.#fd !== -1) this.#options.fs.close(this.#fd);
    this.#fd = -1;
    this.#options.lock.release();
    this.#broken ??= this.#unavailable('is closed', undefined);
  }

  #refresh(): void {
    const { fs, file } = this.#options;
    const found = fs.lstat(file);
    if (this.#fd === -1 || found === undefined || found.ino !== this.#inode) return this.#reload();
    if (found.size < this.#size) throw this.#corrupt('was shortened');
    if (found.size > this.#size) this.#readFrom(this.#end.hash, found.size);
  }

  #reload(): void {
    const { fs, file, integrity, onReset } = this.#options;
    const known = this.#fd === -1 ? null : this.#end;
    const anchor = this.#loadAnchor(integrity);
    const fd = openSecure(file, OPEN.append, fs);
    if (fd === null) throw this.#corrupt('is missing');
    if (this.#fd !== -1) fs.close(this.#fd);
    this.#fd = fd;
    const stats = fs.fstat(fd);
    this.#inode = stats.ino;
    this.#size = 0;
    onReset();
    this.#base = this.#baseOf(anchor, stats.size);
    this.#end = this.#base;
    this.#anchored = anchor.reached;
    this.#readFrom(this.#base.hash, stats.size);
    if (!this.#reaches(anchor.reached)) throw this.#corrupt('was shortened or rewritten');
    // Another file in the place of ours must hold what this process has seen, unless that was dropped after its retention.
    const isLost = known !== null && known.count >= this.#base.count && !this.#reaches(known);
    if (isLost) throw this.#corrupt('was replaced by an older one');
  }

  /** Hashes by position of what was read since the last reload, for the comparison with the anchor. */
  readonly #hashes: string[] = [];

  #reaches(reached: ChainPosition): boolean {
    if (reached.count === this.#base.count) return reached.hash === this.#base.hash;
    return this.#hashes[reached.count - this.#base.count - 1] === reached.hash;
  }

  #baseOf(anchor: Anchor, size: number): ChainPosition {
    this.#hashes.length = 0;
    if (size === 0 || anchor.next === undefined) return anchor.base;
    const bytes = readRange(this.#options.fs, this.#fd, { position: 0, length: size });
    const first = parseChain(bytes, null).lines[0];
    return first?.entry.prev === anchor.next.hash ? anchor.next : anchor.base;
  }

  #readFrom(prev: string, size: number): void {
    const { fs, onTornTail } = this.#options;
    const bytes = readRange(fs, this.#fd, { position: this.#size, length: size - this.#size });
    const parsed = parseChain(bytes, prev);
    const brokenAt = parsed.brokenAt ?? this.#firstNotUnderstood(parsed.lines);
    if (brokenAt !== null) {
      throw this.#corrupt(`is broken at entry ${this.#end.count - this.#base.count + brokenAt + 1}`);
    }
    this.#size += parsed.length;
    this.#accept(parsed.lines);
    if (parsed.tornBytes === 0) return;
    fs.truncate(this.#fd, this.#size);
    fs.sync(this.#fd);
    onTornTail(parsed.tornBytes);
  }

  #firstNotUnderstood(lines: readonly ChainLine[]): number | null {
    const { understands = () => true } = this.#options;
    const index = lines.findIndex(({ entry }) => !understands(entry));
    return index === -1 ? null : index;
  }

  #accept(lines: readonly ChainLine[]): void {
    for (const line of lines) {
      this.#end = { count: this.#end.count + 1, hash: line.hash };
      this.#hashes.push(line.hash);
      this.#options.onLine(line);
    }
  }

  #loadAnchor(integrity: Integrity): Anchor {
    const { fs, file } = this.#options;
    let anchor: Anchor | null;
    try {
      anchor = readAnchor(file, integrity, fs);
    } catch (cause) {
      if (cause instanceof RuntimeError) throw cause;
      throw this.#corrupt('has a damaged integrity record', cause, anchorFileOf(file));
    }
    const exists = fs.lstat(file) !== undefined;
    if (anchor === null && (exists || integrity.initialised)) {
      throw this.#corrupt(exists ? 'has lost its integrity record' : 'is missing');
    }
    const fresh: Anchor = anchor ?? { base: START, reached: START };
    if (anchor === null) this.#writeAnchor(fresh);
    // Only a beginning may find no file: afterwards somebody removed it, whatever the anchor says.
    const isBeginning = this.#fd === -1 && !integrity.initialised && fresh.reached.count === 0;
    if (!exists && isBeginning) createSecure(file, fs);
    return fresh;
  }

  #writeAnchor(anchor: Anchor): void {
    const { fs, file, integrity } = this.#options;
    writeAnchor(file, anchor, { integrity, fs });
    this.#anchored = anchor.reached;
  }

  #takeBack(): void {
    try {
      this.#options.fs.truncate(this.#fd, this.#size);
    } catch (cause) {
      this.#broken = this.#unavailable('cannot be repaired after a failed write', cause);
    }
  }

  /** Damage lasts: a file that was found damaged once is not used again by this object. */
  #corrupt(what: string, cause?: unknown, file = this.#options.file): RuntimeError {
    this.#broken = new RuntimeError(this.#options.codes.corrupt, `${file} ${what}`, {
      file,
      fix: 'airlock doctor --repair',
      ...(cause === undefined ? {} : { cause }),
    });
    return this.#broken;
  }

  #unavailable(what: string, cause: unknown): RuntimeError {
    const { file, codes } = this.#options;
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    return new RuntimeError(codes.unavailable, `${file} ${what}${why}`, { file, cause, fix: 'airlock doctor' });
  }
}
