import { realpathSync, statSync } from 'node:fs';
import { type FileIdentity, identifyFile, stampOf } from './resolve/file-identity.js';

const MOST_FILES = 256;

/** A file that changed less than this long ago may change again without another time stamp. Milliseconds. */
const SETTLED = 2000;

const known = new Map<string, FileIdentity>();

/**
 * {@link identifyFile} that reads a file once as long as device, inode, size and times stay the same. For facts; what is
 * executed is read again (INV-18).
 *
 * @throws FactsError `program_unreadable`
 */
export async function identifyCached(path: string): Promise<FileIdentity> {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  const key = stats === undefined ? path : JSON.stringify([path, stampOf(stats)]);
  const before = known.get(key);
  if (before !== undefined && before.realPath === realpathSync.native(path)) return before;
  const identity = await identifyFile(path);
  const changedAt = Number(BigInt(identity.stamp.changedNs) / 1_000_000n);
  if (known.size >= MOST_FILES) known.clear();
  if (Date.now() - changedAt > SETTLED) known.set(key, identity);
  return identity;
}
