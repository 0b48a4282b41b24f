import { createHash } from 'node:crypto';
import { type HexSha256, parseHexSha256 } from '@airlock/protocol';

/** Differences that no program takes code from: the name of the terminal, and who a commit is by. */
const DECIDES_NOTHING = /^(?:TERM|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE))$/;

/**
 * SHA-256 over the differences that decide which code runs: loader and interpreter variables, which
 * `environmentDifferences` describes with their value, and baseline variables that are missing. All others are left out,
 * so that a token or the width of a window does not end a pattern.
 */
export function environmentSha256(differences: Readonly<Record<string, string>>): HexSha256 {
  const deciding = Object.keys(differences)
    .sort()
    .map((name) => [name, differences[name] ?? ''] as const)
    .filter(([name, value]) => (value.startsWith('=') || value === 'unset') && !DECIDES_NOTHING.test(name));
  const text = JSON.stringify(deciding);
  return parseHexSha256(createHash('sha256').update(text, 'utf8').digest('hex'));
}
