import { createHash } from 'node:crypto';
import { canonicalize, parseCanonical, utf8Decode, utf8Encode, type JsonValue } from '@airlock/protocol';

/** `prev` of the very first entry. */
export const GENESIS = '0'.repeat(64);

const NEWLINE = 0x0a;

export type ChainFields = Readonly<Record<string, string | number | boolean>>;
export type ChainEntry = ChainFields & { readonly prev: string };

export interface ChainLine {
  readonly entry: ChainEntry;
  /** hex64 SHA-256 of the line's bytes, the canonical JSON of the entry: the next entry's `prev`. */
  readonly hash: string;
}

/** The bytes of one line (with its newline) and its hash. */
export function encodeLine(fields: ChainFields, prev: string): ChainLine & { readonly bytes: Uint8Array } {
  const entry: ChainEntry = { ...fields, prev };
  const bytes = utf8Encode(`${canonicalize(entry)}\n`);
  return { entry, bytes, hash: hashOf(bytes.subarray(0, -1)) };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export interface ParsedChain {
  readonly lines: readonly ChainLine[];
  /** Bytes of the complete lines. */
  readonly length: number;
  /** Bytes after the last newline: a write that was cut off, so nobody was ever told that it succeeded. */
  readonly tornBytes: number;
  /** Index in `lines` of the first line that is no entry or does not continue the chain. */
  readonly brokenAt: number | null;
}

/** Reads lines that continue `prev` (null: whatever the first line says). Never throws. */
export function parseChain(bytes: Uint8Array, prev: string | null): ParsedChain {
  const lines: ChainLine[] = [];
  let expected = prev;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE, start); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
    const raw = bytes.subarray(start, end);
    const entry = parseEntry(raw);
    if (entry === null || (expected !== null && entry.prev !== expected)) {
      return { lines, length: start, tornBytes: 0, brokenAt: lines.length };
    }
    const line = { entry, hash: hashOf(raw) };
    lines.push(line);
    expected = line.hash;
    start = end + 1;
  }
  return { lines, length: start, tornBytes: bytes.length - start, brokenAt: null };
}

function parseEntry(raw: Uint8Array): ChainEntry | null {
  let value: JsonValue;
  try {
    value = parseCanonical(utf8Decode(raw));
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
  return isEntry(value) ? value : null;
}

function isEntry(value: JsonValue): value is ChainEntry {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const scalar = Object.values(value).every((member) => ['string', 'number', 'boolean'].includes(typeof member));
  return scalar && 'prev' in value && typeof value.prev === 'string' && /^[0-9a-f]{64}$/.test(value.prev);
}

/** Where line `index` begins, in bytes. */
export function offsetOfLine(bytes: Uint8Array, index: number): number {
  let offset = 0;
  for (let line = 0; line < index; line += 1) offset = bytes.indexOf(NEWLINE, offset) + 1;
  return offset;
}
