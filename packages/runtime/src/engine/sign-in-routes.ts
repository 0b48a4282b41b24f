import type { DevicePoll, GatewayCalls, Tokens } from '@airlock/enforcer';
import type { CallOptions, GatewayTransport } from '@airlock/gateway-client';
import { openClient } from './gateway-clients.js';

/** Device grant, refresh and revocation, whichever way a gateway offers them. */
export interface SignInRoutes {
  startDevice(
    request: GatewayCalls['startDevice']['request'],
    options: CallOptions,
  ): Promise<GatewayCalls['startDevice']['response']>;
  pollDevice(request: GatewayCalls['pollDevice']['request'], options: CallOptions): Promise<DevicePoll>;
  refresh(request: GatewayCalls['refresh']['request'], options: CallOptions): Promise<Tokens>;
  logout(request: GatewayCalls['logout']['request'], options: CallOptions): Promise<Record<never, never>>;
}

const POLL_WORDS = {
  authorization_pending: 'pending',
  slow_down: 'slow_down',
  expired_token: 'expired',
  access_denied: 'denied',
} as const;

/** The routes of the gateway itself (PROTOCOL 7.4). */
export function gatewaySignIn(transport: GatewayTransport): SignInRoutes {
  return {
    startDevice: async (request, options) => {
      const started = await openClient(transport, request).auth.startDevice(options);
      return {
        deviceCode: started.deviceCode,
        userCode: started.userCode,
        verificationUri: started.verificationUri,
        verificationUriComplete: started.verificationUriComplete,
        expiresInSeconds: started.expiresIn,
        intervalSeconds: started.interval,
      };
    },
    pollDevice: async (request, options) => {
      const answer = await openClient(transport, request).auth.pollDevice(request.deviceCode, options);
      if (!answer.completed) return { status: POLL_WORDS[answer.error] };
      return { status: 'granted', tokens: tokensOf(answer) };
    },
    refresh: async (request, options) =>
      tokensOf(await openClient(transport, request).auth.refresh(request.refreshToken, options)),
    logout: async (request, options) => {
      await openClient(transport, request).auth.logout(request.refreshToken, options);
      return {};
    },
  };
}

function tokensOf(answer: { accessToken: string; refreshToken: string; expiresIn: number }): Tokens {
  return {
    accessToken: answer.accessToken,
    refreshToken: answer.refreshToken,
    expiresInSeconds: answer.expiresIn,
  };
}
