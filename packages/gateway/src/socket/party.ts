import type { IncomingMessage } from 'node:http';
import { isEnforcerId } from '@airlock/protocol';
import { channelPrincipal, type IdentityChecks } from '../http/authorise.js';
import type { CredentialHeaders } from '../identity-port.js';
import type { ChannelParty } from '../live/channels.js';
import type { ServiceDeps } from '../services/deps.js';

export interface PartyDeps extends ServiceDeps {
  readonly identity: IdentityChecks;
}

/** Who opened a socket, and with which credential. */
export interface Admitted {
  readonly party: ChannelParty;
  readonly credentials: CredentialHeaders;
}

function headerReader(request: IncomingMessage): CredentialHeaders {
  return {
    get: (name) => {
      const value = request.headers[name];
      return (Array.isArray(value) ? value[0] : value) || undefined;
    },
  };
}

/** The credential of an upgrade: the headers, else the `token` as a ticket or an access token (GW-400). */
function credentialsOf(
  deps: ServiceDeps,
  request: IncomingMessage,
  token: string | null,
): CredentialHeaders | undefined {
  const headers = headerReader(request);
  if (token === null || token === '') return headers;
  if (token.startsWith('tkt-')) return deps.tickets.redeem(token);
  if (headers.get('authorization') !== undefined) return headers;
  return { get: (name) => (name === 'authorization' ? `Bearer ${token}` : headers.get(name)) };
}

/** The party of an upgrade, or undefined: the socket is to be closed with 4401 (GW-410). */
export async function admit(
  deps: PartyDeps,
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Admitted | undefined> {
  const credentials = credentialsOf(deps, request, query.get('token'));
  if (credentials === undefined) return undefined;
  const principal = await channelPrincipal(deps.identity, credentials, deps.ports.now());
  if (principal === undefined || query.get('role') !== principal.role) return undefined;
  const id = query.get('id');
  if (principal.role === 'enforcer') {
    return isEnforcerId(id) ? { party: { principal, enforcerId: id }, credentials } : undefined;
  }
  const approverId = id ?? '';
  if (principal.approverId !== undefined && principal.approverId !== approverId) return undefined;
  const { userId } = principal;
  const exists = await deps.store.run('approverExists', { userId, approverId });
  return exists ? { party: { principal, approverId }, credentials } : undefined;
}
