import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownUid } from '../../files/secure-directory.js';
import { upwards } from '../configuration/files.js';
import type { OpenedFile } from './file-identity.js';

const OTHERS_WRITE = 0o022n;

/** What decides who may write something. */
export type Access = Pick<BigIntStats, 'uid' | 'mode' | 'dev'>;

/** Whether nobody but root can write any of these, which lie on `devices`: those that no user has mounted. */
export function isRootsAlone(all: readonly Access[], devices: readonly bigint[]): boolean {
  return all.every(({ uid, mode, dev }) => uid === 0n && (mode & OTHERS_WRITE) === 0n && devices.includes(dev));
}

/**
 * Whether only root can change an opened file, or put another one in its place: then it has no other content without
 * another time stamp, because nobody else can map it into memory to write there. Where root itself looks, and may work in
 * any folder, this is said only of what packages install.
 */
export function isRootOwned({ realPath, stats }: OpenedFile): boolean {
  if (stats.uid !== 0n || (ownUid() <= 0 && !isOfPackage(realPath))) return false;
  systemDevices ??= ['/', '/usr'].flatMap(deviceOf);
  const folders = upwards(dirname(realPath)).map((folder) => lstatSync(folder, { bigint: true }));
  return isRootsAlone([stats, ...folders], systemDevices);
}

/** Where the system lies, which no user mounts; it stays there as long as a process runs. */
let systemDevices: readonly bigint[] | undefined;

function isOfPackage(path: string): boolean {
  return path.startsWith('/usr/') && !path.startsWith('/usr/local/');
}

function deviceOf(path: string): readonly bigint[] {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? [] : [stats.dev];
}
