import { AirlockError } from '@airlock/protocol';

/** A ciphertext does not open: wrong key, changed bytes, foreign algorithm or form. Says nothing more on purpose. */
export class DecryptionError extends AirlockError<'decryption_failed'> {
  constructor(options?: { readonly cause?: unknown }) {
    super('decryption_failed', 'The ciphertext does not open under this key', options);
  }
}

/** A key that must not be used: wrong length or encoding, small order, not on the curve (CRYP-020, CRYP-060, CRYP-070). */
export class KeyError extends AirlockError<'key_refused'> {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('key_refused', message, options);
  }
}
