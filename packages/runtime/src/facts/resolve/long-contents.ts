import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { parseHexSha256 } from '@airlock/protocol';
import { type Digest, HEAD_BYTES } from './hashed-content.js';

const PIECE_BYTES = 1024 * 1024;

/** Contents whose hash is kept. */
const MOST = 64;

/** Of GCM, bytes. */
const NONCE = new Uint8Array(12);

/** Reads from a position on, at most as much as there is room for; 0 at the end. */
export type ReadPiece = (into: Uint8Array, position: number) => Promise<number>;

/**
 * SHA-256 of content that is too long to be kept and was probably hashed before, such as a Node of the user's own. Instead
 * of the bytes their GMAC is compared (NIST SP 800-38D), which takes hardly longer than to read them: under a key that
 * never leaves this object, as its tags do not, nobody can make other bytes of the same tag. No time stamp is believed.
 */
export class LongContents {
  readonly #key = randomBytes(16);
  /** By length, the last one of each. */
  readonly #known = new Map<number, { readonly tag: Buffer; readonly digest: Digest }>();

  /** Of what `readPiece` gives, which is probably `length` bytes, while other work goes on. */
  async digestOf(length: number, readPiece: ReadPiece): Promise<Digest> {
    const known = this.#known.get(length);
    const before = known === undefined ? null : this.#mac();
    if (before !== null) await inPieces(readPiece, before.add);
    if (known !== undefined && before?.tag().equals(known.tag) === true) return known.digest;

    const mac = this.#mac();
    const hash = createHash('sha256');
    let head = new Uint8Array(0);
    await inPieces(readPiece, (bytes) => {
      if (head.length < HEAD_BYTES) head = Uint8Array.from([...head, ...bytes.subarray(0, HEAD_BYTES - head.length)]);
      mac.add(bytes);
      hash.update(bytes);
    });
    const digest = { sha256: parseHexSha256(hash.digest('hex')), head };
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(length, { tag: mac.tag(), digest });
    return digest;
  }

  #mac() {
    const cipher = createCipheriv('aes-128-gcm', this.#key, NONCE);
    return {
      add: (bytes: Uint8Array): void => {
        cipher.setAAD(bytes);
      },
      tag: (): Buffer => {
        cipher.final();
        return cipher.getAuthTag();
      },
    };
  }
}

async function inPieces(readPiece: ReadPiece, take: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let position = 0; ; ) {
    const length = await readPiece(piece, position);
    if (length === 0) return;
    take(piece.subarray(0, length));
    position += length;
  }
}
