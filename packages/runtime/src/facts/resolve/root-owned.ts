import { type BigIntStats, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownUid } from '../../files/secure-directory.js';
import { upwards } from '../configuration/files.js';
import type { OpenedFile } from './file-identity.js';

const OTHERS_WRITE = 0o022n;

/** What decides who may write something. */
export type Access = Pick<BigIntStats, 'uid' | 'mode' | 'dev'>;

/** Who looks, and where what root owns was put by root: a file system that a user mounts says what that user wants. */
interface Looker {
  readonly uid: number;
  /** Devices of the system. */
  readonly devices: readonly bigint[];
}

/** Whether nobody but root can write any of these, and whoever looks is not root. */
export function isRootsAlone(all: readonly Access[], { uid: own, devices }: Looker): boolean {
  return (
    own > 0 && all.every(({ uid, mode, dev }) => uid === 0n && (mode & OTHERS_WRITE) === 0n && devices.includes(dev))
  );
}

/**
 * Whether only root can change an opened file, or put another one in its place: then it has no other content without
 * another time stamp, because nobody else can map it into memory to write there.
 */
export function isRootOwned({ realPath, stats }: OpenedFile): boolean {
  const uid = ownUid();
  if (uid <= 0 || stats.uid !== 0n) return false;
  const devices = ['/', '/usr'].flatMap(deviceOf);
  const folders = upwards(dirname(realPath)).map((folder) => lstatSync(folder, { bigint: true }));
  return isRootsAlone([stats, ...folders], { uid, devices });
}

function deviceOf(path: string): readonly bigint[] {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? [] : [stats.dev];
}
