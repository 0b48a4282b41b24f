import { join } from 'node:path';
import { formatTime } from '@airlock/protocol';
import type { ChainPosition } from '../chain/anchor.js';
import { ChainFile, type ChainPlace } from '../chain/chain-file.js';
import type { ChainLine } from '../chain/chain-lines.js';
import { RuntimeError } from '../errors.js';
import { openLock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';
import { openKeys } from '../secrets/open-keys.js';
import type { SecretStore } from '../secrets/secret-store.js';
import { entryFields, type ListEntry, type NewListEntry, readEntry } from './entries.js';
import { readWitness, writeWitness } from './witness.js';
import { NO_ENTRIES, withEntry, type WorkspaceEntries } from './workspace-entries.js';

/** How long a short file lock is waited for, milliseconds. */
export const FILE_LOCK_WAIT = 2000;

/** What the list is opened with. */
export interface RestrictionsPlace extends ChainPlace {
  readonly secrets: SecretStore;
}

/**
 * The append-only list of local restrictions (LOC-085): stops, what was taken away of a signed document, which document
 * is in force, sessions that are tainted, grants that have ended. In force needs nobody's approval; taking one back is
 * only possible where the user may do so alone, as after a stop (LOC-065), or by a newer signed document.
 */
export class Restrictions {
  readonly #chain: ChainFile;
  readonly #secrets: SecretStore;
  readonly #workspaces = new Map<string, WorkspaceEntries>();
  /** Until when by policy, epoch milliseconds. */
  readonly #ended = new Map<string, number>();
  #stopped = false;
  #beyondStops = false;
  #witnessed: ChainPosition | null = null;
  #noting: Promise<void> = Promise.resolve();

  private constructor({ secrets, ...place }: RestrictionsPlace) {
    this.#secrets = secrets;
    this.#chain = ChainFile.open({
      ...place,
      durable: true,
      exclusive: false,
      codes: { corrupt: 'state_corrupt', unavailable: 'state_unavailable' },
      understands: (entry) => readEntry(entry) !== null,
      onLine: (line) => this.#follow(line),
      onReset: () => this.#forget(),
      onTornTail: () => undefined,
    });
  }

  /**
   * Reads the list and compares it with what the secret store knows of it. Rejects with `state_corrupt` when it is
   * damaged, was shortened or is an older one: then everything is denied.
   */
  static async open(place: RestrictionsPlace): Promise<Restrictions> {
    // Before the list: another process may add to both meanwhile, and then the list is ahead.
    const witness = await readWitness(place.secrets);
    const list = new Restrictions(place);
    try {
      list.#compare(witness);
      await list.note();
      return list;
    } catch (cause) {
      list.close();
      throw cause;
    }
  }

  /** Whether the user stopped the daemon and has not started it again. */
  get stopped(): boolean {
    return this.#chain.locked(() => this.#stopped);
  }

  /** Records a stop or a start; nothing when it is so already. */
  setStopped(stopped: boolean, at: number): void {
    if (this.stopped !== stopped) this.add({ kind: stopped ? 'stop' : 'start' }, at);
  }

  /** What is known of a workspace; as it was read last. */
  workspace(workspaceId: string): WorkspaceEntries {
    return this.#workspaces.get(workspaceId) ?? NO_ENTRIES;
  }

  /** Workspaces that the list names. */
  get workspaceIds(): readonly string[] {
    return [...this.#workspaces.keys()];
  }

  /** Standing policies that are never to be honoured again, as far as they have not expired by `at`. */
  endedGrants(at: number): readonly string[] {
    return [...this.#ended].filter(([, expiresAt]) => expiresAt > at).map(([policyId]) => policyId);
  }

  /** Adds an entry, durably before it returns. Throws `state_corrupt`, or `state_unavailable`: then nothing was added. */
  add(entry: NewListEntry, at: number): void {
    const fields = entryFields(entry, formatTime(at));
    this.#chain.locked(() => {
      this.#chain.append(fields);
    });
    this.#anchor();
  }

  /** Reads what other processes wrote and notices damage. Throws `state_corrupt`. */
  check(): void {
    try {
      this.#chain.locked(() => undefined);
    } catch (cause) {
      if (!isPassing(cause)) throw cause;
    }
    this.#anchor();
  }

  /** Lets the secret store know how far the list has come. */
  async note(): Promise<void> {
    this.#noting = this.#noting.catch(() => undefined).then(() => this.#note());
    return this.#noting;
  }

  close(): void {
    this.#chain.close();
  }

  async #note(): Promise<void> {
    const { end } = this.#chain;
    if (this.#witnessed?.count === end.count && this.#witnessed.hash === end.hash) return;
    await writeWitness(this.#secrets, end);
    this.#witnessed = end;
  }

  /** A list from before there was a witness holds stops only. */
  #compare(witness: ChainPosition | null): void {
    this.#witnessed = witness;
    if (witness === null && this.#beyondStops) {
      throw this.#chain.corrupted('is one that the secret store does not know');
    }
    if (witness !== null && !this.#chain.reaches(witness)) {
      throw this.#chain.corrupted('is older than the one that the secret store remembers');
    }
  }

  /** The entry is on stable storage already: an anchor that cannot be written now is written later. */
  #anchor(): void {
    try {
      this.#chain.anchor();
    } catch (cause) {
      if (!isPassing(cause)) throw cause;
    }
  }

  #follow({ entry }: ChainLine): void {
    const read = readEntry(entry);
    if (read !== null) this.#take(read);
  }

  #take(entry: ListEntry): void {
    switch (entry.kind) {
      case 'stop':
      case 'start':
        this.#stopped = entry.kind === 'stop';
        return;
      case 'grant-ended':
        this.#beyondStops = true;
        this.#ended.set(entry.policyId, Math.max(entry.expiresAt, this.#ended.get(entry.policyId) ?? 0));
        return;
      case 'policy':
      case 'restrict':
      case 'taint':
        this.#beyondStops = true;
        this.#workspaces.set(entry.workspaceId, withEntry(this.workspace(entry.workspaceId), entry));
    }
  }

  #forget(): void {
    this.#stopped = false;
    this.#beyondStops = false;
    this.#workspaces.clear();
    this.#ended.clear();
  }
}

function isPassing(cause: unknown): boolean {
  return cause instanceof RuntimeError && cause.code === 'state_unavailable';
}

/** Opens the list for one piece of work of a command. Rejects as `Restrictions.open` does. */
export async function withRestrictions<T>(paths: RuntimePaths, work: (list: Restrictions) => T): Promise<T> {
  const { integrity, secrets } = await openKeys({ paths });
  const lock = openLock(join(paths.state, 'restrictions.lock'), FILE_LOCK_WAIT);
  try {
    const list = await Restrictions.open({ file: paths.restrictionsFile, lock, integrity, secrets });
    try {
      const result = work(list);
      await list.note();
      return result;
    } finally {
      list.close();
    }
  } finally {
    lock.close();
  }
}
