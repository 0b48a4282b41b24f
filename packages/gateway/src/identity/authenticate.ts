import { timingSafeEqual } from 'node:crypto';
import type { Logger } from 'pino';
import { GatewayError } from '../errors.js';
import type { CredentialHeaders } from '../identity-port.js';
import type { AuthFailure, Principal } from '../principal.js';
import type { StoreEngine } from '../store/engine.js';
import { type AcceptedToken, acceptAccessToken, type TokenTrust } from './access-token.js';
import { isConfidential } from './commands/apps.js';
import type { CredentialUse, FoundApp, FoundCredentials } from './commands/credentials.js';
import { present } from './present.js';
import { secretHash } from './secrets.js';

/** The credentials of a request as they were sent; an empty header is an absent one (GW-140). */
export interface PresentedCredentials {
  readonly pat?: string;
  readonly bearer?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly origin?: string;
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

const PAT_REFUSED: AuthFailure = {
  failure: 'unauthorized',
  message: 'The personal access token is unknown, expired or revoked',
};
const TOKEN_REFUSED: AuthFailure = {
  failure: 'unauthorized',
  message: 'The access token is invalid, expired or revoked',
};
const NOTHING_SENT: AuthFailure = {
  failure: 'unauthorized',
  message: 'Sign in: send X-PAT or Authorization: Bearer',
};
const OTHER_USER: AuthFailure = {
  failure: 'unauthorized',
  message: 'The personal access token and the access token belong to different users',
};
const OTHER_APP: AuthFailure = {
  failure: 'unauthorized',
  message: 'The credential was issued for another app',
};
const APP_REFUSED: AuthFailure = {
  failure: 'invalid_client',
  message: 'Unknown client id, wrong secret or origin',
};

/** Reads the credential headers. */
function presentedCredentials(headers: CredentialHeaders): PresentedCredentials {
  const read = (name: string): string | undefined => headers.get(name) || undefined;
  return present({
    pat: read('x-pat'),
    bearer: BEARER.exec(read('authorization') ?? '')?.[1],
    clientId: read('x-client-id'),
    clientSecret: read('x-client-secret'),
    origin: read('origin'),
  });
}

function appAccepted(app: FoundApp, sent: PresentedCredentials): boolean {
  if (!isConfidential(app.kind)) {
    return sent.origin !== undefined && (app.allowedOrigins ?? []).includes(sent.origin);
  }
  if (app.secretHash === undefined || sent.clientSecret === undefined) return false;
  const actual = Buffer.from(secretHash(sent.clientSecret), 'hex');
  const expected = Buffer.from(app.secretHash, 'hex');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

interface UserCredential {
  readonly userId: string;
  readonly role: 'enforcer' | 'approver';
  readonly appId?: string;
  readonly approverId?: string;
  readonly tokenId?: string;
}

/** AUTH-040: the token first; a bearer beside it counts only when it works and names another user. */
function userCredential(
  sent: PresentedCredentials,
  bearer: AcceptedToken | undefined,
  found: FoundCredentials,
): UserCredential | AuthFailure {
  const family = bearer?.userId === found.family?.userId ? found.family : undefined;
  if (sent.pat !== undefined) {
    if (found.pat === undefined) return PAT_REFUSED;
    if (family !== undefined && family.userId !== found.pat.userId) return OTHER_USER;
    return found.pat;
  }
  if (sent.bearer === undefined) return NOTHING_SENT;
  if (bearer === undefined || family === undefined || bearer.role !== family.role) return TOKEN_REFUSED;
  return family;
}

/**
 * The decision table of section 7.1, as a function of what was sent and what the store knows: the user credential, then
 * the app, then whether both belong together.
 */
export function resolvePrincipal(
  sent: PresentedCredentials,
  bearer: AcceptedToken | undefined,
  found: FoundCredentials,
): Principal | AuthFailure {
  const user = userCredential(sent, bearer, found);
  if ('failure' in user) return user;
  if (sent.clientId !== undefined && (found.app === undefined || !appAccepted(found.app, sent))) {
    return APP_REFUSED;
  }
  const appId = sent.clientId === undefined ? undefined : found.app?.appId;
  if (user.appId !== undefined && user.appId !== appId) return OTHER_APP;
  const { userId, approverId, tokenId } = user;
  return user.role === 'approver'
    ? { role: 'approver', userId, ...present({ approverId, tokenId }) }
    : { role: 'enforcer', userId, ...present({ appId, tokenId }) };
}

/** Resolves the credentials of a request to exactly one principal (AUTH-010). An outage is `unavailable` (ERR-050). */
export function createAuthenticate(deps: {
  readonly store: StoreEngine;
  readonly trust: () => Promise<TokenTrust>;
  readonly log: Pick<Logger, 'warn'>;
}): (headers: CredentialHeaders, now: number) => Promise<Principal | AuthFailure> {
  const note = (use: CredentialUse, now: number): void => {
    deps.store.run('noteCredentialUse', { ...use, now }).catch((error: unknown) => {
      deps.log.warn({ err: error, ...use }, 'use of a credential not noted');
    });
  };
  return async (headers, now) => {
    const sent = presentedCredentials(headers);
    if (sent.pat === undefined && sent.bearer === undefined) return NOTHING_SENT;
    try {
      const bearer =
        sent.bearer === undefined ? undefined : await acceptAccessToken(sent.bearer, await deps.trust(), now);
      if (sent.pat === undefined && bearer === undefined) return TOKEN_REFUSED;
      const found = await deps.store.run('findCredentials', {
        now,
        ...present({
          patHash: sent.pat === undefined ? undefined : secretHash(sent.pat),
          familyId: bearer?.familyId,
          clientId: sent.clientId,
        }),
      });
      if (found.due !== undefined) note(found.due, now);
      return resolvePrincipal(sent, bearer, found);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'unavailable') {
        return { failure: 'unavailable', message: error.message };
      }
      throw error;
    }
  };
}
