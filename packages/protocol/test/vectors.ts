import { readFileSync } from 'node:fs';

/** A vector file of packages/testkit/vectors; its shape is described in the file's own note. */
export function loadVectors(name: string): any {
  return JSON.parse(readFileSync(new URL(`../../testkit/vectors/${name}.json`, import.meta.url), 'utf8'));
}

/** Rows for `test.each`: the id of each case and the case. */
export function cases(list: readonly any[]): [string, any][] {
  return list.map((one) => [one.id, one]);
}
