import { once } from 'node:events';
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RuntimeError } from '../errors.js';
import { ensureRuntimeDirectory, ownUid } from '../files/secure-directory.js';
import type { RuntimePaths } from '../paths/paths.js';
import type { SocketService } from './daemon-service.js';
import { hookTarget, serveHook } from './hooks.js';
import type { HostAdapter } from './host-adapter.js';
import { sendError } from './http.js';
import { noPeerUid, type PeerUid } from './peer.js';
import { matchPath, ROUTES } from './routes.js';
import { closeServer } from './close-server.js';

/** How long open answers may still end when the server closes, milliseconds. */
const CLOSE_GRACE = 1000;

/** Largest headers of a request together, bytes: a hook tells its environment in one. Larger ones get 431, no answer. */
const LARGEST_HEADERS = 256 * 1024;

export interface ServerOptions {
  readonly paths: RuntimePaths;
  readonly service: SocketService;
  readonly adapters: readonly HostAdapter[];
  readonly peerUid?: PeerUid;
  /** Told when a request begins and ends, for the idle exit. */
  readonly activity: { enter(): void; leave(): void };
}

export interface LocalServer {
  /** Stops listening, lets answers end for a moment and removes the socket. */
  close(): Promise<void>;
}

/**
 * Listens on the Unix socket. To be called with the daemon's lock held: a socket that is there already is then a dead
 * daemon's. Throws `runtime_directory_insecure` and `file_insecure`.
 */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const { paths } = options;
  ensureRuntimeDirectory(paths.runtime);
  removeDeadSocket(paths.socket);
  const server = createServer({ keepAliveTimeout: 5000, maxHeaderSize: LARGEST_HEADERS }, (request, response) => {
    options.activity.enter();
    response.once('close', () => options.activity.leave());
    serve(options, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => refuseStrangers(socket, options.peerUid ?? noPeerUid));
  await listen(server, paths.socket);
  chmodSync(paths.socket, 0o600);
  return { close: () => closeServer(server, CLOSE_GRACE) };
}

function removeDeadSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket() || found.uid !== ownUid()) {
    throw new RuntimeError('file_insecure', `${path} is in the way and is no socket of ours`, {
      file: path,
      fix: `rm '${path}'`,
    });
  }
  unlinkSync(path);
}

function refuseStrangers(socket: Socket, peerUid: PeerUid): void {
  const uid = peerUid(socket);
  if (uid !== null && uid !== ownUid()) socket.destroy();
}

async function serve(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(options, request, response);
  } catch (cause) {
    if (response.headersSent) response.destroy();
    else sendError(response, cause);
  }
}

async function route(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  const target = request.method === 'POST' ? hookTarget(path) : null;
  if (target !== null) return serveHook({ request, response, target }, options.adapters);
  for (const candidate of ROUTES) {
    const id = candidate.method === request.method ? matchPath(candidate.path, path) : null;
    if (id !== null) return candidate.handle({ request, response, id }, options.service);
  }
  throw new RuntimeError('not_found', 'there is no such local route');
}

/** The socket exists as 0600 from its first moment: a client that looks at it early must not find it open to others. */
async function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    // The socket file is made before this call returns; only the event comes later.
    server.listen(path);
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
}
