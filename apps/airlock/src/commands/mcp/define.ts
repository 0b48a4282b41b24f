import { type Command, Option } from 'commander';
import { withExamples } from '../../cli/examples.js';
import { integer, jsonOption, shortText } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';
import type { EndpointFlags, JsonFlags, ProxyFlags } from './flags.js';

const WAIT_SECONDS = 300;
const MAX_WAIT_SECONDS = 86_400;

export function defineMcp(program: Command, scope: Scope): void {
  const mcp = program.command('mcp').summary('put MCP servers behind Airlock, and offer approval as MCP tools');
  defineProxy(mcp, scope);
  mcp
    .command('serve')
    .summary('an MCP server whose tools ask for approval, on standard input and output')
    .action(() => scope.perform(async () => (await import('./serve.js')).serve(scope.cli)));
  defineWrapping(mcp, scope);
  defineTools(mcp, scope);
  defineEndpoint(mcp, scope);
}

function defineProxy(mcp: Command, scope: Scope): void {
  withExamples(mcp.command('proxy'), [
    [
      'airlock mcp proxy --name files -- npx -y @modelcontextprotocol/server-filesystem .',
      'a server that is a program',
    ],
    ['airlock mcp proxy --name search --url https://mcp.example/mcp', 'a server on the network'],
  ])
    .summary('ask before a call reaches an MCP server')
    .description(
      'Stands in front of an MCP server: passes every message on byte for byte, but asks the approver before a tool is called.',
    )
    .usage('[options] [--] CMD [ARG…]')
    .argument('[command...]', 'the server; put -- before it when it has options')
    .option('--name <name>', 'name of the server as its client knows it', shortText(200))
    .option('--url <url>', 'a server that speaks Streamable HTTP, instead of a command')
    .addOption(
      new Option(
        '--header-env <name=variable>',
        'send this header, its value from the environment; may be repeated',
      ).argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]),
    )
    .option('--timeout <seconds>', 'how long to wait for the approver', integer(1, MAX_WAIT_SECONDS), WAIT_SECONDS)
    .option(
      '--pending-after <seconds>',
      'when a client is told to call again (default: 50, and never where it takes progress)',
      integer(1, MAX_WAIT_SECONDS),
    )
    .passThroughOptions()
    .action((command: string[], flags: ProxyFlags) =>
      scope.perform(async () => (await import('./proxy.js')).proxy(scope.cli, command, flags)),
    );
}

function defineWrapping(mcp: Command, scope: Scope): void {
  withExamples(mcp.command('wrap'), [['airlock mcp wrap .mcp.json', 'every server of this configuration']])
    .summary('put every server of a client configuration behind the proxy')
    .argument('<config-file>', '.mcp.json, or the configuration of another client')
    .addOption(jsonOption())
    .action((file: string, flags: JsonFlags) =>
      scope.perform(async () => (await import('./wrap.js')).wrap(scope.cli, file, flags)),
    );
  mcp
    .command('unwrap')
    .summary('put a client configuration back as it was')
    .argument('<config-file>', 'what airlock mcp wrap was given')
    .addOption(jsonOption())
    .action((file: string, flags: JsonFlags) =>
      scope.perform(async () => (await import('./wrap.js')).unwrap(scope.cli, file, flags)),
    );
}

function defineTools(mcp: Command, scope: Scope): void {
  withExamples(mcp.command('allow'), [
    ['airlock mcp allow search query', 'let one tool run without asking, by signature'],
  ])
    .summary('let a tool of a server run without asking; the approver signs')
    .description(
      'Asks the approver to let a tool run without asking, exactly as it was when its last call was approved:\n' +
        'another program, address, description or schema is asked about again.',
    )
    .argument('<server>', 'name of the server')
    .argument('<tool>', 'name of the tool')
    .option('--timeout <seconds>', 'how long to wait for the approver', integer(1, MAX_WAIT_SECONDS), WAIT_SECONDS)
    .addOption(jsonOption())
    .action((server: string, tool: string, flags: JsonFlags & { timeout: number }) =>
      scope.perform(async () => (await import('./allow.js')).allow(scope.cli, { server, tool }, flags)),
    );
  mcp
    .command('disallow')
    .summary('ask about a tool again; needs nobody')
    .argument('<server>', 'name of the server')
    .argument('<tool>', 'name of the tool')
    .addOption(jsonOption())
    .action((server: string, tool: string, flags: JsonFlags) =>
      scope.perform(async () => (await import('./allow.js')).disallow(scope.cli, { server, tool }, flags)),
    );
}

function defineEndpoint(mcp: Command, scope: Scope): void {
  const endpoint = mcp
    .command('endpoint')
    .summary('let gateways that cannot use the local socket ask on loopback TCP, with a token');
  withExamples(endpoint.command('on'), [
    ['airlock mcp endpoint on --port 8741', 'prints the address and the token, once'],
  ])
    .summary('start it, for one folder')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes a free one', integer(0, 65_535), 0)
    .option('--workspace <dir>', 'the folder it may ask about (default: this one)')
    .addOption(jsonOption())
    .action((flags: EndpointFlags) => scope.perform(async () => (await import('./endpoint.js')).on(scope.cli, flags)));
  for (const state of ['off', 'show'] as const) {
    endpoint
      .command(state)
      .summary(state === 'off' ? 'stop it; its token is worth nothing any more' : 'show whether it is on, and where')
      .addOption(jsonOption())
      .action((flags: JsonFlags) =>
        scope.perform(async () => (await import('./endpoint.js'))[state](scope.cli, flags)),
      );
  }
}
