import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

/** What somebody who listens on the daemon's socket does with a connection, once the whole request is there. */
export type Behaviour = (socket: Socket, request: Received) => void;

/** One request as it came over the socket. */
export interface Received {
  /** Method, path and version. */
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const listening: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of listening.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    if (server.listening) await once(server, 'close');
  }
});

/** The request that these bytes begin with, and how many bytes it has; null while its header is not whole. */
function begun(bytes: Buffer): (Omit<Received, 'body'> & { readonly start: number; readonly end: number }) | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [line = '', ...rest] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Map(
    rest.map((one) => [one.split(':')[0]!.toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]),
  );
  const start = end + 4;
  return { line, headers, start, end: start + Number(headers.get('content-length') ?? 0) };
}

/** A server on the daemon's socket that speaks in bytes, so that it can say what no HTTP library would. */
export async function hostileDaemon(path: string, behaviour: Behaviour): Promise<Received[]> {
  const requests: Received[] = [];
  await listen(path, (socket) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let request: ReturnType<typeof begun> = null;
    let isAnswered = false;
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      request ??= begun(Buffer.concat(chunks));
      if (request === null || size < request.end || isAnswered) return;
      isAnswered = true;
      const { line, headers, start } = request;
      const received = { line, headers, body: Buffer.concat(chunks).subarray(start) };
      requests.push(received);
      behaviour(socket, received);
    });
  });
  return requests;
}

/** One that answers before the request has come. */
export async function hastyDaemon(path: string, answer: Spoken): Promise<void> {
  await listen(path, (socket) => {
    socket.once('data', () => socket.end(spoken(answer)));
  });
}

async function listen(path: string, connected: (socket: Socket) => void): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    connected(socket);
  });
  const mask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
  listening.push({ server, sockets });
}

/** An answer in bytes; every part can be another one than the daemon's. */
export interface Spoken {
  readonly status?: string;
  readonly permission?: string | null;
  readonly exit?: string | null;
  readonly body?: string | Buffer;
  readonly headers?: readonly string[];
  /** Announced length; that of the body unless told. */
  readonly length?: number | null;
}

export const REASON = 'approved by the approver';

/** The exact body of a verdict (table 18.1). */
export function verdictBody(permission: 'allow' | 'deny', reason = REASON): string {
  return JSON.stringify({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: permission,
      permissionDecisionReason: reason,
    },
  });
}

export const ALLOW: Spoken = { permission: 'allow', exit: '0', body: verdictBody('allow') };
export const PASS: Spoken = { permission: 'pass', exit: '0', body: '{}' };
export const DENY: Spoken = {
  permission: 'deny',
  exit: '2',
  body: verdictBody('deny', 'not today'),
  headers: ['Airlock-Reason: not today'],
};

/** The bytes of an answer. */
export function spoken(answer: Spoken): Buffer {
  const { status = '200 OK', permission = null, exit = null, body = '', headers = [] } = answer;
  const bytes = Buffer.from(body);
  const length = answer.length === undefined ? bytes.length : answer.length;
  const lines = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/octet-stream',
    ...(permission === null ? [] : [`Airlock-Permission: ${permission}`]),
    ...(exit === null ? [] : [`Airlock-Exit: ${exit}`]),
    ...(length === null ? [] : [`Content-Length: ${String(length)}`]),
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** Says it and closes. */
export function says(answer: Spoken): Behaviour {
  return (socket) => socket.end(spoken(answer));
}
