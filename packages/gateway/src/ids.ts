import type { Ports } from './ports.js';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** `length` characters drawn evenly from `alphabet` (at most 256 characters), by rejection. */
export function randomText(ports: Ports, alphabet: string, length: number): string {
  const ceiling = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of ports.randomBytes(length)) {
      if (byte < ceiling && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

/** `bytes` random bytes as base64url without padding. */
export function randomBase64Url(ports: Ports, bytes: number): string {
  return Buffer.from(ports.randomBytes(bytes)).toString('base64url');
}

/** An identifier of our own: a prefix and 96 random bits in hex (ID-160). */
export function newId(ports: Ports, prefix: string): string {
  return `${prefix}-${Buffer.from(ports.randomBytes(12)).toString('hex')}`;
}

/** An envelope's id (ID-130). */
export function newMsgId(ports: Ports): string {
  return `msg-${ports.uuid()}`;
}

/** Six Crockford characters without a dash (ID-050). */
export function newPairingCode(ports: Ports): string {
  return randomText(ports, CROCKFORD, 6);
}

/** A pairing nonce with 144 random bits (ID-080). */
export function newPairingNonce(ports: Ports): string {
  return `pn-${randomBase64Url(ports, 18)}`;
}

/** A routing token with 256 random bits (ID-090). */
export function newRoutingToken(ports: Ports): string {
  return `rt-${randomBase64Url(ports, 32)}`;
}

/** Random letters and digits, for client ids, client secrets and tokens (ID-100, ID-160). */
export function randomAlphanumeric(ports: Ports, length: number): string {
  return randomText(ports, ALPHANUMERIC, length);
}
