import type { IdText } from '../jsonrpc/message.js';

/** What an id of the client stands for until it is answered. */
export type Open =
  /** With the server. */
  | { readonly kind: 'passed' }
  /** A `tools/list` with the server. */
  | { readonly kind: 'list'; readonly isFirstPage: boolean }
  /** Waits for an approval; the server has not seen it. */
  | { readonly kind: 'held'; readonly end: (why: 'cancelled' | 'server_gone') => void }
  /** Approved, with the server. */
  | { readonly kind: 'approved'; readonly requestId: string };

/** Requests that nobody answers are forgotten from the oldest on beyond this. */
const MOST_PASSED = 4096;

/** Ids of the client's requests that have no answer yet. */
export class OpenIds {
  readonly #open = new Map<IdText, Open>();

  get size(): number {
    return this.#open.size;
  }

  has(id: IdText): boolean {
    return this.#open.has(id);
  }

  get(id: IdText): Open | undefined {
    return this.#open.get(id);
  }

  /** Whether a client could take an answer under this id for that of a held call: some do not tell "1" from 1. */
  isHeld(id: IdText): boolean {
    return [id, otherSpelling(id)].some((each) => this.#open.get(each)?.kind === 'held');
  }

  set(id: IdText, open: Open): void {
    if (this.#open.size >= MOST_PASSED) this.#dropOldest();
    this.#open.set(id, open);
  }

  /** What the id stood for; it is free again. */
  close(id: IdText): Open | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    return open;
  }

  /** Everything that was open; nothing is any more. */
  closeAll(): readonly (readonly [IdText, Open])[] {
    const all = [...this.#open];
    this.#open.clear();
    return all;
  }

  /** Everything of one kind. */
  of(kind: Open['kind']): readonly (readonly [IdText, Open])[] {
    return [...this.#open].filter(([, open]) => open.kind === kind);
  }

  #dropOldest(): void {
    for (const [id, { kind }] of this.#open) {
      if (kind !== 'passed' && kind !== 'list') continue;
      this.#open.delete(id);
      return;
    }
  }
}

/** A number for the text of one, and the other way round. */
function otherSpelling(id: IdText): IdText {
  return id.startsWith('"') ? String(Number(JSON.parse(id))) : JSON.stringify(id);
}
