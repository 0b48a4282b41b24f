import type { Access, AppCredential } from '@airlock/enforcer';
import {
  createGatewayClient,
  NO_RETRY,
  type Credentials,
  type GatewayClient,
  type GatewayTransport,
} from '@airlock/gateway-client';

/** A client for one snapshot of credentials. The engine decides about repetition and refresh, so the client does neither. */
export function clientFor(transport: GatewayTransport, access: Access): GatewayClient {
  const { user, app } = access;
  const credentials: Credentials = {
    user:
      user.kind === 'pat'
        ? { kind: 'pat', pat: user.pat }
        : {
            kind: 'bearer',
            token: async ({ rejected }) => (rejected === undefined ? user.accessToken : undefined),
          },
    ...(app === undefined ? {} : { app }),
  };
  return createGatewayClient({ origin: access.gatewayUrl, transport, credentials, retry: NO_RETRY });
}

/** A client without a user's credentials: discovery and sign-in. */
export function openClient(
  transport: GatewayTransport,
  target: { readonly gatewayUrl: string; readonly app?: AppCredential },
): GatewayClient {
  const { gatewayUrl, app } = target;
  const credentials: Credentials = { user: { kind: 'none' }, ...(app === undefined ? {} : { app }) };
  return createGatewayClient({ origin: gatewayUrl, transport, credentials, retry: NO_RETRY });
}
