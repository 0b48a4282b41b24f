import { createHash, timingSafeEqual } from 'node:crypto';
import { base64UrlEncode } from '@airlock/protocol';
import type { Ports } from '../ports/ports.js';

const TOKEN_BYTES = 32;

/** First wait after a wrong token, and the longest one, milliseconds. */
const DELAY = { first: 100, longest: 5000 } as const;

/** Wrong tokens are forgotten when none came for this long, milliseconds. */
const FORGOTTEN_AFTER = 60_000;

/** Wrong tokens that wait for their refusal at once; further ones are cut off. */
const MOST_WAITING = 16;

const BEARER = /^Bearer ([!-~]{1,512})$/i;

/** A new secret for one endpoint, and what is kept of it. */
export function newToken(ports: Pick<Ports, 'random'>): { readonly token: string; readonly sha256: string } {
  const token = `airend_${base64UrlEncode(ports.random(TOKEN_BYTES))}`;
  return { token, sha256: digest(token).toString('hex') };
}

/** What a caller may do: come in, be told that it may not, or be cut off. */
export type Admission = 'admitted' | 'refused' | 'cut-off';

/** Lets in who has the token. Wrong ones wait longer and longer for their refusal; the right one never waits. */
export class TokenGate {
  readonly #expected: Buffer;
  readonly #ports: Pick<Ports, 'mono' | 'timer'>;
  #failures = 0;
  #lastFailure = 0;
  #waiting = 0;

  constructor(sha256: string, ports: Pick<Ports, 'mono' | 'timer'>) {
    this.#expected = Buffer.from(sha256, 'hex');
    this.#ports = ports;
  }

  /** `header` is the value of `Authorization`. Hashes are compared, so that time tells nothing about the token. */
  async admit(header: string | undefined): Promise<Admission> {
    const given = digest(BEARER.exec(header ?? '')?.[1] ?? '');
    if (given.length === this.#expected.length && timingSafeEqual(given, this.#expected)) return 'admitted';
    if (this.#waiting >= MOST_WAITING) return 'cut-off';
    this.#waiting += 1;
    await new Promise<void>((resolve) => {
      this.#ports.timer(this.#delay(), resolve);
    });
    this.#waiting -= 1;
    return 'refused';
  }

  #delay(): number {
    const now = this.#ports.mono();
    if (now - this.#lastFailure > FORGOTTEN_AFTER) this.#failures = 0;
    this.#lastFailure = now;
    this.#failures += 1;
    return Math.min(DELAY.first * 2 ** (this.#failures - 1), DELAY.longest);
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
