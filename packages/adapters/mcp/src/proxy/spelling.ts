import type { JsonObject } from '@airlock/protocol';

/**
 * As the most lenient reader would take a name: without case, forms of one letter the same, without what is invisible, at an
 * end where a NUL is.
 */
export function folded(name: string): string {
  const nul = name.indexOf('\0');
  const text = nul === -1 ? name : name.slice(0, nul);
  return text
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .toLowerCase()
    .trim();
}

/** Whether every reader finds the same members: no key in two spellings, none of `own` (in small letters) in another one. */
export function readsInOneWay(object: JsonObject, own: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  return Object.keys(object).every((key) => {
    const plain = folded(key);
    const isNew = !seen.has(plain);
    seen.add(plain);
    return isNew && (key === plain || !own.has(plain));
  });
}
