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

/** Reads one whole request, however its body is sent; null while bytes are missing. */
function received(bytes: Buffer): Received | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [line = '', ...rest] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Map(
    rest.map((one) => [one.split(':')[0]!.toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]),
  );
  const sent = bytes.subarray(end + 4);
  const length = Number(headers.get('content-length') ?? 0);
  const body = headers.get('transfer-encoding') === 'chunked' ? joined(sent) : sent.length < length ? null : sent;
  return body === null ? null : { line, headers, body };
}

/** The chunks of a body as one; null while the last one is missing. */
function joined(sent: Buffer): Buffer | null {
  if (!sent.subarray(-5).equals(Buffer.from('0\r\n\r\n'))) return null;
  const chunks: Buffer[] = [];
  for (let at = 0; at < sent.length; ) {
    const end = sent.indexOf('\r\n', at);
    const size = Number.parseInt(sent.subarray(at, end).toString('latin1'), 16);
    if (end < 0 || Number.isNaN(size) || end + 2 + size > sent.length) return null;
    if (size === 0) break;
    chunks.push(sent.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

/** A server on the daemon's socket that speaks in bytes, so that it can say what no HTTP library would. */
export async function hostileDaemon(path: string, behaviour: Behaviour): Promise<Received[]> {
  const requests: Received[] = [];
  await listen(path, (socket) => {
    const chunks: Buffer[] = [];
    let isAnswered = false;
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      // Whatever the form of the body, a piece that is neither its end nor all there is need not be looked at.
      if (isAnswered || (chunks.length > 1 && !chunk.subarray(-2).equals(Buffer.from('\r\n')))) return;
      const request = received(Buffer.concat(chunks));
      if (request === null) return;
      isAnswered = true;
      requests.push(request);
      behaviour(socket, request);
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
