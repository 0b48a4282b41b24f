import { createHash } from 'node:crypto';
import { type HexSha256, parseHexSha256 } from '@airlock/protocol';
import { decidesCode } from './deciding-variables.js';

/**
 * SHA-256 over the differences that decide which code runs: loader and interpreter variables, which
 * `environmentDifferences` describes with their value, baseline variables that are missing, and whatever by its name may
 * be read by a tool as an option, a place or a program. All others are left out, so that a token or the width of a window
 * does not end a pattern.
 */
export function environmentSha256(differences: Readonly<Record<string, string>>): HexSha256 {
  const known = hashes.get(differences);
  if (known !== undefined) return known;
  const hash = hashOf(differences);
  hashes.set(differences, hash);
  return hash;
}

/** Differences are never changed; the calls of one session have one description of them. */
const hashes = new WeakMap<object, HexSha256>();

function hashOf(differences: Readonly<Record<string, string>>): HexSha256 {
  const deciding = Object.keys(differences)
    .sort()
    .map((name) => [name, differences[name] ?? ''] as const)
    .filter(([name, value]) => decidesCode(name, value));
  const text = JSON.stringify(deciding);
  return parseHexSha256(createHash('sha256').update(text, 'utf8').digest('hex'));
}
