import { GatewayError } from '../errors.js';
import type { GuessLimiters } from './services.js';

/** What a human typed for a device user code, without spaces and dashes. */
export function typedUserCode(typed: string): string {
  return typed.replaceAll(/[\s-]/g, '');
}

/**
 * Runs `look` as one guess of a user code: refused beyond 5 wrong ones in ten minutes (AUTH-190), forgotten when right.
 * @throws GatewayError `rate_limited`, or whatever `look` throws
 */
export async function guessUserCode<T>(
  limiters: GuessLimiters,
  guess: { readonly key: string; readonly now: number },
  look: () => Promise<T>,
): Promise<T> {
  const waitMs = limiters.userCodes.attempt(guess.key, guess.now);
  if (waitMs > 0) {
    throw new GatewayError('rate_limited', 'Too many wrong codes; try again later', {
      retryAfterSeconds: Math.ceil(waitMs / 1000),
    });
  }
  const found = await look();
  limiters.userCodes.forgive(guess.key);
  return found;
}
