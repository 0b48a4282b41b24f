import type { DevicePoll, GatewayCalls, IdentityProvider, Tokens } from '@airlock/enforcer';
import { createOidcClient, NO_RETRY, type CallOptions, type GatewayTransport } from '@airlock/gateway-client';
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

/** The gateway's own routes where it is the identity provider itself, else those of the provider. */
export function signInRoutes(transport: GatewayTransport): SignInRoutes {
  const own = gatewaySignIn(transport);
  const foreign = providerSignIn(transport);
  const routesOf = (request: { readonly gatewayUrl: string; readonly idp: IdentityProvider }) =>
    isSameOrigin(request.idp.baseUrl, request.gatewayUrl) ? own : foreign;
  return {
    startDevice: (request, options) => routesOf(request).startDevice(request, options),
    pollDevice: (request, options) => routesOf(request).pollDevice(request, options),
    refresh: (request, options) => routesOf(request).refresh(request, options),
    logout: (request, options) => routesOf(request).logout(request, options),
  };
}

/** Whether two URLs have the same origin. */
export function isSameOrigin(left: string, right: string): boolean {
  return URL.canParse(left) && URL.canParse(right) && new URL(left).origin === new URL(right).origin;
}

/** The OIDC routes of an identity provider elsewhere (PROTOCOL 7.3). */
function providerSignIn(transport: GatewayTransport): SignInRoutes {
  const clients = new Map<string, ReturnType<typeof createOidcClient>>();
  const clientOf = ({ baseUrl, clientId }: IdentityProvider) => {
    const key = JSON.stringify([baseUrl, clientId]);
    const client = clients.get(key) ?? createOidcClient({ baseUrl, clientId, transport, retry: NO_RETRY });
    clients.set(key, client);
    return client;
  };
  return {
    startDevice: ({ idp }, options) => clientOf(idp).startDevice(undefined, options),
    pollDevice: ({ idp, deviceCode }, options) => clientOf(idp).pollDevice(deviceCode, options),
    refresh: ({ idp, refreshToken }, options) => clientOf(idp).refresh(refreshToken, options),
    logout: async ({ idp, refreshToken }, options) => {
      await clientOf(idp).revoke(refreshToken, options);
      return {};
    },
  };
}

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
