import {
  type JsonValue,
  type OidcConfiguration,
  oidcConfigurationSchema,
  oidcDeviceSchema,
  oidcErrorSchema,
  oidcTokenSchema,
  parseJson,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import { NO_CREDENTIALS } from '../credentials.js';
import { GatewayError } from '../errors.js';
import { malformed, parseBody } from '../http/answer.js';
import { type Caller, createCaller } from '../http/caller.js';
import { checkedUrl } from '../http/origin.js';
import { bodyOf, type MessageSchema, queryString, type Read } from '../http/request.js';
import type { GatewayTransport } from '../ports.js';
import { DEFAULT_RETRY, type RetryPolicy } from '../retry.js';
import { checkVerificationUris } from './verification-uri.js';

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

/** Tokens as the provider gave them. Save them before using them (AUTH-120). */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** A started device grant. */
export interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** One poll of a device grant. After `slow_down` poll 5 s less often (AUTH-140). */
export type DevicePoll =
  | { readonly status: 'pending' | 'slow_down' | 'expired' | 'denied' }
  | { readonly status: 'granted'; readonly tokens: Tokens };

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
/** OAuth errors that mean: this credential is no good any more. */
const UNAUTHORIZED = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'access_denied']);
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

class Provider {
  private known: OidcConfiguration | undefined;

  constructor(
    private readonly issuer: string,
    private readonly caller: Caller,
  ) {}

  async configuration(call?: CallOptions): Promise<OidcConfiguration> {
    if (this.known !== undefined) return this.known;
    const path = `${this.issuer}/.well-known/openid-configuration`;
    const found = await this.get(path, oidcConfigurationSchema, call);
    if (checkedUrl(found.issuer) !== this.issuer) throw malformed('The identity provider names another issuer');
    const endpoints = [
      found.authorization_endpoint,
      found.token_endpoint,
      found.device_authorization_endpoint,
      found.revocation_endpoint,
      found.jwks_uri,
    ];
    endpoints.forEach(checkedUrl);
    this.known = found;
    return found;
  }

  async startDevice(form: Readonly<Record<string, string>>, call?: CallOptions): Promise<DeviceGrant> {
    const { device_authorization_endpoint } = await this.configuration(call);
    const device = await this.post(device_authorization_endpoint, { form, schema: oidcDeviceSchema }, call);
    checkVerificationUris(device.verification_uri, device.verification_uri_complete);
    return {
      deviceCode: device.device_code,
      userCode: device.user_code,
      verificationUri: device.verification_uri,
      verificationUriComplete: device.verification_uri_complete,
      expiresInSeconds: device.expires_in,
      intervalSeconds: device.interval,
    };
  }

  async tokens(form: Readonly<Record<string, string>>, call?: CallOptions): Promise<Tokens> {
    const { token_endpoint } = await this.configuration(call);
    const tokens = await this.post(token_endpoint, { form, schema: oidcTokenSchema }, call);
    return {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresInSeconds: tokens.expires_in,
    };
  }

  async revoke(form: Readonly<Record<string, string>>, call?: CallOptions): Promise<void> {
    const { revocation_endpoint } = await this.configuration(call);
    await this.caller.callText(
      {
        method: 'POST',
        path: revocation_endpoint,
        form,
        statuses: [200],
        repeatable: true,
        authenticated: false,
      },
      call,
    );
  }

  async jwks(call?: CallOptions): Promise<JsonValue> {
    const { jwks_uri } = await this.configuration(call);
    return this.caller.call(
      { method: 'GET', path: jwks_uri, status: 200, read: (body) => body, repeatable: true, authenticated: false },
      call,
    );
  }

  private get<Schema extends MessageSchema>(path: string, schema: Schema, call?: CallOptions): Promise<Read<Schema>> {
    return this.caller.call(
      { method: 'GET', path, status: 200, read: bodyOf(schema), repeatable: true, authenticated: false },
      call,
    );
  }

  private async post<Schema extends MessageSchema>(
    path: string,
    { form, schema }: { readonly form: Readonly<Record<string, string>>; readonly schema: Schema },
    call?: CallOptions,
  ): Promise<Read<Schema>> {
    const { status, text } = await this.caller.callText(
      { method: 'POST', path, form, statuses: [200, 400, 401], repeatable: false, authenticated: false },
      call,
    );
    if (status !== 200) throw oauthError(status, text);
    return parseBody(new TextEncoder().encode(text), bodyOf(schema));
  }
}

function oauthError(status: number, text: string): GatewayError {
  const parsed = oidcErrorSchema.safeParse(jsonOrNothing(text));
  const code = parsed.success && /^[a-z_]{1,64}$/.test(parsed.data.error) ? parsed.data.error : 'unexpected_status';
  return new GatewayError({
    kind: UNAUTHORIZED.has(code) || status === 401 ? 'unauthorized' : 'rejected',
    code,
    message: `The identity provider answered ${code}`,
    status,
    retryable: false,
  });
}

function jsonOrNothing(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    // The status alone says enough.
    return undefined;
  }
}
