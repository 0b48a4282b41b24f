import type { Role } from './commands/tokens.js';

/** The client of published enforcers; they hard-code it (GW-310). */
export const ENFORCER_CLIENT = 'airlock-integrations';
/** The client of approvers: what signs in through it acts as an approver (AUTH-070). */
export const APPROVER_CLIENT = 'airlock-approver';
/** What a token is for when the request does not say. */
export const DEFAULT_SCOPE = 'openid profile email';
export const SCOPES: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** The sign-in clients that exist, with the words a human sees when one asks. */
const CLIENTS: ReadonlyMap<string, { readonly role: Role; readonly label: string }> = new Map([
  [ENFORCER_CLIENT, { role: 'enforcer', label: 'Enforcer sign-in' }],
  [APPROVER_CLIENT, { role: 'approver', label: 'APPROVER sign-in: may approve in your name' }],
]);

export function clientOf(
  clientId: string,
): { readonly role: Role; readonly label: string } | undefined {
  return CLIENTS.get(clientId);
}

/** The scopes of a request that we know, or the usual ones when nothing is left. */
export function knownScope(scope: string | undefined): string {
  const known = (scope ?? '').split(' ').filter((word) => SCOPES.includes(word));
  return known.length === 0 ? DEFAULT_SCOPE : [...new Set(known)].join(' ');
}
