import { createHash } from 'node:crypto';
import { type HexSha256, parseHexSha256 } from '@airlock/protocol';

/** Bytes that are kept together at most; the content that was not asked for longest goes first. */
const MOST_BYTES = 16 * 1024 * 1024;

interface Hashed {
  readonly bytes: Uint8Array;
  readonly sha256: HexSha256;
}

/** SHA-256 of bytes. */
export function sha256Of(bytes: Uint8Array): HexSha256 {
  return parseHexSha256(createHash('sha256').update(bytes).digest('hex'));
}

/**
 * SHA-256 of content that was probably hashed before, such as that of the shell, which is read several times for every
 * call. All bytes are compared with a copy of those that were hashed, which takes a tenth of the time of hashing them and
 * says the same: equal bytes have one hash. No time stamp and no other word of the file system is believed, because a file
 * that is mapped into memory, or a clock that is set back, changes content without one.
 */
export class HashedContents {
  /** By length, the last one of each. */
  readonly #known = new Map<number, Hashed>();
  #size = 0;

  sha256Of(bytes: Uint8Array): HexSha256 {
    const { length } = bytes;
    const known = this.#known.get(length);
    const isSame = known !== undefined && Buffer.compare(known.bytes, bytes) === 0;
    const hashed = isSame ? known : { bytes: bytes.slice(), sha256: sha256Of(bytes) };
    if (known !== undefined) this.#forget(length);
    this.#known.set(length, hashed);
    this.#size += length;
    for (const oldest of this.#known.keys()) if (this.#size > MOST_BYTES) this.#forget(oldest);
    return hashed.sha256;
  }

  #forget(length: number): void {
    if (this.#known.delete(length)) this.#size -= length;
  }
}
