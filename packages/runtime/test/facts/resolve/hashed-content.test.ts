import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identifyFile } from '../../../src/facts/resolve/file-identity.js';
import { HashedContents, type ReadAt } from '../../../src/facts/resolve/hashed-content.js';
import { file, scratch } from '../scratch.js';

const MIB = 1024 * 1024;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Reads a part at a time, of as many bytes as it says. */
function readerOf(bytes: Uint8Array, most = Number.POSITIVE_INFINITY): ReadAt {
  return (into, position) => {
    const part = bytes.subarray(position, position + Math.min(most, into.length));
    into.set(part);
    return part.length;
  };
}

const hashOf = (contents: HashedContents, bytes: Uint8Array, most?: number) =>
  contents.digestOf(bytes.length, readerOf(bytes, most))?.sha256;

describe(rules('INV-18')`a hash that is known already`, () => {
  test('is that of these very bytes, whatever was asked before', () => {
    const alike = fc.array(fc.constantFrom(0, 1), { maxLength: 4 }).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(alike, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 40 }),
        (asked) => {
          const contents = new HashedContents();
          for (const [bytes, most] of asked) expect(hashOf(contents, bytes, most)).toBe(sha256(bytes));
        },
      ),
    );
  });

  test('is of what is read, also when that is less than it should be; of more there is none', () => {
    const contents = new HashedContents();
    for (const text of ['abc', 'ab', 'abc', 'a', '']) {
      const bytes = Buffer.from(text);
      expect(contents.digestOf(3, readerOf(bytes))?.sha256).toBe(sha256(bytes));
    }
    expect(contents.digestOf(3, readerOf(Buffer.from('abcd')))).toBeNull();
    expect(contents.digestOf(2, readerOf(Buffer.from('abc')))).toBeNull();
    expect(contents.digestOf(0, readerOf(Buffer.from('a')))).toBeNull();
  });

  test('does not follow the memory that the bytes were in', () => {
    const contents = new HashedContents();
    const room = Uint8Array.of(1, 2, 3);
    hashOf(contents, room);
    room[1] = 9;
    expect(hashOf(contents, room)).toBe(sha256(Uint8Array.of(1, 9, 3)));
    expect(hashOf(contents, Uint8Array.of(1, 2, 3))).toBe(sha256(Uint8Array.of(1, 2, 3)));
  });

  test('is forgotten when there are too many, and right all the same', () => {
    const contents = new HashedContents();
    const many = [5, 6, 7, 20, 5, 6].map((size) => new Uint8Array(size * MIB + 1).fill(size));
    for (const bytes of many) expect(hashOf(contents, bytes)).toBe(sha256(bytes));
  });
});

describe(rules('INV-18')`a file that is identified again and again`, () => {
  test.each([
    { size: 0 },
    { size: 1 },
    { size: 255 },
    { size: 257 },
    { size: 2 * MIB },
    { size: 8 * MIB },
    { size: 8 * MIB + 1 },
    { size: 17 * MIB },
  ])('$size bytes: another last byte is seen, with the same times', async ({ size }) => {
    const path = file(join(scratch(), 'program'), new Uint8Array(size).fill(7));
    const times = new Date('2026-01-01T00:00:00Z');
    for (const last of [7, 8, 7, 9]) {
      const bytes = new Uint8Array(size).fill(7);
      if (size > 0) bytes[size - 1] = last;
      const open = openSync(path, 'r+');
      if (size > 0) writeSync(open, Uint8Array.of(last), 0, 1, size - 1);
      closeSync(open);
      utimesSync(path, times, times);
      const { sha256: found, head } = await identifyFile(path);
      expect(found).toBe(sha256(bytes));
      expect(Buffer.from(head).equals(bytes.subarray(0, 256))).toBe(true);
    }
  });

  test('a short file after a long one: nothing of the long one is left', async () => {
    const folder = scratch();
    const [long, short] = [file(join(folder, 'long'), 'x'.repeat(5000)), file(join(folder, 'short'), 'y')];
    const { head } = await identifyFile(long);
    expect((await identifyFile(short)).sha256).toBe(sha256(Buffer.from('y')));
    expect(Buffer.from(head).toString()).toBe('x'.repeat(256));
    expect((await identifyFile(long)).sha256).toBe(sha256(Buffer.from('x'.repeat(5000))));
  });

  test.each(['pipe', 'folder'])('a %s is refused at once', async (kind) => {
    const path = join(scratch(), 'program');
    execFileSync(kind === 'pipe' ? 'mkfifo' : 'mkdir', [path]);
    await expect(identifyFile(path)).rejects.toMatchObject({ code: 'program_unreadable' });
  });
});
