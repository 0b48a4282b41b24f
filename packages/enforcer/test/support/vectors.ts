import { readFileSync } from 'node:fs';

/** A vector file of the test kit. */
export function vectorFile(name: string): any {
  return JSON.parse(readFileSync(new URL(`../../../testkit/vectors/${name}.json`, import.meta.url), 'utf8'));
}
