import { LIMITS, OIDC_CLIENT_ID } from '@airlock/protocol';
import type { Route } from '../http/route.js';
import type { ServiceDeps } from '../services/deps.js';

const UNLIMITED = 1_000_000;
/** Headers that make up a credential (section 7.1). */
const CREDENTIALS = ['x-pat', 'authorization', 'x-client-id', 'x-client-secret', 'origin'] as const;

/** Local time of this machine in the form of a timestamp with its offset. */
function localTime(now: number): { readonly local: string; readonly offsetMinutes: number } {
  const offsetMinutes = -new Date(now).getTimezoneOffset() + 0;
  const shifted = new Date(now + offsetMinutes * 60_000).toISOString();
  if (offsetMinutes === 0) return { local: shifted, offsetMinutes };
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const zone = `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return { local: shifted.replace('Z', zone), offsetMinutes };
}

function echo(now: number): Readonly<Record<string, string | number>> {
  const { local, offsetMinutes } = localTime(now);
  return {
    utc: new Date(now).toISOString(),
    local,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    offsetMinutes,
  };
}

/** Section 6, and the ticket of section 10. */
export function systemRoutes(deps: ServiceDeps, idpBaseUrl: () => string): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/echo',
      auth: '-',
      handle: async ({ now }) => ({ status: 200, body: echo(now) }),
    },
    {
      method: 'GET',
      path: '/v1/integrations/discovery',
      auth: '-',
      handle: async () => ({
        status: 200,
        body: {
          idp: { baseUrl: idpBaseUrl(), clientId: OIDC_CLIENT_ID },
          auth: { patSupported: true },
          gateway: { gatewayId: deps.gatewayId },
        },
      }),
    },
    {
      method: 'GET',
      path: '/v1/status',
      auth: '-',
      handle: async () => ({
        status: 200,
        body: {
          harpVersion: '0.2',
          conformanceLevel: 'Core',
          algorithms: ['Ed25519', 'SHA-256', 'X25519', 'AES-256-GCM'],
          transport: ['HTTPS', 'WSS'],
          mTLS: false,
        },
      }),
    },
    {
      method: 'GET',
      path: '/v1/subscription',
      auth: 'E',
      handle: async ({ principal }) => {
        const used = await deps.store.run('countUsage', { userId: principal.userId });
        return {
          status: 200,
          body: {
            plan: 'self-hosted',
            usageCount: used.exchanges,
            limit: UNLIMITED,
            limits: { maxWorkspaces: deps.config.limits.maxWorkspaces },
            resourceUsage: { workspacesUsed: used.workspaces },
          },
        };
      },
    },
    {
      method: 'POST',
      path: '/v1/ws/ticket',
      auth: 'EA',
      emptyBody: true,
      handle: async ({ header }) => {
        const kept = new Map<string, string | undefined>(CREDENTIALS.map((name) => [name, header(name)] as const));
        const ticket = deps.tickets.issue({ get: (name) => kept.get(name) });
        return { status: 200, body: { ticket, expiresIn: LIMITS.ticketMs / 1000 } };
      },
    },
  ];
}
