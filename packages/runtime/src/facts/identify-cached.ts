import { type FileIdentity, identifyFile, type OpenedFile, readIdentity, stampOf } from './resolve/file-identity.js';
import { isRootOwned } from './resolve/root-owned.js';

const MOST_FILES = 256;

/** A file that changed less than this long ago may change again without another time stamp. Milliseconds. */
const SETTLED = 2000;

/** By real path and stamp of the descriptor that was read. */
const known = new Map<string, FileIdentity>();

/**
 * {@link identifyFile} that reads a file which only root can change once as long as device, inode, size and times stay the
 * same. Every other file is read each time: mapped into memory it gets other content under the same stamp.
 *
 * @throws FactsError `program_unreadable`
 */
export async function identifyCached(path: string): Promise<FileIdentity> {
  return await identifyFile(path, readOnce);
}

async function readOnce(file: OpenedFile): Promise<FileIdentity> {
  if (!isRootOwned(file)) return await readIdentity(file);
  const key = JSON.stringify([file.realPath, stampOf(file.stats)]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const identity = await readIdentity(file);
  const changedAt = Number(file.stats.ctimeNs / 1_000_000n);
  if (known.size >= MOST_FILES) known.clear();
  if (Date.now() - changedAt > SETTLED) known.set(key, identity);
  return identity;
}
