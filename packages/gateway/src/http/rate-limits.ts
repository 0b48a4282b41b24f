import { LIMITS } from '@airlock/protocol';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from '../errors.js';
import type { GatewayConfig } from '../config.js';

/** A budget of points per key and time window. */
export interface Budget {
  /** Spends one point; undefined when there was one, else milliseconds until there is one again. */
  readonly spend: (key: string) => Promise<number | undefined>;
  /** Milliseconds until there is a point again; undefined when there is one. Spends nothing. */
  readonly exhausted: (key: string) => Promise<number | undefined>;
}

/** The rate limits of section 19. */
export interface RateLimits {
  readonly principal: Budget;
  readonly address: Budget;
  readonly wait: Budget;
  /** Wrong pairing codes of a user, in both windows (PAIR-040). */
  readonly pairingCodes: readonly Budget[];
}

/** A budget of `points` per `windowMs`, kept in memory. */
export function budget(points: number, windowMs: number): Budget {
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1000 });
  return {
    spend: async (key) => {
      try {
        await limiter.consume(key);
        return undefined;
      } catch (error) {
        if (error instanceof RateLimiterRes) return error.msBeforeNext;
        throw error;
      }
    },
    exhausted: async (key) => {
      const state = await limiter.get(key);
      return state !== null && state.consumedPoints >= points ? state.msBeforeNext : undefined;
    },
  };
}

/** The limits as configured. */
export function rateLimits(limits: GatewayConfig['limits']): RateLimits {
  const minute = LIMITS.rateLimitWindowMs;
  return {
    principal: budget(limits.requestsPerMinute, minute),
    address: budget(limits.anonymousPerMinute, minute),
    wait: budget(limits.waitsPerMinute, minute),
    pairingCodes: [
      budget(LIMITS.wrongPairingCodesPerMinute, minute),
      budget(LIMITS.wrongPairingCodesPerTenMinutes, 10 * minute),
    ],
  };
}

/** 429 with `Retry-After` (GW-190). */
export function rateLimited(retryAfterMs: number): GatewayError {
  return new GatewayError('rate_limited', 'Too many requests', {
    retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
  });
}
