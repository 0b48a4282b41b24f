import { CanonicalizationError } from '../errors/local-errors.js';
import type { JsonValue } from './value.js';

/**
 * RFC 8785 text of foreign JSON: floats, null and any key, keys in UTF-16 order. Only for text that is carried and
 * compared as a string (ART-140); what we hash or sign as JSON goes through `canonicalize`.
 * @throws CanonicalizationError for NaN, infinities and lone surrogates
 */
export function rfc8785(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return quoted(value);
  if (isArray(value)) return `[${value.map(rfc8785).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${quoted(key)}:${rfc8785(member)}`).join(',')}}`;
}

/** JSON text of a string: only quote, backslash and controls are escaped. Throws for lone surrogates. */
export function quoted(text: string): string {
  if (!text.isWellFormed()) throw new CanonicalizationError('A string has a lone surrogate');
  return JSON.stringify(text);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new CanonicalizationError('JSON has no such number');
  return JSON.stringify(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
