import type { Caller } from '../http/caller.js';
import type { SocketLike } from '../ports.js';

/** How one connection ended. */
export interface SessionEnd {
  readonly code: number;
  /** True when the gateway had sent at least one frame: the connection was worth something. */
  readonly wasLive: boolean;
  readonly wasRefused: boolean;
}

/** One connection. */
export interface SessionParts {
  readonly caller: Caller;
  readonly socket: SocketLike;
  /** First frame to send. */
  readonly hello: object;
}

/** Who listens to a connection. */
export interface SessionListener {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** In the same turn as the close event: nothing can be sent any more. */
  readonly onClose: () => void;
}

/** The gateway pings every 30 s (GW-440): this long without any frame means that the connection is dead. */
const SILENCE_MS = 90_000;

/** Runs one connection until it ends. */
export function openSession(parts: SessionParts, listener: SessionListener): Promise<SessionEnd> {
  const { caller, socket, hello } = parts;
  return new Promise((resolve) => {
    let wasLive = false;
    let guard = startGuard(caller, socket);
    const restart = () => {
      guard.clear();
      guard = startGuard(caller, socket);
    };
    socket.addEventListener('open', () => {
      restart();
      socket.send(JSON.stringify(hello));
      listener.onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      restart();
      wasLive = true;
      if (typeof data === 'string') listener.onText(data);
    });
    // A close event always follows; without a listener some sockets would throw.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code }) => {
      guard.clear();
      listener.onClose();
      resolve({ code, wasLive, wasRefused: false });
    });
  });
}

function startGuard(caller: Caller, socket: SocketLike) {
  const deadline = caller.transport.deadline(SILENCE_MS);
  deadline.signal.addEventListener('abort', () => {
    if (deadline.expired) socket.close(4000, 'silent');
  });
  return deadline;
}
