import { OIDC_APPROVER_CLIENT_ID, OIDC_CLIENT_ID } from '@airlock/protocol';
import type { Role } from './commands/tokens.js';

/** What a token is for when the request does not say. */
export const DEFAULT_SCOPE = 'openid profile email';
export const SCOPES: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** The sign-in clients that exist, with the words a human sees when one asks. */
const CLIENTS: ReadonlyMap<string, { readonly role: Role; readonly label: string }> = new Map([
  [OIDC_CLIENT_ID, { role: 'enforcer', label: 'Enforcer sign-in' }],
  [OIDC_APPROVER_CLIENT_ID, { role: 'approver', label: 'APPROVER sign-in: may approve in your name' }],
]);

export function clientOf(clientId: string): { readonly role: Role; readonly label: string } | undefined {
  return CLIENTS.get(clientId);
}

/** The scopes of a request that we know, or the usual ones when nothing is left. */
export function knownScope(scope: string | undefined): string {
  const known = (scope ?? '').split(' ').filter((word) => SCOPES.includes(word));
  return known.length === 0 ? DEFAULT_SCOPE : [...new Set(known)].join(' ');
}
