import { join } from 'node:path';
import type { GatewayTransport } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import { utf8Decode } from '@airlock/protocol';
import { NO_RETRY } from '@airlock/gateway-client';
import type { OpenChannel } from '../engine/channels.js';
import { clientFor } from '../engine/gateway-clients.js';
import { signInRoutes, type SignInRoutes } from '../engine/sign-in-routes.js';
import { readSecure } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';

/** How the daemon reaches gateways. */
export interface GatewayPorts {
  readonly transport: GatewayTransport;
  readonly signIn: SignInRoutes;
  readonly openChannel: OpenChannel;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Certificates that are trusted besides the system's, for a gateway with its own: PEM in the configuration folder. */
export function gatewayCertificatesFile(paths: RuntimePaths): string {
  return join(paths.config, 'gateway-ca.pem');
}

/** The real connection. Throws `file_insecure` for a certificate file that others can change. */
export function nodeGateway(paths: RuntimePaths): GatewayPorts {
  const ca = readSecure(gatewayCertificatesFile(paths));
  const transport = nodeTransport(ca === null ? {} : { ca: utf8Decode(ca) });
  return {
    transport,
    signIn: signInRoutes(transport),
    openChannel: openChannelOn(transport),
    close: () => transport.close(),
  };
}

/** One connection per call: the engine decides when to try again, so the first end is the end. */
export function openChannelOn(transport: GatewayTransport): OpenChannel {
  return ({ access, enforcerId, enforcerLabel, workspaceName }, handlers) => {
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      channel.close();
      handlers.closed();
    };
    const channel = clientFor(transport, access).openChannel({
      role: 'enforcer',
      id: enforcerId,
      hello: { capabilities: {}, workspaceName, enforcerLabel },
      reconnect: NO_RETRY,
      onEvent: (event) => {
        if (event.type === 'open') handlers.opened();
        else if (event.type === 'message') handlers.message(event.text);
        else queueMicrotask(end);
      },
    });
    return () => {
      ended = true;
      channel.close();
    };
  };
}
