import { AirlockError } from '../errors/airlock-error.js';
import { PairingCodeError } from '../errors/local-errors.js';
import type { PairingCode } from '../ids.js';
import { parseJson } from '../json/parse.js';
import { isJsonObject } from '../json/value.js';
import { gatewayOrigin } from '../urls.js';
import { readShownCode } from './shown-code.js';

/** Parts of a pairing link (PAIR-240). */
export interface PairingLink {
  /** Origin of the approver page. */
  readonly approverOrigin: string;
  /** Origin of the gateway that issued the code. */
  readonly gatewayUrl: string;
  readonly code: PairingCode;
  /** Pairing secret S of 26 (or 16) digits. */
  readonly secret: string;
  /** One-time code by which a new device enrolls first (APPR-010). */
  readonly enrollmentCode?: string;
}

/** Link and QR text of a pairing (PAIR-240): everything stays in the fragment, which browsers do not send. */
export function pairingLink(parts: PairingLink): string {
  const members: [string, string][] = [
    ['v', '1'],
    ['g', parts.gatewayUrl],
    ['c', parts.code],
    ['s', parts.secret],
  ];
  if (parts.enrollmentCode !== undefined) members.push(['e', parts.enrollmentCode]);
  const fragment = members.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  return `${parts.approverOrigin}/pair#${fragment}`;
}

/**
 * Reads a pairing link (PAIR-240).
 * @throws PairingCodeError when it is no such link, has a repeated member or names a gateway that GW-040 refuses
 */
export function parsePairingLink(text: string): PairingLink {
  try {
    const hash = text.indexOf('#');
    const page = new URL(hash < 0 ? text : text.slice(0, hash));
    const members = fragmentMembers(text.slice(hash + 1));
    if (hash < 0 || page.pathname !== '/pair' || members.get('v') !== '1')
      throw new PairingCodeError('Not a pairing link');
    const { code, secret } = readShownCode(`${members.get('c') ?? ''}${members.get('s') ?? ''}`);
    if (secret === undefined) throw new PairingCodeError('The pairing link has no secret');
    const enrollmentCode = members.get('e');
    return {
      approverOrigin: gatewayOrigin(page.origin),
      gatewayUrl: gatewayOrigin(members.get('g') ?? ''),
      code,
      secret,
      ...(enrollmentCode === undefined ? {} : { enrollmentCode }),
    };
  } catch (cause) {
    if (cause instanceof PairingCodeError) throw cause;
    throw new PairingCodeError('Not a pairing link', { cause });
  }
}

function fragmentMembers(fragment: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const part of fragment.split('&')) {
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    if (members.has(key)) throw new PairingCodeError('The pairing link repeats a member');
    members.set(key, equals < 0 ? '' : decodeURIComponent(part.slice(equals + 1)));
  }
  return members;
}

/** What our approver takes from a published enforcer's QR code (PAIR-240). */
export interface ForeignQr {
  readonly pairingNonce: string;
  readonly x25519PublicKey: string;
}

/**
 * Reads a published enforcer's QR code. An `encryptionKey` in it is ignored: a key that the code's author chose
 * protects nothing.
 * @throws PairingCodeError
 */
export function parseForeignQr(text: string): ForeignQr {
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) {
      const { pairingNonce, x25519PublicKey } = value;
      if (typeof pairingNonce === 'string' && typeof x25519PublicKey === 'string') {
        return { pairingNonce, x25519PublicKey };
      }
    }
  } catch (cause) {
    if (!(cause instanceof AirlockError)) throw cause;
    throw new PairingCodeError('Not a pairing QR code', { cause });
  }
  throw new PairingCodeError('Not a pairing QR code');
}
