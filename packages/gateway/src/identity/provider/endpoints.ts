import { LIMITS } from '@airlock/protocol';
import { acceptAccessToken, type TokenTrust } from '../access-token.js';
import { clientOf, knownScope } from '../clients.js';
import { secretHash } from '../secrets.js';
import type { IdentityServices } from '../services.js';
import { type Exchange, FormError, readForm, sendJson } from './exchange.js';

/** The device authorization endpoint (7.3): the codes are those of the gateway-relative family. */
export async function deviceAuthorization(services: IdentityServices, exchange: Exchange): Promise<void> {
  const form = await readForm(exchange.request);
  const clientId = form.get('client_id') ?? '';
  const client = clientOf(clientId);
  if (client === undefined) {
    sendJson(exchange, 400, {
      body: { error: 'invalid_client', error_description: 'client_id is unknown' },
    });
    return;
  }
  const scope = knownScope(form.get('scope') ?? undefined);
  const { address, now } = exchange;
  const grant = await services.devices.begin({ clientId, label: client.label, scope, address }, now);
  sendJson(exchange, 200, {
    body: {
      device_code: grant.deviceCode,
      user_code: grant.userCode,
      verification_uri: grant.verificationUri,
      verification_uri_complete: grant.verificationUriComplete,
      expires_in: LIMITS.deviceCodeMs / 1000,
      interval: LIMITS.deviceIntervalMs / 1000,
    },
  });
}

/** The revocation endpoint (7.3): ends the family of a refresh or access token and answers 200 `{}` whatever it was. */
export async function revocation(
  deps: { readonly services: IdentityServices; readonly trust: () => Promise<TokenTrust> },
  exchange: Exchange,
): Promise<void> {
  const { store } = deps.services;
  const { now } = exchange;
  try {
    const token = (await readForm(exchange.request)).get('token') ?? '';
    await store.run('revokeByRefreshToken', { tokenHash: secretHash(token), now });
    const access = await acceptAccessToken(token, await deps.trust(), now);
    if (access !== undefined) await store.run('revokeFamily', { familyId: access.familyId, now });
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
  }
  sendJson(exchange, 200, { body: {} });
}
