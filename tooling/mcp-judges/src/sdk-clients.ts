import { Client as NewClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ServerCommand } from './server-command.js';
import { Recorder } from './transcript.js';

/** What both generations of clients can do, under one name each. */
export interface SdkClient {
  readonly recorder: Recorder;
  call(name: string, input?: Record<string, unknown>, options?: CallOptions): Promise<unknown>;
  listTools(): Promise<unknown>;
  listPrompts(): Promise<unknown>;
  listResources(): Promise<unknown>;
  listResourceTemplates(): Promise<unknown>;
  getPrompt(name: string, input?: Record<string, string>): Promise<unknown>;
  readResource(uri: string): Promise<unknown>;
  complete(prompt: string, name: string, value: string): Promise<unknown>;
  /** Requests that only the eras with a handshake have; does nothing in the others. */
  older(): Promise<void>;
  /** Calls a tool as a task, up to its result; only `sdk 1.32.2` can. */
  callAsTask?(name: string, input: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: { readonly progress: number }) => void;
}

export interface ClientPlace {
  readonly env: Record<string, string>;
  readonly cwd: string;
}

/** Opens a client of one generation on a server. */
export type OpenClient = (server: ServerCommand, place: ClientPlace) => Promise<SdkClient>;

const IDENTITY = { name: 'judge', version: '1.0.0' };
const CAPABILITIES = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {}, url: {} },
};
const ROOTS = { roots: [{ uri: 'file:///tmp/root', name: 'Root' }] };
const SAMPLED = { model: 'm', role: 'assistant', content: { type: 'text', text: 'It is so.' } } as const;
/** What the user fills in, whatever is asked. */
const GIVEN = { action: 'accept', content: { name: 'Ada', check: true, confirm: true } } as const;
const TIMEOUT = { timeout: 120_000, resetTimeoutOnProgress: true };

/** A client of @modelcontextprotocol/sdk 1.32.2. */
const openOldClient: OpenClient = ({ command, args }, place) =>
  oldClientOn(new OldTransport({ command, args: [...args], ...place, stderr: 'ignore' }));

/** The same on HTTP, without any proxy. */
export function openHttpClient(url: string): Promise<SdkClient> {
  return oldClientOn(new StreamableHTTPClientTransport(new URL(url)));
}

async function oldClientOn(transport: OldTransport | StreamableHTTPClientTransport): Promise<SdkClient> {
  const recorder = new Recorder();
  const client = new OldClient(IDENTITY, { capabilities: CAPABILITIES });
  client.setRequestHandler(ListRootsRequestSchema, () => ROOTS);
  client.setRequestHandler(CreateMessageRequestSchema, () => SAMPLED);
  client.setRequestHandler(ElicitRequestSchema, () => GIVEN);
  await client.connect(recorder.listen(transport) as OldTransport, TIMEOUT);
  return {
    recorder,
    call: (name, input = {}, options = {}) =>
      client.callTool({ name, arguments: input }, undefined, { ...TIMEOUT, ...options }),
    listTools: () => client.listTools(),
    listPrompts: () => client.listPrompts(),
    listResources: () => client.listResources(),
    listResourceTemplates: () => client.listResourceTemplates(),
    getPrompt: (name, input = {}) => client.getPrompt({ name, arguments: input }, TIMEOUT),
    readResource: (uri) => client.readResource({ uri }, TIMEOUT),
    complete: (prompt, name, value) =>
      client.complete({ ref: { type: 'ref/prompt', name: prompt }, argument: { name, value } }),
    older: async () => {
      await client.ping();
      await client.setLoggingLevel('debug');
      await client.subscribeResource({ uri: 'demo://resource/dynamic/text/1' });
      await client.unsubscribeResource({ uri: 'demo://resource/dynamic/text/1' });
    },
    callAsTask: async (name, input) => {
      const stream = client.experimental.tasks.callToolStream({ name, arguments: input }, undefined, {
        ...TIMEOUT,
        task: { ttl: 60_000 },
      });
      for await (const message of stream) if (message.type === 'error') throw message.error;
    },
    close: () => client.close(),
  };
}

function newClient(mode: 'legacy' | { readonly pin: string }): OpenClient {
  return async ({ command, args }, place) => {
    const recorder = new Recorder();
    const client = new NewClient(IDENTITY, { capabilities: CAPABILITIES, versionNegotiation: { mode } });
    client.setRequestHandler('roots/list', () => ROOTS);
    client.setRequestHandler('sampling/createMessage', () => SAMPLED);
    client.setRequestHandler('elicitation/create', () => GIVEN);
    await client.connect(
      recorder.listen(new NewTransport({ command, args: [...args], ...place, stderr: 'ignore' })),
      TIMEOUT,
    );
    return {
      recorder,
      call: (name, input = {}, options = {}) => client.callTool({ name, arguments: input }, { ...TIMEOUT, ...options }),
      listTools: () => client.listTools(),
      listPrompts: () => client.listPrompts(),
      listResources: () => client.listResources(),
      listResourceTemplates: () => client.listResourceTemplates(),
      getPrompt: (name, input = {}) => client.getPrompt({ name, arguments: input }, TIMEOUT),
      readResource: (uri) => client.readResource({ uri }, TIMEOUT),
      complete: (prompt, name, value) =>
        client.complete({ ref: { type: 'ref/prompt', name: prompt }, argument: { name, value } }),
      older: async () => {
        if (mode !== 'legacy') return;
        await client.ping();
        await client.setLoggingLevel('debug');
        await client.subscribeResource({ uri: 'demo://resource/dynamic/text/1' });
        await client.unsubscribeResource({ uri: 'demo://resource/dynamic/text/1' });
      },
      close: () => client.close(),
    };
  };
}

/** Clients of both SDK generations, and the newest in both of its eras. */
export const CLIENTS = {
  'sdk 1.32.2': openOldClient,
  'client 2.4.0': newClient('legacy'),
  'client 2.4.0 in 2026-07-28': newClient({ pin: '2026-07-28' }),
} as const satisfies Readonly<Record<string, OpenClient>>;
