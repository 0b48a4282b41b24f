import type { Approval } from './approval.js';

/** Approvals whose callers were told to call again, by what they are for. */
export class WaitingRoom {
  readonly #parked = new Map<string, Approval[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  park(key: string, approval: Approval): void {
    const same = this.#parked.get(key);
    if (same === undefined) this.#parked.set(key, [approval]);
    else same.push(approval);
    this.#size += 1;
  }

  /** The approval of an earlier call of the same; the caller takes its place. */
  take(key: string): Approval | null {
    const first = this.#parked.get(key)?.[0];
    if (first === undefined) return null;
    this.drop(key, first);
    return first;
  }

  drop(key: string, approval: Approval): void {
    const same = this.#parked.get(key);
    const at = same?.indexOf(approval) ?? -1;
    if (same === undefined || at === -1) return;
    same.splice(at, 1);
    this.#size -= 1;
    if (same.length === 0) this.#parked.delete(key);
  }

  /** Empties it; nobody comes back. */
  takeAll(): readonly Approval[] {
    const all = [...this.#parked.values()].flat();
    this.#parked.clear();
    this.#size = 0;
    return all;
  }
}
