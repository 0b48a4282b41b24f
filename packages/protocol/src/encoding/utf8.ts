import { EncodingError } from '../errors/local-errors.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * UTF-8 bytes of a text.
 * @throws EncodingError for lone surrogates, which have no UTF-8 form and must not become U+FFFD silently
 */
export function utf8Encode(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new EncodingError('The text has a lone surrogate');
  return encoder.encode(text);
}

/**
 * Text of UTF-8 bytes. A byte order mark stays in the text, so that strict readers refuse it.
 * @throws EncodingError for malformed UTF-8
 */
export function utf8Decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new EncodingError('The bytes are not UTF-8', { cause });
  }
}
