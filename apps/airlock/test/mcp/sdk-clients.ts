import { Client as ClientV2, type VersionNegotiationMode } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';

/** How a server is started. */
export interface StdioProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface CallOptions {
  readonly onprogress?: (progress: { readonly progress: number; readonly message?: string | undefined }) => void;
  readonly signal?: AbortSignal;
}

/** A client of one of the official SDKs, whichever. */
export interface SdkClient {
  readonly pid: number;
  tools(): Promise<readonly string[]>;
  call(name: string, input: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<any>;
  read(uri: string): Promise<any>;
  close(): Promise<void>;
}

const INFO = { name: 'test', version: '1' };

export const GENERATIONS = ['sdk 1', 'sdk 2, with a handshake', 'sdk 2, by itself', 'sdk 2, 2026-07-28'] as const;
export type Generation = (typeof GENERATIONS)[number];

const MODES: Readonly<Record<Exclude<Generation, 'sdk 1'>, VersionNegotiationMode>> = {
  'sdk 2, with a handshake': 'legacy',
  'sdk 2, by itself': 'auto',
  'sdk 2, 2026-07-28': { pin: '2026-07-28' },
};

/** Starts a server and connects to it. */
export async function sdkClient(generation: Generation, program: StdioProgram): Promise<SdkClient> {
  const { command, cwd, args, env } = program;
  const start = { command, cwd, args: [...args], env: { ...env }, stderr: 'inherit' as const };
  if (generation === 'sdk 1') {
    const transport = new StdioV1(start);
    const client = new ClientV1(INFO);
    await client.connect(transport);
    return {
      pid: transport.pid ?? 0,
      tools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (name, input, options) => client.callTool({ name, arguments: { ...input } }, undefined, { ...options }),
      read: (uri) => client.readResource({ uri }),
      close: () => client.close(),
    };
  }
  const transport = new StdioV2(start);
  const client = new ClientV2(INFO, { versionNegotiation: { mode: MODES[generation] } });
  await client.connect(transport);
  return {
    pid: transport.pid ?? 0,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, input, options) => client.callTool({ name, arguments: { ...input } }, { ...options }),
    read: (uri) => client.readResource({ uri }),
    close: () => client.close(),
  };
}
