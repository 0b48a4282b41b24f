import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { lineWriter, runProxy, startStdioServer, type Upstream } from '@airlock/adapter-mcp/proxy';
import type { Cli } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { UsageError } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { adviceAsTyped } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import type { ProxyFlags } from './flags.js';

/** `airlock mcp proxy`. */
export async function proxy(cli: Cli, words: readonly string[], flags: ProxyFlags): Promise<number> {
  const command = [
    ...words,
    ...(words.length > 0 && cli.afterSeparator !== null ? ['--'] : []),
    ...(cli.afterSeparator ?? []),
  ];
  if ((command.length === 0) === (flags.url === undefined)) {
    throw new UsageError('name a server: either a command or --url', 'airlock mcp proxy --name NAME -- CMD [ARG…]');
  }
  const folder = workspaceFolder(undefined);
  return await interruptible(cli, async (signal) => {
    const upstream = await upstreamOf(cli, { command, flags, folder });
    return await runProxy(
      {
        name: flags.name ?? nameOf(command, flags.url),
        sessionId: `mcp-${randomUUID()}`,
        timeoutSeconds: flags.timeout,
        pendingAfterSeconds: flags.pendingAfter ?? null,
      },
      {
        ...{ upstream, folder, signal },
        connect: (aborted) => daemon(cli, { signal: aborted }),
        fromClient: process.stdin,
        toClient: lineWriter(process.stdout),
        say: (line) => cli.say(`airlock: ${adviceAsTyped(cli, line)}`),
        mono: () => performance.now(),
        timer: (ms, call) => {
          const timer = setTimeout(call, ms);
          return () => clearTimeout(timer);
        },
      },
    );
  });
}

interface Server {
  readonly command: readonly string[];
  readonly flags: ProxyFlags;
  readonly folder: string;
}

async function upstreamOf(cli: Cli, { command, flags, folder }: Server): Promise<Upstream> {
  if (flags.url !== undefined) {
    const { connectHttpServer } = await import('@airlock/adapter-mcp');
    return connectHttpServer({
      ...{ url: flags.url, headers: headersOf(cli, flags.headerEnv ?? []) },
      report: (problem) => cli.say(`airlock: ${problem}`),
    });
  }
  const environment = Object.entries(cli.environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return await startStdioServer({ command, folder, environment: Object.fromEntries(environment), stderr: 'inherit' });
}

function headersOf(cli: Cli, given: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const each of given) {
    const at = each.indexOf('=');
    const [name, variable] = [each.slice(0, at), each.slice(at + 1)];
    const value = cli.environment[variable];
    if (at <= 0 || value === undefined) {
      throw new UsageError(`--header-env ${each}: write NAME=VARIABLE, with a variable that is set`);
    }
    headers[name] = value;
  }
  return headers;
}

/** What a client would most likely call it. */
function nameOf(command: readonly string[], url: string | undefined): string {
  return url === undefined ? basename(command[0] ?? '') : new URL(url).host;
}
