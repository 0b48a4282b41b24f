import { LIMITS } from '@airlock/protocol';
import type { LiveEvents } from '../live/events.js';
import type { Ports } from '../ports.js';
import type { StoreEngine } from '../store/engine.js';
import { type AttemptLimiter, createAttemptLimiter } from './attempt-limiter.js';
import type { DeviceService } from './device-service.js';
import type { TokenService } from './token-service.js';

const TEN_MINUTES_MS = 600_000;

/** Limits on guessing. Keys are user ids, names or client addresses. */
export interface GuessLimiters {
  /** Wrong device user codes (AUTH-190). */
  readonly userCodes: AttemptLimiter;
  /** Wrong passwords and one-time codes. */
  readonly logins: AttemptLimiter;
}

/** What the routes and pages of identity share. */
export interface IdentityServices {
  readonly store: StoreEngine;
  readonly ports: Ports;
  readonly events: LiveEvents;
  readonly tokens: TokenService;
  readonly devices: DeviceService;
  readonly limiters: GuessLimiters;
}

/** The limits of section 19. */
export function createGuessLimiters(): GuessLimiters {
  return {
    userCodes: createAttemptLimiter(LIMITS.wrongUserCodesPerTenMinutes, TEN_MINUTES_MS),
    logins: createAttemptLimiter(10, TEN_MINUTES_MS),
  };
}
