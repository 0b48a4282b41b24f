import { createHash } from 'node:crypto';
import { type HexSha256, parseHexSha256 } from '@airlock/protocol';

/** Bytes of a file that the kernel looks at to choose how to execute it. */
export const HEAD_BYTES = 256;

/** Bytes that are kept together at most; the content that was not asked for longest goes first. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What is compared at a time: small enough to stay next to the processor, bytes. */
const piece = new Uint8Array(128 * 1024);

/** What is told of a file's content. */
export interface Digest {
  readonly sha256: HexSha256;
  /** First {@link HEAD_BYTES} bytes. */
  readonly head: Uint8Array;
}

/** Reads from a position on, at most as much as there is room for; 0 at the end. */
export type ReadAt = (into: Uint8Array, position: number) => number;

interface Hashed extends Digest {
  readonly bytes: Buffer;
}

/**
 * SHA-256 of content that was probably hashed before, such as that of the shell, which is read for every call. All bytes
 * are compared with those that were hashed, which takes a tenth of the time of hashing them and says the same: equal bytes
 * have one hash. No time stamp and no other word of the file system is believed, because a file that is mapped into memory,
 * or a clock that is set back, changes content without one.
 */
export class HashedContents {
  /** By length, the last one of each. */
  readonly #known = new Map<number, Hashed>();
  #size = 0;

  /** Of what `readAt` gives, which should be `length` bytes; null when it is more. */
  digestOf(length: number, readAt: ReadAt): Digest | null {
    const known = this.#known.get(length);
    const hashed = known !== undefined && isSame(known.bytes, readAt) ? known : hashedOf(length, readAt);
    // What came up short would hold on to room for all that it should have been.
    if (hashed?.bytes.length === length) this.#keep(hashed);
    return hashed;
  }

  #keep(hashed: Hashed): void {
    const { length } = hashed.bytes;
    this.#forget(length);
    this.#known.set(length, hashed);
    this.#size += length;
    for (const oldest of this.#known.keys()) if (this.#size > MOST_BYTES) this.#forget(oldest);
  }

  #forget(length: number): void {
    if (this.#known.delete(length)) this.#size -= length;
  }
}

/** Whether these bytes, and nothing more, are what is read. */
function isSame(bytes: Buffer, readAt: ReadAt): boolean {
  for (let at = 0; ; ) {
    const got = readAt(piece, at);
    if (got === 0) return at === bytes.length;
    if (at + got > bytes.length || bytes.compare(piece, 0, got, at, at + got) !== 0) return false;
    at += got;
  }
}

function hashedOf(length: number, readAt: ReadAt): Hashed | null {
  // A byte more than there should be tells whether there is more.
  const room = Buffer.allocUnsafeSlow(length + 1);
  let at = 0;
  for (let got = -1; got !== 0; at += got) {
    if (at === room.length) return null;
    got = readAt(room.subarray(at), at);
  }
  const bytes = room.subarray(0, at);
  const sha256 = parseHexSha256(createHash('sha256').update(bytes).digest('hex'));
  return { bytes, sha256, head: Uint8Array.from(bytes.subarray(0, HEAD_BYTES)) };
}
