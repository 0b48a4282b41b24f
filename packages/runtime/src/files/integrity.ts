import { createHmac, timingSafeEqual } from 'node:crypto';
import { base64UrlDecode, base64UrlEncode, parseJson } from '@airlock/protocol';
import { z } from 'zod';
import { RuntimeError } from '../errors.js';
import type { Ports } from '../ports/ports.js';
import type { SecretStore } from '../secrets/secret-store.js';

/** Proves that a file was written by us: HMAC-SHA-256 under a key of the secret store (ENF-180). */
export interface Integrity {
  /** False until the files that it protects exist; a missing file is damage afterwards. */
  readonly initialised: boolean;
  mac(label: string, text: string): string;
  verify(label: string, text: string, mac: string): boolean;
}

const SECRET = 'integrity-key';
const KEY_BYTES = 32;

const storedSchema = z.strictObject({ key: z.string(), initialised: z.boolean() });

export function integrityWithKey(key: Uint8Array, initialised = true): Integrity {
  const mac = (label: string, text: string) =>
    createHmac('sha256', key).update(`airlock/${label}\n`).update(text).digest('base64url');
  return {
    initialised,
    mac,
    verify: (label, text, given) => {
      const expected = Buffer.from(mac(label, text));
      const actual = Buffer.from(given);
      return expected.length === actual.length && timingSafeEqual(expected, actual);
    },
  };
}

/** Reads the key, making one at first use. Throws `secret_store_unavailable`. */
export async function openIntegrity(secrets: SecretStore, ports: Pick<Ports, 'random'>): Promise<Integrity> {
  const stored = await secrets.get(SECRET);
  if (stored === null) {
    const key = ports.random(KEY_BYTES);
    await secrets.set(SECRET, JSON.stringify({ key: base64UrlEncode(key), initialised: false }));
    return integrityWithKey(key, false);
  }
  try {
    const { key, initialised } = storedSchema.parse(parseJson(stored));
    return integrityWithKey(base64UrlDecode(key, KEY_BYTES), initialised);
  } catch (cause) {
    throw new RuntimeError('secret_store_unavailable', 'the integrity key is damaged', {
      cause,
      fix: 'airlock doctor',
    });
  }
}

/** Notes that every protected file exists from now on; `false` that some may be missing and are to be begun anew. */
export async function markInitialised(secrets: SecretStore, initialised = true): Promise<void> {
  const stored = await secrets.get(SECRET);
  if (stored === null) throw new RuntimeError('secret_store_unavailable', 'the integrity key has disappeared');
  const { key } = storedSchema.parse(parseJson(stored));
  await secrets.set(SECRET, JSON.stringify({ key, initialised }));
}
