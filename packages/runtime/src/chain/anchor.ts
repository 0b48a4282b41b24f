import { canonicalize, parseCanonical, utf8Decode, utf8Encode } from '@airlock/protocol';
import { z } from 'zod';
import type { FsPort } from '../files/fs-port.js';
import { readSecure, replaceDurably } from '../files/secure-file.js';
import type { Integrity } from '../files/integrity.js';

const positionSchema = z.strictObject({
  /** Entries before this point, counted from the first one ever written. */
  count: z.number().int().min(0),
  /** Hash of the entry just before this point. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ChainPosition = z.infer<typeof positionSchema>;

const anchorSchema = z.strictObject({
  /** Where the file begins; entries before it were dropped after their retention. */
  base: positionSchema,
  /** Where a shortened file that is just being put in place begins. */
  next: positionSchema.optional(),
  /** A point the chain has reached: a file that ends before it was shortened. */
  reached: positionSchema,
});
export type Anchor = z.infer<typeof anchorSchema>;

const sealedSchema = z.strictObject({ anchor: anchorSchema, mac: z.string() });

export function anchorFileOf(chainFile: string): string {
  return `${chainFile}.anchor`;
}

/** The anchor, null without one. Throws on damage, a wrong MAC included. */
export function readAnchor(chainFile: string, integrity: Integrity, fs: FsPort): Anchor | null {
  const bytes = readSecure(anchorFileOf(chainFile), fs);
  if (bytes === null) return null;
  const { anchor, mac } = sealedSchema.parse(parseCanonical(utf8Decode(bytes)));
  if (!integrity.verify(labelOf(chainFile), canonicalize(anchor), mac)) throw new Error('the MAC is wrong');
  return anchor;
}

export function writeAnchor(chainFile: string, anchor: Anchor, use: { integrity: Integrity; fs: FsPort }): void {
  const plain = anchorSchema.parse(anchor);
  const mac = use.integrity.mac(labelOf(chainFile), canonicalize(plain));
  replaceDurably(anchorFileOf(chainFile), utf8Encode(canonicalize({ anchor: plain, mac })), use.fs);
}

function labelOf(chainFile: string): string {
  return `anchor/${chainFile.slice(chainFile.lastIndexOf('/') + 1)}`;
}
