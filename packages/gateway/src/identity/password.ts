import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Ports } from '../ports.js';

const COST = 32_768;
const BLOCK = 8;
const KEY_BYTES = 32;

function derive(password: string, salt: Uint8Array): Promise<Buffer> {
  const options = { N: COST, r: BLOCK, p: 1, maxmem: 256 * COST * BLOCK };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** A salted scrypt hash of a password, as `scrypt.<salt>.<key>` in base64url. */
export async function hashPassword(password: string, ports: Ports): Promise<string> {
  const salt = Buffer.from(ports.randomBytes(16));
  const key = await derive(password, salt);
  return `scrypt.${salt.toString('base64url')}.${key.toString('base64url')}`;
}

/** Compares in constant time; with no stored hash it spends the same time and answers false. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [scheme, salt, key] = (stored ?? '').split('.');
  const expected = Buffer.from(key ?? '', 'base64url');
  const actual = await derive(password, Buffer.from(salt ?? '', 'base64url'));
  return scheme === 'scrypt' && expected.length === KEY_BYTES && timingSafeEqual(actual, expected);
}
