import { RuntimeError } from '../errors.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The environment that a hook tells in `Airlock-Environment`: base64 of NAME=value entries, each ended by a NUL. Null for
 * none, and for one that cannot be told apart as text, by names that are there twice for example: then no pattern applies
 * (INV-23). Throws `bad_request` for what is no such list.
 */
export function hookEnvironment(header: string | undefined): Readonly<Record<string, string>> | null {
  if (header === undefined || header === '') return null;
  if (!BASE64.test(header)) throw malformed('no base64');
  const bytes = Buffer.from(header, 'base64');
  if (bytes.at(-1) !== 0) throw malformed('cut off');
  const text = decoded(bytes.subarray(0, -1));
  if (text === null) return null;
  const pairs = new Map<string, string>();
  for (const entry of text.split('\0')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(equals, 0));
    if (name === '' || pairs.has(name)) return null;
    pairs.set(name, entry.slice(equals + 1));
  }
  return Object.fromEntries(pairs);
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof TypeError) return null;
    throw cause;
  }
}

function malformed(why: string): RuntimeError {
  return new RuntimeError('bad_request', `the environment of the hook is malformed: ${why}`);
}
