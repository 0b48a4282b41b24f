import { HARP_VERSION, type JsonObject, LIMITS } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import type { CredentialHeaders } from '../identity-port.js';
import { type IdentityChecks, stillAuthorised } from '../http/authorise.js';
import { pathParam } from '../http/parse.js';
import type { Reply, Route } from '../http/route.js';
import { type ChannelParty, addressOf } from '../live/channels.js';
import type { Cancel } from '../ports.js';
import { actingApprover } from '../services/decisions.js';
import type { ServiceDeps } from '../services/deps.js';

interface SseDeps extends ServiceDeps {
  readonly identity: IdentityChecks;
}

const encoder = new TextEncoder();

/** One event (GW-480). */
export function sseEvent(message: JsonObject, text: string): string {
  return `event: ${String(message['msgType'])}\nid: ${String(message['msgId'])}\ndata: ${text}\n\n`;
}

const PING = 'event: ping\ndata: {}\n\n';

function stream(deps: SseDeps, party: ChannelParty, credentials: CredentialHeaders): Response {
  let end: () => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const write = (text: string): void => controller.enqueue(encoder.encode(text));
      const presence =
        'enforcerId' in party
          ? deps.presence.connected(
              addressOf(party.principal, party.enforcerId),
              'sse',
              deps.ports.now(),
            )
          : undefined;
      let timer: Cancel = () => undefined;
      let open = true;
      const close = (): void => {
        if (!open) return;
        open = false;
        timer();
        remove();
        presence?.closed(deps.ports.now());
      };
      end = close;
      const shutDown = (): void => {
        close();
        controller.close();
      };
      const remove = deps.channels.add(party, {
        transport: 'sse',
        send: (message, text) => write(sseEvent(message, text)),
        shutDown,
      });
      const beat = async (): Promise<void> => {
        const now = deps.ports.now();
        const may = await stillAuthorised(deps.identity, credentials, party.principal, now);
        if (!open) return;
        if (!may) {
          shutDown();
          return;
        }
        presence?.seen(now);
        write(PING);
        timer = deps.ports.after(LIMITS.socketPingMs, () => void beat());
      };
      timer = deps.ports.after(LIMITS.socketPingMs, () => void beat());
    },
    cancel: () => end(),
  });
  return new Response(body, {
    headers: {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-HARP-Version': HARP_VERSION,
    },
  });
}

function reply(response: Response): Reply {
  return { status: 200, raw: response };
}

/** Event streams: the channels of clients that cannot hold a WebSocket (section 10). */
export function sseRoutes(deps: SseDeps): readonly Route[] {
  const credentials = (header: (name: string) => string | undefined): CredentialHeaders => ({
    get: header,
  });
  return [
    {
      method: 'GET',
      path: '/v1/sse/approvers/:approverId',
      auth: 'A',
      handle: async ({ principal, params, header }) => {
        const approverId = actingApprover(principal, pathParam(params, 'approverId'));
        const { userId } = principal;
        if (!(await deps.store.run('approverExists', { userId, approverId }))) {
          throw new GatewayError('NotFound', 'No such approver');
        }
        return reply(stream(deps, { principal, approverId }, credentials(header)));
      },
    },
    {
      method: 'GET',
      path: '/v1/sse/enforcers/:enforcerId',
      auth: 'E',
      handle: async ({ principal, params, header }) => {
        const enforcerId = pathParam(params, 'enforcerId');
        return reply(stream(deps, { principal, enforcerId }, credentials(header)));
      },
    },
  ];
}
