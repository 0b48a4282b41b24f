import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

/** A real MCP server over Streamable HTTP that says what reached it. */
export interface NotesServer {
  readonly url: string;
  /** Notes that were really written. */
  readonly written: readonly string[];
  /** Bodies that reached it, byte for byte. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

export async function startNotesServer(): Promise<NotesServer> {
  const written: string[] = [];
  const bodies: string[] = [];
  const server: Server = createServer((request, response) => {
    const answer = async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      bodies.push(body);
      const mcp = notes(written);
      const transport = new StreamableHTTPServerTransport({ enableJsonResponse: false } as never);
      response.on('close', () => void transport.close());
      await mcp.connect(transport as never);
      await transport.handleRequest(request, response, body === '' ? undefined : JSON.parse(body));
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}/mcp`, written, bodies },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function notes(written: string[]): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  server.registerTool(
    'write_note',
    { description: 'Writes a note', inputSchema: { text: z.string() } },
    async ({ text }) => {
      written.push(text);
      return { content: [{ type: 'text', text: 'written' }] };
    },
  );
  return server;
}
