import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type { SecretStore } from '../secrets/secret-store.js';
import { type StoredWorkspace, trustRecordSchema } from './state-schema.js';

/** Name of the secret that remembers pins and recovery hashes beside the state file. */
const TRUST = 'trust';

type Trust = readonly StoredWorkspace[];

/** Who is trusted, without the pairings in force: those have secrets of their own, which end with them. */
function trustOf(workspaces: Trust): Trust {
  return workspaces.map((one) => ({
    ...one,
    standing: one.standing === null ? null : { ...one.standing, active: null },
  }));
}

/**
 * What the state file may say about pins, recovery codes and revoked keys (PAIR-260): an older file is sealed as well as
 * the newest, so that only the secret store tells which one it is. While a file is being replaced there are two answers;
 * a crash leaves either of them.
 */
export class TrustRecord {
  readonly #secrets: SecretStore;
  readonly #stateFile: string;
  #accepted: readonly Trust[] = [];

  constructor(secrets: SecretStore, stateFile: string) {
    this.#secrets = secrets;
    this.#stateFile = stateFile;
  }

  /** What to begin a new state with; writes the record where there is none yet. */
  async begin(): Promise<Trust> {
    const stored = await this.#secrets.get(TRUST);
    this.#accepted = stored === null ? [[]] : this.#parsed(stored);
    if (stored === null) await this.#write(this.#accepted);
    return this.#accepted.at(-1) ?? [];
  }

  /** Whether a state file with these workspaces is the newest one. Rejects with `secret_store_unavailable`. */
  async accepts(workspaces: Trust): Promise<boolean> {
    const stored = await this.#secrets.get(TRUST);
    if (stored === null) throw this.#lost('does not hold');
    const found = trustOf(workspaces);
    this.#accepted = this.#parsed(stored);
    if (!this.#accepted.some((one) => isDeepStrictEqual(one, found))) return false;
    if (this.#accepted.length > 1) await this.#write([found]);
    return true;
  }

  /** Runs `save`, which writes a state file with these workspaces, between the two writes of the record. */
  async around(workspaces: Trust, save: () => void): Promise<void> {
    const next = trustOf(workspaces);
    const others = this.#accepted.filter((one) => !isDeepStrictEqual(one, next));
    if (others.length === 0) return save();
    // Remembered before it is tried: a write that fails may have happened all the same.
    this.#accepted = [...others, next];
    await this.#write(this.#accepted);
    save();
    // The state is saved; a record that still accepts the one before it is narrowed by the next change or start.
    await this.#write([next]).catch(() => undefined);
  }

  async #write(accepted: readonly Trust[]): Promise<void> {
    await this.#secrets.set(TRUST, JSON.stringify({ accepted }));
    this.#accepted = accepted;
  }

  #parsed(text: string): readonly Trust[] {
    try {
      return trustRecordSchema.parse(parseJson(text)).accepted;
    } catch (cause) {
      throw this.#lost('has a damaged', cause);
    }
  }

  /** Not to be repaired by beginning anew: nothing else remembers the pins. */
  #lost(what: string, cause?: unknown): RuntimeError {
    const file = this.#stateFile;
    return new RuntimeError('secret_store_unavailable', `the secret store ${what} record of the pins of ${file}`, {
      file,
      fix: 'airlock doctor',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
