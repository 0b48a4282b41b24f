import { McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { callerOf } from './caller.js';
import { advisable, readCoded } from './failure.js';
import type { ServeOptions, ServePorts } from './ports.js';
import { Requests } from './requests.js';
import { readResource, RESOURCES } from './resources.js';
import { StrictTransport } from './strict-transport.js';
import { TOOLS } from './tool-list.js';
import { Tools } from './tools.js';
import { failureText } from './words.js';

export type { ServeDaemon, ServeOptions, ServePorts } from './ports.js';

const INSTRUCTIONS =
  'Airlock asks a human, on a device of their own, before something happens. request_approval puts a question in your words; ' +
  'check_approval gives a decision that was pending; airlock_status tells what is set up. An approval given here is for what you ' +
  'wrote and nothing else: Airlock does not execute it and does not see what you do.';

/**
 * `airlock mcp serve`: approval as tools for agents and clients. Resolves when the client has gone or the signal aborts, after
 * everything open was withdrawn.
 * @returns the exit code for the process
 */
export async function serveMcp(options: ServeOptions, ports: ServePorts): Promise<number> {
  const requests = new Requests(ports, options);
  const transport = new StrictTransport(ports);
  const tools = new Tools({ requests, ports });
  const handle = serveStdio(() => serverOf({ options, ports, tools, transport }), {
    transport,
    onerror: (error) => ports.say(error.message),
  });
  const end = () => void handle.close();
  ports.signal.addEventListener('abort', end, { once: true });
  if (ports.signal.aborted) end();
  await transport.closed;
  await requests.close();
  return 0;
}

interface Parts {
  readonly options: ServeOptions;
  readonly ports: ServePorts;
  readonly tools: Tools;
  readonly transport: StrictTransport;
}

/** One server of the SDK; it may be asked for a second one when a client tries versions. */
function serverOf({ options, ports, tools, transport }: Parts): McpServer {
  const mcp = new McpServer(
    { name: 'airlock', title: 'Airlock', version: options.version },
    { capabilities: { tools: { listChanged: false }, resources: { listChanged: false } }, instructions: INSTRUCTIONS },
  );
  // By hand: the SDK would check inputs by itself, and answer without a code, or with no deny that a host understands.
  const { server } = mcp;
  server.setRequestHandler('tools/list', () => ({ tools: [...TOOLS] }));
  server.setRequestHandler('tools/call', ({ params }, ctx) =>
    tools.call({
      name: params.name,
      input: params.arguments ?? {},
      argumentsText: transport.argumentsText(ctx.mcpReq.id),
      caller: callerOf(ctx, ports),
    }),
  );
  server.setRequestHandler('resources/list', () => ({ resources: [...RESOURCES] }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [] }));
  server.setRequestHandler('resources/read', async ({ params }, ctx) => {
    try {
      return await readResource(params.uri, ports, ctx.mcpReq.signal);
    } catch (error) {
      throw error instanceof ProtocolError ? error : unreadable(error, ports);
    }
  });
  return mcp;
}

function unreadable(error: unknown, { asTyped }: Pick<ServePorts, 'asTyped'>): ProtocolError {
  const why = advisable(readCoded(error), asTyped);
  return new ProtocolError(ProtocolErrorCode.InternalError, failureText(why), { code: why.code });
}
