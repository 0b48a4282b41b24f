import { GatewayError } from '../errors.js';
import { type RateLimits, rateLimited } from '../http/rate-limits.js';

/** Uses a pairing code under the limits of PAIR-040: once a user got too many wrong, every code gets 429 for a while. */
export async function guardedCode<T>(limits: RateLimits, userId: string, use: () => Promise<T>): Promise<T> {
  for (const budget of limits.pairingCodes) {
    const retryAfter = await budget.exhausted(userId);
    if (retryAfter !== undefined) throw rateLimited(retryAfter);
  }
  try {
    return await use();
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'pairing_code_invalid') {
      for (const budget of limits.pairingCodes) await budget.spend(userId);
    }
    throw error;
  }
}
