import type { JsonValue, OidcConfiguration } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import { NO_CREDENTIALS } from '../credentials.js';
import { GatewayError } from '../errors.js';
import { createCaller } from '../http/caller.js';
import { checkedUrl } from '../http/origin.js';
import { queryString } from '../http/request.js';
import type { GatewayTransport } from '../ports.js';
import { DEFAULT_RETRY, type RetryPolicy } from '../retry.js';
import type { DeviceGrant, DevicePoll, Tokens } from './grants.js';
import { Provider } from './provider.js';

/** Options of {@link createOidcClient}. */
export interface OidcClientOptions {
  /** `idp.baseUrl` of discovery: the issuer, possibly with a path. Same rule for the scheme as for a gateway. */
  readonly baseUrl: string;
  /** `idp.clientId` of discovery. */
  readonly clientId: string;
  readonly transport: GatewayTransport;
  readonly retry?: RetryPolicy;
  readonly timeoutMs?: number;
}

/** What an authorization request needs. The caller makes verifier, challenge and state. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scope?: string;
  readonly state: string;
  /** base64url of the SHA-256 of the code verifier (AUTH-150). */
  readonly codeChallenge: string;
}

/** The OIDC family of section 7.3. Every method throws {@link GatewayError} and nothing else. */
export interface OidcClient {
  /** The provider's own description, its issuer and endpoints checked. Read once, then remembered. */
  configuration(options?: CallOptions): Promise<OidcConfiguration>;
  startDevice(scope?: string, options?: CallOptions): Promise<DeviceGrant>;
  pollDevice(deviceCode: string, options?: CallOptions): Promise<DevicePoll>;
  authorizationUrl(request: AuthorizationRequest, options?: CallOptions): Promise<string>;
  exchangeCode(
    request: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string },
    options?: CallOptions,
  ): Promise<Tokens>;
  /** An old refresh token is `invalid_grant`, kind `unauthorized`. */
  refresh(refreshToken: string, options?: CallOptions): Promise<Tokens>;
  revoke(refreshToken: string, options?: CallOptions): Promise<void>;
  /** The keys access tokens are signed with. */
  jwks(options?: CallOptions): Promise<JsonValue>;
}

const DEFAULT_SCOPE = 'openid profile email';
const DEFAULT_TIMEOUT_MS = 15_000;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const POLL_STATUS = {
  authorization_pending: 'pending',
  slow_down: 'slow_down',
  expired_token: 'expired',
  access_denied: 'denied',
} as const;

/**
 * Creates a client of an identity provider.
 * @throws GatewayError `insecure_gateway_url`
 */
export function createOidcClient(options: OidcClientOptions): OidcClient {
  const issuer = checkedUrl(options.baseUrl);
  const provider = new Provider(
    issuer,
    createCaller({
      baseUrl: '',
      transport: options.transport,
      credentials: NO_CREDENTIALS,
      retry: options.retry ?? DEFAULT_RETRY,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    }),
  );
  const client_id = options.clientId;
  const grant = (form: Readonly<Record<string, string>>, call?: CallOptions) =>
    provider.tokens({ client_id, ...form }, call);
  return {
    configuration: (call) => provider.configuration(call),
    startDevice: (scope = DEFAULT_SCOPE, call) => provider.startDevice({ client_id, scope }, call),
    pollDevice: (device_code, call) => pollOnce(grant({ grant_type: DEVICE_GRANT, device_code }, call)),
    authorizationUrl: async (request, call) => {
      const { authorization_endpoint } = await provider.configuration(call);
      return authorizationUrl(authorization_endpoint, { client_id, request });
    },
    exchangeCode: ({ code, redirectUri, codeVerifier }, call) =>
      grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier }, call),
    refresh: (refresh_token, call) => grant({ grant_type: 'refresh_token', refresh_token }, call),
    revoke: (token, call) => provider.revoke({ client_id, token, token_type_hint: 'refresh_token' }, call),
    jwks: (call) => provider.jwks(call),
  };
}

function authorizationUrl(
  endpoint: string,
  { client_id, request }: { readonly client_id: string; readonly request: AuthorizationRequest },
): string {
  const query = queryString({
    response_type: 'code',
    client_id,
    redirect_uri: request.redirectUri,
    scope: request.scope ?? DEFAULT_SCOPE,
    state: request.state,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
  });
  return endpoint + query;
}

async function pollOnce(tokens: Promise<Tokens>): Promise<DevicePoll> {
  try {
    return { status: 'granted', tokens: await tokens };
  } catch (error) {
    const status = error instanceof GatewayError ? pollStatus(error.code) : undefined;
    if (status === undefined) throw error;
    return { status };
  }
}

function pollStatus(code: string): (typeof POLL_STATUS)[keyof typeof POLL_STATUS] | undefined {
  return Object.entries(POLL_STATUS).find(([name]) => name === code)?.[1];
}
