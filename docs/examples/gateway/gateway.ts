// A small MCP gateway (Streamable HTTP) that has every message authorized by Airlock before it forwards it.
// Needs nothing but Node (20 or newer). What it asks about is what it forwards, byte for byte.
//
//   LISTEN=8750 UPSTREAM=http://127.0.0.1:3001/mcp AIRLOCK=http://127.0.0.1:8741 AIRLOCK_TOKEN_FILE=token \
//     SERVER=files node gateway.js
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';

const settings = {
  listen: Number(variable('LISTEN')),
  /** The MCP server. */
  upstream: new URL(variable('UPSTREAM')),
  /** What `airlock mcp endpoint on` printed. */
  airlock: new URL(variable('AIRLOCK')),
  token: readFileSync(variable('AIRLOCK_TOKEN_FILE'), 'utf8').trim(),
  /** Name of the server on the approver's card. */
  server: variable('SERVER'),
};

const LARGEST_BODY = 4 * 1024 * 1024;

/** Of the client's headers, what Airlock is told beside the body. */
const TOLD = ['content-type', 'content-encoding', 'mcp-session-id'];

/** Headers that belong to one connection and go no further. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

const server = createServer((incoming, outgoing) => {
  handle(incoming, outgoing).catch(() => {
    // Whatever went wrong: nothing is forwarded.
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(403).end();
  });
});
server.listen(settings.listen, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`listening on ${address?.port ?? '?'}\n`);
});

async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await whole(incoming, LARGEST_BODY);
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const verdict = await ask(incoming, body, gone.signal);
  if (verdict.isAllowed) forward(incoming, body, outgoing);
  else refuse(outgoing, verdict.body);
}

interface Verdict {
  readonly isAllowed: boolean;
  /** JSON-RPC for the client where it may not go on. */
  readonly body: string;
}

/** Only a 200 that says so lets a message through. */
async function ask(incoming: IncomingMessage, body: Buffer, signal: AbortSignal): Promise<Verdict> {
  const { airlock, server: name, token } = settings;
  const told = Object.entries(incoming.headers).filter(([header]) => TOLD.includes(header));
  const headers = {
    ...Object.fromEntries(told),
    authorization: `Bearer ${token}`,
    'content-length': String(body.length),
  };
  const url = new URL(`/v1/ext-authz/${name}`, airlock);
  const response = await send(url, { method: incoming.method, headers, signal }, body);
  const permission = response.headers['airlock-permission'];
  const text = (await whole(response, LARGEST_BODY)).toString('utf8');
  return { isAllowed: response.statusCode === 200 && (permission === 'allow' || permission === 'pass'), body: text };
}

/** An MCP client takes the refusal of a request for its answer only with status 200; what has no id gets no answer. */
function refuse(outgoing: ServerResponse, body: string): void {
  const isAnswer = /^\{"jsonrpc":"2\.0","id":(?!null)/.test(body);
  outgoing.writeHead(isAnswer ? 200 : 403, { 'content-type': 'application/json' }).end(body);
}

function forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
  const { upstream } = settings;
  const headers = { ...endToEnd(incoming.headers), host: upstream.host, 'content-length': String(body.length) };
  const sent = request(upstream, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    // An event stream has headers long before it has an event.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.on('error', () => outgoing.destroy());
  });
  sent.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
  outgoing.once('close', () => sent.destroy());
  sent.end(body);
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

function send(
  url: URL,
  options: { readonly method: string | undefined; readonly headers: IncomingHttpHeaders; readonly signal: AbortSignal },
  body: Buffer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

async function whole(message: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size > mostBytes) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
