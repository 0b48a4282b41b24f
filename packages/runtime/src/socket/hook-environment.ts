import { isUtf8 } from 'node:buffer';
import { RuntimeError } from '../errors.js';
import { Remembered } from '../remembered.js';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Sessions that are told apart at a time: the hooks of one all have the same. */
const environments = new Remembered<Readonly<Record<string, string>> | null>(16);

/**
 * The environment that a hook tells in `Airlock-Environment`: base64 of NAME=value entries, each ended by a NUL. Null for
 * none, and for one that cannot be told apart as text, by names that are there twice for example: then no pattern applies
 * (INV-23). Throws `bad_request` for what is no such list.
 */
export function hookEnvironment(header: string | undefined): Readonly<Record<string, string>> | null {
  if (header === undefined || header === '') return null;
  return environments.of(header, () => decoded(header));
}

function decoded(header: string): Readonly<Record<string, string>> | null {
  if (!BASE64.test(header)) throw malformed('no base64');
  const bytes = Buffer.from(header, 'base64');
  if (bytes.at(-1) !== 0) throw malformed('cut off');
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString('utf8', 0, bytes.length - 1);
  const pairs = new Map<string, string>();
  for (const entry of text.split('\0')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(equals, 0));
    if (name === '' || pairs.has(name)) return null;
    pairs.set(name, entry.slice(equals + 1));
  }
  return Object.freeze(Object.fromEntries(pairs));
}

function malformed(why: string): RuntimeError {
  return new RuntimeError('bad_request', `the environment of the hook is malformed: ${why}`);
}
