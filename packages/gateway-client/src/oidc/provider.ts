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
import { GatewayError } from '../errors.js';
import { malformed, parseBody } from '../http/answer.js';
import type { Caller } from '../http/caller.js';
import { checkedUrl } from '../http/origin.js';
import { bodyOf, type MessageSchema, type Read } from '../http/request.js';
import type { DeviceGrant, Tokens } from './grants.js';
import { checkVerificationUris } from './verification-uri.js';

/** OAuth errors that mean: this credential is no good any more. */
const UNAUTHORIZED = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client', 'access_denied']);

/** The routes of one identity provider. */
export class Provider {
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
