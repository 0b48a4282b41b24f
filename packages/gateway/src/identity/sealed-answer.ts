import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Ports } from '../ports.js';

const INFO = 'airlock/refresh-answer/v1';

function keyOf(token: string): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(token, 'utf8'), new Uint8Array(), INFO, 32));
}

/**
 * Seals the answer of a refresh under the token that asked for it, so that whoever presents that token again
 * within the grace period gets the same answer (AUTH-120) while the store alone cannot read it.
 */
export function sealAnswer(answer: string, token: string, ports: Ports): Uint8Array {
  const nonce = Buffer.from(ports.randomBytes(12));
  const cipher = createCipheriv('aes-256-gcm', keyOf(token), nonce);
  return Buffer.concat([nonce, cipher.update(answer, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what {@link sealAnswer} sealed; throws when it was sealed under another token. */
export function openAnswer(sealed: Uint8Array, token: string): string {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(token), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
}
