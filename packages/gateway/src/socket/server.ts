import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HARP_VERSION } from '@airlock/protocol';
import { WebSocketServer } from 'ws';
import { addressGroup, clientAddress } from '../http/connection.js';
import { CLOSE, type ConnectionDeps, serveSocket } from './connection.js';
import { admit, type Admitted } from './party.js';

/** Larger frames are cut off by the protocol (1009); up to here they are answered by `payload_too_large` (GW-420). */
const HARD_FRAME_BYTES = 8 * 1024 * 1024;

/** Handler of the HTTP server's `upgrade` event. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

function refuseUpgrade(socket: Duplex, status: string, headers: readonly string[] = []): void {
  const lines = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Length: 0',
    `X-HARP-Version: ${HARP_VERSION}`,
    ...headers,
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
}

function refusal(url: URL, request: IncomingMessage): readonly [string, readonly string[]] | undefined {
  if (url.pathname !== '/v1/ws' && url.pathname !== '/v1/ws/') return ['404 Not Found', []];
  const version = request.headers['x-harp-version'] ?? '';
  if (version !== '' && !/^0\.2(\.\d+)?$/.test(String(version))) {
    return ['426 Upgrade Required', [`Upgrade: HARP/${HARP_VERSION}`]];
  }
  return undefined;
}

/** `GET /v1/ws`: sockets are bound to the server directly, one object each and nothing between (section 10). */
export function socketServer(deps: ConnectionDeps): UpgradeHandler {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: HARD_FRAME_BYTES,
  });
  server.on('headers', (headers) => {
    headers.push('Cache-Control: no-store', `X-HARP-Version: ${HARP_VERSION}`);
  });

  const admitted = async (request: IncomingMessage, url: URL): Promise<Admitted | 'refused' | 'unavailable'> => {
    try {
      const found = await admit(deps, request, url.searchParams);
      if (found !== undefined) return found;
      await refusedAddress(deps, request);
      return 'refused';
    } catch (error) {
      deps.log.error({ err: error }, 'socket admission failed');
      return 'unavailable';
    }
  };

  return (request, socket, head) => {
    const failed = (error: Error): void => deps.log.debug({ err: error }, 'socket error');
    socket.on('error', failed);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const refused = refusal(url, request);
    if (refused !== undefined) {
      refuseUpgrade(socket, ...refused);
      return;
    }
    const upgrade = (found: Admitted | 'refused' | 'unavailable'): void => {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', failed);
        if (found === 'refused') webSocket.close(CLOSE.unauthorised, 'unauthorized');
        else if (found === 'unavailable') webSocket.close(CLOSE.unavailable, 'unavailable');
        else serveSocket(deps, webSocket, found);
      });
    };
    admitted(request, url).then(upgrade, failed);
  };
}

/** A refused socket is a failed authentication like any other (GW-190, GW-230). */
async function refusedAddress(deps: ConnectionDeps, request: IncomingMessage): Promise<void> {
  const forwarded = request.headers['x-forwarded-for'];
  const address = clientAddress(
    request.socket.remoteAddress,
    Array.isArray(forwarded) ? forwarded.join(',') : forwarded,
    deps.config.trustProxy,
  );
  const retryAfter = await deps.limits.address.spend(addressGroup(address));
  if (retryAfter !== undefined) return;
  deps.audit({ kind: 'authentication.failed', details: { code: 'socket', address } });
}
