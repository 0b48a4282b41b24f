import { join } from 'node:path';
import { formatTime } from '@airlock/protocol';
import { ChainFile, type ChainPlace } from '../chain/chain-file.js';
import type { ChainLine } from '../chain/chain-lines.js';
import { openLock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';
import { openKeys } from '../secrets/open-keys.js';

/** How long a short file lock is waited for, milliseconds. */
export const FILE_LOCK_WAIT = 2000;

/**
 * The append-only list of local restrictions (LOC-085). In force needs nobody's approval; taking one back is only
 * possible where the user may do so alone, as after a stop (LOC-065).
 */
export class Restrictions {
  readonly #chain: ChainFile;
  #stopped = false;

  /** Throws `state_corrupt` when the list is damaged or was shortened: then the strictest policy is in force. */
  constructor(place: ChainPlace) {
    this.#chain = ChainFile.open({
      ...place,
      durable: true,
      codes: { corrupt: 'state_corrupt', unavailable: 'state_unavailable' },
      onLine: (line) => this.#follow(line),
      onReset: () => {
        this.#stopped = false;
      },
      onTornTail: () => undefined,
    });
  }

  /** Whether the user stopped the daemon and has not started it again. */
  get stopped(): boolean {
    return this.#chain.locked(() => this.#stopped);
  }

  /** Records a stop or a start; nothing when it is so already. */
  setStopped(stopped: boolean, at: number): void {
    this.#chain.locked(() => {
      if (this.#stopped !== stopped) this.#chain.append({ kind: stopped ? 'stop' : 'start', at: formatTime(at) });
    });
    this.#chain.anchor();
  }

  close(): void {
    this.#chain.close();
  }

  #follow({ entry }: ChainLine): void {
    if (entry.kind === 'stop') this.#stopped = true;
    if (entry.kind === 'start') this.#stopped = false;
  }
}

/** Opens the list for one piece of work of a command. Throws as the constructor does. */
export async function withRestrictions<T>(paths: RuntimePaths, work: (list: Restrictions) => T): Promise<T> {
  const { integrity } = await openKeys({ paths });
  const lock = openLock(join(paths.state, 'restrictions.lock'), FILE_LOCK_WAIT);
  try {
    const list = new Restrictions({ file: paths.restrictionsFile, lock, integrity });
    try {
      return work(list);
    } finally {
      list.close();
    }
  } finally {
    lock.close();
  }
}
