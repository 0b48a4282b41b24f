import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { McpServer as OldServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { EventStore } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { createMcpHandler, McpServer as NewServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { closed, listening } from './http-server.js';

export interface SdkServer {
  readonly url: string;
  /** Ends every session, as a server does that starts again. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps every event, so that a stream can go on where it broke. */
class KeptEvents implements EventStore {
  readonly #events: Array<{ readonly id: string; readonly stream: string; readonly message: JSONRPCMessage }> = [];

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = `${stream}_${this.#events.length}`;
    this.#events.push({ id, stream, message });
    return id;
  }

  async replayEventsAfter(
    last: string,
    { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const at = this.#events.findIndex(({ id }) => id === last);
    const stream = this.#events[at]?.stream ?? '';
    for (const event of this.#events.slice(at + 1)) {
      if (event.stream === stream && 'jsonrpc' in event.message) await send(event.id, event.message);
    }
    return stream;
  }
}

export interface OldServerOptions {
  readonly sessions: boolean;
  /** One JSON body instead of a stream. */
  readonly json?: boolean;
  readonly resumable?: boolean;
}

/** A server built with @modelcontextprotocol/sdk, 2025-11-25 and older. */
export async function oldServer(options: OldServerOptions): Promise<SdkServer> {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  async function transportFor(request: IncomingMessage): Promise<StreamableHTTPServerTransport> {
    const known = transports.get(String(request.headers['mcp-session-id']));
    if (known !== undefined) return known;
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      ...(options.sessions ? { sessionIdGenerator: () => randomUUID() } : {}),
      enableJsonResponse: options.json ?? false,
      ...(options.resumable === true ? { eventStore: new KeptEvents(), retryInterval: 50 } : {}),
      onsessioninitialized: (id) => {
        transports.set(id, transport);
      },
    });
    await oldTools().connect(transport);
    return transport;
  }
  const answer: Handler = async (request, response) => (await transportFor(request)).handleRequest(request, response);
  return serve(answer, async () => {
    for (const transport of transports.values()) await transport.close();
  });
}

function oldTools(): OldServer {
  const server = new OldServer({ name: 'old', version: '1.0.0' }, { capabilities: { logging: {} } });
  server.registerTool('greet', { description: 'Says hello', inputSchema: { name: z.string() } }, ({ name }) => ({
    content: [{ type: 'text', text: `Hello ${name}` }],
  }));
  server.registerTool('count', { inputSchema: { to: z.number() } }, async ({ to }, extra) => {
    for (let at = 1; at <= to; at += 1) {
      const progressToken = extra._meta?.progressToken ?? 0;
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress: at, total: to },
      });
    }
    return { content: [{ type: 'text', text: `counted to ${to}` }] };
  });
  server.registerTool('ask', { inputSchema: { prompt: z.string() } }, async ({ prompt }) => {
    const content = { type: 'text' as const, text: prompt };
    const answer = await server.server.createMessage({ messages: [{ role: 'user', content }], maxTokens: 10 });
    return { content: [{ type: 'text', text: `the model said ${JSON.stringify(answer.content)}` }] };
  });
  server.registerTool('hang', {}, async (extra) => {
    await new Promise<void>((resolve) => extra.signal.addEventListener('abort', () => resolve()));
    return { content: [] };
  });
  server.registerTool('pause', {}, async (extra) => {
    extra.closeSSEStream?.();
    await new Promise((resolve) => setTimeout(resolve, 150));
    return { content: [{ type: 'text', text: 'went on' }] };
  });
  return server;
}

/** A server built with @modelcontextprotocol/server: 2026-07-28, and older eras without sessions. */
export async function newServer(): Promise<SdkServer> {
  const handler = createMcpHandler(() => newTools());
  return serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const ending = new AbortController();
    response.on('close', () => ending.abort());
    const answer = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
        signal: ending.signal,
        ...(request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.flushHeaders();
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  });
}

function newTools(): NewServer {
  const server = new NewServer({ name: 'new', version: '1.0.0' });
  server.registerTool(
    'greet',
    { description: 'Says hello', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => ({
      content: [{ type: 'text', text: `Hello ${name}` }],
    }),
  );
  const region = z.string().meta({ 'x-mcp-header': 'Region' });
  server.registerTool('place', { inputSchema: z.object({ region }) }, ({ region: where }) => ({
    content: [{ type: 'text', text: `in ${where}` }],
  }));
  return server;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function serve(handler: Handler, forget = async () => {}): Promise<SdkServer> {
  const listener = createServer((request, response) => {
    handler(request, response).catch(() => response.destroy());
  });
  const port = await listening(listener);
  return { url: `http://127.0.0.1:${port}/mcp`, forget, close: () => closed(listener) };
}
