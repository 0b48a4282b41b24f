import { LIMITS, OIDC_APPROVER_CLIENT_ID, OIDC_CLIENT_ID } from '@airlock/protocol';
import type { Adapter, Configuration, interactionPolicy as PolicyModule } from 'oidc-provider';
import { ACCESS_TOKEN_SECONDS, familyClaims, TOKEN_AUDIENCE } from '../access-token.js';
import { clientOf, SCOPES } from '../clients.js';
import { type IdentityKeys, SIGNING_ALGORITHM } from '../keys.js';

/** Lifetime of an authorization code in seconds (AUTH-150). */
const CODE_SECONDS = LIMITS.authorizationCodeMs / 1000;
/** How long a user may take to sign in, in seconds. */
const INTERACTION_SECONDS = 600;

const LOOPBACK_CALLBACKS = ['http://localhost/callback', 'http://127.0.0.1/callback'];
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export interface ProviderSettings {
  readonly publicUrl: string;
  readonly approverOrigin: string;
  readonly keys: IdentityKeys;
  readonly adapter: (model: string) => Adapter;
  readonly policy: typeof PolicyModule;
  readonly accountExists: (userId: string) => Promise<boolean>;
  readonly renderError: NonNullable<Configuration['renderError']>;
}

function client(clientId: string, redirectUris: readonly string[]): NonNullable<Configuration['clients']>[number] {
  return {
    client_id: clientId,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', DEVICE_GRANT],
    response_types: ['code'],
    redirect_uris: [...redirectUris],
    id_token_signed_response_alg: SIGNING_ALGORITHM,
  };
}

/** Every authorization asks for the credentials again: no session is kept, so no cookie can be ridden. */
function alwaysLogIn(policy: typeof PolicyModule): PolicyModule.DefaultPolicy {
  const prompts = policy.base();
  prompts
    .get('login')
    ?.checks.add(
      new policy.Check('every_time', 'End-User authentication is required', (ctx) =>
        ctx.oidc.result?.['login'] === undefined ? policy.Check.REQUEST_PROMPT : policy.Check.NO_NEED_TO_PROMPT,
      ),
    );
  return prompts;
}

function features(publicUrl: string): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => publicUrl,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        audience: TOKEN_AUDIENCE,
        scope: SCOPES.join(' '),
        accessTokenFormat: 'jwt',
        accessTokenTTL: ACCESS_TOKEN_SECONDS,
        jwt: { sign: { alg: SIGNING_ALGORITHM } },
      }),
    },
  };
}

/** Configuration of the embedded provider: code with PKCE S256 for the two public clients, JWT access tokens, no sessions. */
export function providerConfiguration(settings: ProviderSettings): Configuration {
  const { publicUrl, keys } = settings;
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax' } as const;
  return {
    adapter: settings.adapter,
    clients: [
      client(OIDC_CLIENT_ID, LOOPBACK_CALLBACKS),
      client(OIDC_APPROVER_CLIENT_ID, [...LOOPBACK_CALLBACKS, `${settings.approverOrigin}/callback`]),
    ],
    clientAuthMethods: ['none'],
    responseTypes: ['code'],
    scopes: [...SCOPES],
    jwks: { keys: [keys.privateJwk] },
    cookies: { keys: [...keys.cookieKeys], short: cookie, long: cookie },
    enabledJWA: { idTokenSigningAlgValues: [SIGNING_ALGORITHM] },
    routes: {
      authorization: '/authorize',
      token: '/token',
      device_authorization: '/device',
      code_verification: '/unused/device',
      revocation: '/revoke',
      jwks: '/jwks',
      end_session: '/unused/session',
    },
    features: features(publicUrl),
    pkce: { required: () => true },
    ttl: {
      AuthorizationCode: CODE_SECONDS,
      AccessToken: ACCESS_TOKEN_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      RefreshToken: LIMITS.refreshTokenIdleMs / 1000,
      Grant: INTERACTION_SECONDS,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
    },
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    // Cross-origin answers are limited where every answer of the provider passes.
    clientBasedCORS: () => true,
    extraTokenClaims: (_ctx, token) => {
      const role = 'clientId' in token ? clientOf(String(token.clientId))?.role : undefined;
      if (role === undefined || !('grantId' in token)) return undefined;
      return familyClaims({ familyId: String(token.grantId), role });
    },
    findAccount: async (_ctx, userId) =>
      (await settings.accountExists(userId)) ? { accountId: userId, claims: () => ({ sub: userId }) } : undefined,
    interactions: {
      policy: alwaysLogIn(settings.policy),
      url: (_ctx, interaction) => `${publicUrl}/idp/interaction/${interaction.uid}`,
    },
    renderError: settings.renderError,
  };
}
