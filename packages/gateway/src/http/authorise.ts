import { GatewayError } from '../errors.js';
import type { CredentialHeaders, Identity } from '../identity-port.js';
import { type Principal, isPrincipal } from '../principal.js';

/** The checks of a channel's credential: the same at its opening and every 30 s after (GW-410). */
export type IdentityChecks = Pick<Identity<unknown>, 'authenticate' | 'requireConsent'>;

/** The principal that may use a channel, or undefined: wrong credential or no consent. @throws GatewayError `unavailable` */
export async function channelPrincipal(
  identity: IdentityChecks,
  credentials: CredentialHeaders,
  now: number,
): Promise<Principal | undefined> {
  const found = await identity.authenticate(credentials, now);
  if (!isPrincipal(found)) {
    if (found.failure === 'unavailable') throw new GatewayError('unavailable', found.message);
    return undefined;
  }
  if (found.role === 'approver') return found;
  return (await identity.requireConsent(found, now)) === undefined ? found : undefined;
}

/** True while the credential still stands for the same party; an outage is no reason to close (ERR-050). */
export async function stillAuthorised(
  identity: IdentityChecks,
  opened: { readonly credentials: CredentialHeaders; readonly principal: Principal },
  now: number,
): Promise<boolean> {
  try {
    const found = await channelPrincipal(identity, opened.credentials, now);
    return found?.role === opened.principal.role && found.userId === opened.principal.userId;
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'unavailable') return true;
    throw error;
  }
}
