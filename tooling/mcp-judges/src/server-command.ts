import { fileURLToPath } from 'node:url';
import { AIRLOCK } from '../../../apps/airlock/test/e2e/harness/command.js';

/** How a client starts a server on standard input and output. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
}

function node(file: string, ...args: string[]): ServerCommand {
  return { command: process.execPath, args: [file, ...args] };
}

/** Main file of the official reference server. */
export const EVERYTHING = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

/** Servers on standard input and output. */
export const SERVERS = {
  everything: node(EVERYTHING, 'stdio'),
  /** Has everything that the conformance suite asks for. */
  complete: node(fixture('complete-server.mjs')),
  old: node(fixture('old-server.mjs')),
  new: node(fixture('new-server.mjs')),
} as const satisfies Readonly<Record<string, ServerCommand>>;

/** A busy machine may take long to ask, and nobody here shall be told to call again. */
const PATIENT = ['--pending-after', '280'] as const;

/** The same server behind the proxy. */
export function proxied(name: string, { command, args }: ServerCommand): ServerCommand {
  return node(AIRLOCK, 'mcp', 'proxy', '--name', name, ...PATIENT, '--', command, ...args);
}

/** A server on the network behind the proxy. */
export function proxiedUrl(name: string, url: string): ServerCommand {
  return node(AIRLOCK, 'mcp', 'proxy', '--name', name, ...PATIENT, '--url', url);
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}
