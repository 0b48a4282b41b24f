import { createHash } from 'node:crypto';
import { newId, randomAlphanumeric, randomBase64Url, randomText } from '../ids.js';
import type { Ports } from '../ports.js';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

/** `airpat_` and 40 random alphanumerics (ID-100). */
export function newPat(ports: Ports): string {
  return `airpat_${randomAlphanumeric(ports, 40)}`;
}

/** Three capitals, `-`, seven digits (ID-160). */
export function newAppId(ports: Ports): string {
  return `${randomText(ports, CAPITALS, 3)}-${randomText(ports, DIGITS, 7)}`;
}

/** 20 random alphanumerics (ID-160). */
export function newClientId(ports: Ports): string {
  return randomAlphanumeric(ports, 20);
}

/** 40 random alphanumerics (ID-160). */
export function newClientSecret(ports: Ports): string {
  return randomAlphanumeric(ports, 40);
}

/** Exactly six digits (ID-070). */
export function newUserCode(ports: Ports): string {
  return randomText(ports, DIGITS, 6);
}

/** An enrollment code with 128 random bits (APPR-010). */
export function newEnrollmentCode(ports: Ports): string {
  return `enr-${Buffer.from(ports.randomBytes(16)).toString('hex')}`;
}

/** A device code with 256 random bits (AUTH-190 asks for 128). */
export function newDeviceCode(ports: Ports): string {
  return randomBase64Url(ports, 32);
}

/** A refresh token with 256 random bits. */
export function newRefreshToken(ports: Ports): string {
  return `rft-${randomBase64Url(ports, 32)}`;
}

/** The id of a token family: everything issued from one sign-in, revoked together (AUTH-120). */
export function newFamilyId(ports: Ports): string {
  return newId(ports, 'fam');
}

/** SHA-256 in lower-case hex: what the store keeps of a secret and looks it up by (ID-180). */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
