import { createHash } from 'node:crypto';
import { LIMITS } from '@airlock/protocol';
import type { Blob, TreeChange, TreeEntry } from '../../src/index.js';

/** A file as a test writes it down; content is what `modeOf` makes of it. */
export interface Entry {
  readonly mode: TreeEntry['mode'];
  readonly content: string | Uint8Array;
}

export const file = (content: string | Uint8Array): Entry => ({ mode: '100644', content });
export const program = (content: string | Uint8Array): Entry => ({ mode: '100755', content });
export const link = (target: string): Entry => ({ mode: '120000', content: target });
/** @param commit its object id */
export const submodule = (commit: string): Entry => ({ mode: '160000', content: commit });

export const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** What git calls a blob with these bytes. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Path (a text, or raw bytes in latin1 behind `raw:`), what was there, what is there. */
export type Row = readonly [path: string, before: Entry | null, after: Entry | null];

/** Changes and their blobs, as an adapter hands them over. */
export function changed(...rows: readonly Row[]): {
  readonly changes: TreeChange[];
  readonly blobs: Map<string, Blob>;
} {
  const blobs = new Map<string, Blob>();
  const entry = (from: Entry | null): TreeEntry | null => {
    if (from === null) return null;
    if (from.mode === '160000') return { mode: from.mode, id: String(from.content) };
    const bytes = bytesOf(from.content);
    const id = blobId(bytes);
    blobs.set(id, { size: bytes.length, bytes: bytes.length > LIMITS.gitBlobShownBytes ? null : bytes });
    return { mode: from.mode, id };
  };
  const changes = rows.map(([path, before, after]) => ({
    path: path.startsWith('raw:') ? Buffer.from(path.slice(4), 'latin1') : bytesOf(path),
    before: entry(before),
    after: entry(after),
  }));
  return { changes, blobs };
}
