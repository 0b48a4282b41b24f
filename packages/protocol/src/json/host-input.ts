import { JsonError } from '../errors/local-errors.js';
import { parseJson } from './parse.js';
import { rfc8785 } from './rfc8785.js';
import { isJsonObject } from './value.js';

/**
 * `inputJson` of a host's tool call: the RFC 8785 text of its source text (ART-140).
 * @throws JsonError when the input is no JSON object, has duplicate keys, lone surrogates or a number that
 * RFC 8785 would print as another number; the call must then be denied
 */
export function hostInputJson(text: string): string {
  const value = parseJson(text, { exactNumbers: true });
  if (!isJsonObject(value)) throw new JsonError('A tool input must be a JSON object', { problem: 'not_an_object' });
  return rfc8785(value);
}
