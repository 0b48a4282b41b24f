import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AIRLOCK } from '../../../apps/airlock/test/e2e/harness/command.js';
import { type ClaudeVersion, installedClaude } from './installed-claude.js';
import { claudeEnvironment, TINY_SERVER } from './run-claude.js';
import type { ClaudeSite } from './site.js';

/** Names the file that the tiny server writes its calls to. */
const CALLS = 'TINY_CALLS';

const execute = promisify(execFile);

/** Names of the servers of {@link registerServers}, by how each got behind the proxy. */
export const REGISTRATIONS = ['added', 'wrapped'] as const;

/** `claude -p` begins only when the servers are there, and does not tell the model to wait for them. */
export const WAIT_FOR_SERVERS = { MCP_CONNECTION_NONBLOCKING: '0' } as const;

/** A call as the MCP server got it. */
export interface ReceivedCall {
  readonly params: { readonly name: string; readonly arguments: unknown };
}

/** Puts the tiny server behind the proxy, as `added` by `claude mcp add`, and as `wrapped` by `airlock mcp wrap` of the project's `.mcp.json`. */
export async function registerServers(site: ClaudeSite, version: ClaudeVersion): Promise<void> {
  await addServer(site, version, { name: 'added', words: proxyWords('added') });
  const config = join(site.project.folder, '.mcp.json');
  const wrapped = { command: process.execPath, args: [TINY_SERVER], env: { [CALLS]: callsFile(site) } };
  writeFileSync(config, `${JSON.stringify({ mcpServers: { wrapped } }, null, 2)}\n`);
  await site.airlock('mcp', 'wrap', config);
}

/** What comes after `airlock` for the tiny server behind the proxy. */
export function proxyWords(name: string, ...flags: readonly string[]): readonly string[] {
  return ['mcp', 'proxy', '--name', name, ...flags, '--', process.execPath, TINY_SERVER];
}

/** `claude mcp add` of an `airlock` command. */
export async function addServer(
  site: ClaudeSite,
  version: ClaudeVersion,
  { name, words }: { readonly name: string; readonly words: readonly string[] },
): Promise<void> {
  const program = installedClaude(version);
  const variables = ['-e', `AIRLOCK_HOME=${site.airlockHome}`, '-e', `${CALLS}=${callsFile(site)}`];
  await execute(program, ['mcp', 'add', name, ...variables, '--', process.execPath, AIRLOCK, ...words], {
    cwd: site.project.folder,
    env: claudeEnvironment(site, program, 'http://127.0.0.1:9'),
  });
}

/** Every call that the tiny servers of a site got, oldest first. */
export function receivedCalls(site: ClaudeSite): readonly ReceivedCall[] {
  const file = callsFile(site);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as ReceivedCall);
}

function callsFile({ site }: ClaudeSite): string {
  return join(site.root, 'received-calls');
}
