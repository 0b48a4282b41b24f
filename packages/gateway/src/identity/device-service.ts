import { LIMITS } from '@airlock/protocol';
import type { Ports } from '../ports.js';
import { GatewayError } from '../errors.js';
import type { StoreEngine } from '../store/engine.js';
import { clientOf } from './clients.js';
import type { PollOutcome } from './commands/devices.js';
import { newDeviceCode, newUserCode, secretHash } from './secrets.js';
import type { IssuedTokens, TokenService } from './token-service.js';

/** A code in a space of a million is drawn again this often before the gateway says that it is full. */
const DRAWS = 20;

interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  /** Where the user types the code. */
  readonly verificationUri: string;
  readonly verificationUriComplete: string;
}

type DevicePoll =
  | { readonly kind: 'granted'; readonly tokens: IssuedTokens; readonly userId: string }
  | { readonly kind: Exclude<PollOutcome['kind'], 'granted'> };

/** The device grant of both families of routes. */
export interface DeviceService {
  /** @throws GatewayError `unavailable` when no user code is free */
  readonly begin: (
    request: { readonly clientId: string; readonly label: string; readonly scope: string; readonly address: string },
    now: number,
  ) => Promise<DeviceGrant>;
  readonly poll: (
    request: { readonly deviceCode: string; readonly clientId: string },
    now: number,
  ) => Promise<DevicePoll>;
}

/** Builds the service; `verificationUri` is the page where users decide. */
export function createDeviceService(deps: {
  readonly store: StoreEngine;
  readonly ports: Ports;
  readonly tokens: TokenService;
  readonly verificationUri: () => string;
}): DeviceService {
  const { store, ports, tokens } = deps;
  return {
    begin: async (request, now) => {
      for (let draw = 0; draw < DRAWS; draw += 1) {
        const deviceCode = newDeviceCode(ports);
        const userCode = newUserCode(ports);
        const stored = await store.run('createDeviceCode', {
          codeHash: secretHash(deviceCode),
          userCode,
          clientId: request.clientId,
          clientLabel: request.label,
          scope: request.scope,
          address: request.address,
          now,
          expiresAt: now + LIMITS.deviceCodeMs,
          intervalMs: LIMITS.deviceIntervalMs,
        });
        if (stored) {
          const verificationUri = deps.verificationUri();
          const verificationUriComplete = `${verificationUri}?user_code=${userCode}`;
          return { deviceCode, userCode, verificationUri, verificationUriComplete };
        }
      }
      throw new GatewayError('unavailable', 'Too many sign-ins are waiting; try again in ten minutes');
    },
    poll: async (request, now) => {
      const role = clientOf(request.clientId)?.role;
      if (role === undefined) return { kind: 'unknown' };
      const draft = tokens.draft({ clientId: request.clientId, role }, now);
      const { refreshToken: _secret, ...family } = draft;
      const outcome = await store.run('pollDeviceCode', {
        codeHash: secretHash(request.deviceCode),
        family,
        now,
      });
      if (outcome.kind !== 'granted') return outcome;
      return {
        kind: 'granted',
        userId: outcome.userId,
        tokens: await tokens.issue(draft, outcome, now),
      };
    },
  };
}
