import { base64UrlEncode, hexEncode } from '@airlock/protocol';

/** Reproducible chance. */
export interface SeededRng {
  /** 0 to `below` - 1. */
  integer(below: number): number;
  bytes(length: number): Uint8Array;
  base64Url(length: number): string;
  /** 8-4-4-4-12 hex digits. */
  uuid(): string;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** Splitmix32: small, fast and good enough to spread test data. */
function splitmix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** Chance from a seed: the same seed gives the same values in the same order. */
export function seededRng(seed: number): SeededRng {
  const next = splitmix(seed);
  const integer = (below: number) => next() % below;
  const bytes = (length: number) => Uint8Array.from({ length }, () => integer(256));
  return {
    integer,
    bytes,
    base64Url: (length) => base64UrlEncode(bytes(length)),
    uuid: () => hexEncode(bytes(16)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    pick: (items) => items[integer(items.length)] ?? items[0],
  };
}
