import { readAnchor, type Anchor } from '../chain/anchor.js';
import { GENESIS, parseChain, type ChainEntry, type ChainLine } from '../chain/chain-lines.js';
import { nodeFs } from '../files/fs-port.js';
import { readSecure } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';
import { openKeys } from '../secrets/open-keys.js';

export interface AuditItem {
  /** Number of the entry, from 1. */
  readonly id: number;
  /** hex64 of the entry; what the next one's `prev` holds. */
  readonly hash: string;
  readonly entry: ChainEntry;
}

export interface AuditVerdict {
  readonly ok: boolean;
  /** Entries that verify. */
  readonly entries: number;
  /** Number of the first entry that does not verify; one past the end where entries are missing. */
  readonly brokenAt: number | null;
}

function readLines(paths: RuntimePaths) {
  return parseChain(readSecure(paths.auditFile) ?? new Uint8Array(), GENESIS);
}

function itemOf(line: ChainLine, index: number): AuditItem {
  return { id: index + 1, hash: line.hash, entry: line.entry };
}

/** The entries before the first damaged one, oldest first. Needs no daemon. Throws `file_insecure`. */
export function listAudit(paths: RuntimePaths): readonly AuditItem[] {
  return readLines(paths).lines.map(itemOf);
}

/** The entry of that number, or every entry of that request. */
export function showAudit(paths: RuntimePaths, id: string): readonly AuditItem[] {
  return listAudit(paths).filter((item) => String(item.id) === id || item.entry.requestId === id);
}

/** Recomputes the whole chain and compares it with the protected record of how far it had come. */
export async function verifyAudit(paths: RuntimePaths): Promise<AuditVerdict> {
  const anchor = await anchorOf(paths);
  const { lines, brokenAt, tornBytes } = readLines(paths);
  if (brokenAt !== null) return { ok: false, entries: brokenAt, brokenAt: brokenAt + 1 };
  if (tornBytes > 0 || anchor === 'damaged' || (anchor === null && lines.length > 0)) {
    return { ok: false, entries: lines.length, brokenAt: lines.length + 1 };
  }
  const reached = anchor?.reached ?? { count: 0, hash: GENESIS };
  const there = reached.count === 0 ? GENESIS : lines[reached.count - 1]?.hash;
  if (there === reached.hash) return { ok: true, entries: lines.length, brokenAt: null };
  return { ok: false, entries: lines.length, brokenAt: Math.min(lines.length + 1, reached.count) };
}

async function anchorOf(paths: RuntimePaths): Promise<Anchor | null | 'damaged'> {
  const { integrity } = await openKeys({ paths });
  try {
    return readAnchor(paths.auditFile, integrity, nodeFs);
  } catch (cause) {
    if (cause instanceof Error) return 'damaged';
    throw cause;
  }
}
