import { utf8Decode, utf8Encode } from '../encoding/utf8.js';
import { CanonicalizationError } from '../errors/local-errors.js';
import { parseJson } from './parse.js';
import { quoted } from './rfc8785.js';
import { isJsonObject, type JsonObject } from './value.js';

/** Levels of objects and arrays in canonical JSON, the top level being the first (CRYP-130). */
const MAX_DEPTH = 32;
/** U+0021 to U+007E without `"`, `&`, `<`, `>` and `\` (CRYP-120). */
const KEY = /^[!#-%'-;=?-[\]-~]{1,128}$/;

/**
 * Canonical JSON text of an object (CRYP-120, CRYP-130). Nothing is dropped, converted or repaired.
 * @throws CanonicalizationError for every value outside the profile
 */
export function canonicalize(value: unknown): string {
  if (!isJsonObject(value)) throw new CanonicalizationError('The top level must be an object');
  return write(value, 1);
}

/** UTF-8 bytes of {@link canonicalize}. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8Encode(canonicalize(value));
}

/** Canonical JSON text of an array of strings: the one array that may stand at the top level (PAIR-160). */
export function canonicalizeStrings(strings: readonly string[]): string {
  return `[${strings.map(quoted).join(',')}]`;
}

/**
 * Parses a text that must be canonical (CRYP-140): canonicalising the value must give the same bytes again.
 * @throws CanonicalizationError for every other text
 */
export function parseCanonical(input: string | Uint8Array): JsonObject {
  const { text, value } = read(input);
  if (!isJsonObject(value)) throw new CanonicalizationError('The top level must be an object');
  if (canonicalize(value) !== text) throw new CanonicalizationError('The text is not canonical');
  return value;
}

function read(input: string | Uint8Array): { readonly text: string; readonly value: unknown } {
  try {
    const text = typeof input === 'string' ? input : utf8Decode(input);
    return { text, value: parseJson(text, { maxDepth: MAX_DEPTH }) };
  } catch (cause) {
    throw new CanonicalizationError('The text is not canonical JSON', { cause });
  }
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new CanonicalizationError('Only integers up to 2^53-1 are allowed');
    return String(value);
  }
  if (typeof value !== 'object') throw new CanonicalizationError(`JSON has no ${typeof value}`);
  if (depth > MAX_DEPTH) throw new CanonicalizationError(`More than ${MAX_DEPTH} levels`);
  return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
}

function writeArray(items: readonly unknown[], depth: number): string {
  // Holes and extra members would vanish from the text.
  if (Object.keys(items).length !== items.length) throw new CanonicalizationError('The array is not a plain list');
  return `[${items.map((item) => write(item, depth + 1)).join(',')}]`;
}

function writeObject(value: object | null, depth: number): string {
  if (!isJsonObject(value)) throw new CanonicalizationError('null is not allowed');
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new CanonicalizationError('Not a plain object');
  if (Object.getOwnPropertySymbols(value).length > 0) throw new CanonicalizationError('An object has a symbol key');
  const texts = Object.keys(value)
    .sort()
    .map((key) => {
      if (!KEY.test(key) || key === '__proto__') throw new CanonicalizationError('A key is outside the profile');
      return `"${key}":${write(value[key], depth + 1)}`;
    });
  return `{${texts.join(',')}}`;
}
