import { createHash } from 'node:crypto';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { LongContents, type ReadPiece } from '../../../src/facts/resolve/long-contents.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Reads a part at a time, of as many bytes as it says. */
function readerOf(bytes: Uint8Array, most: number): ReadPiece {
  return async (into, position) => {
    const part = bytes.subarray(position, position + Math.min(most, into.length));
    into.set(part);
    return part.length;
  };
}

describe(rules('INV-18')`a hash of long content that is known already`, () => {
  test('is that of these very bytes, whatever was asked before and whatever length was told', async () => {
    const alike = fc
      .array(fc.constantFrom(0, 1), { maxLength: 300, size: 'max' })
      .map((bytes) => Uint8Array.from(bytes));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(alike, fc.integer({ min: 1, max: 17 })), { minLength: 1, maxLength: 40 }),
        async (asked) => {
          const contents = new LongContents();
          for (const [bytes, most] of asked) {
            for (const length of [bytes.length, 7]) {
              const { sha256: found, head } = await contents.digestOf(length, readerOf(bytes, most));
              expect(found).toBe(sha256(bytes));
              expect(bytes.subarray(0, 256)).toEqual(bytes.subarray(0, head.length));
            }
          }
        },
      ),
    );
  });

  test('is not computed again', async () => {
    const contents = new LongContents();
    const read = vi.fn(readerOf(new Uint8Array(3000), 1000));
    const first = await contents.digestOf(3000, read);
    expect(read).toHaveBeenCalledTimes(4);
    expect(await contents.digestOf(3000, read)).toBe(first);
    expect(read).toHaveBeenCalledTimes(8);
  });

  test('is forgotten when there are too many, and right all the same', async () => {
    const contents = new LongContents();
    for (let length = 0; length < 200; length += 1) {
      const bytes = new Uint8Array(length % 70).fill(length);
      expect((await contents.digestOf(bytes.length, readerOf(bytes, 64))).sha256).toBe(sha256(bytes));
    }
  });
});
