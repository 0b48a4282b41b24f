import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { resolvePaths, type RuntimePaths } from '@airlock/runtime/client';
import { afterEach } from 'vitest';
import { hookMain } from '../../src/hook/main.js';
import type { HookMain } from '../../src/hook/model.js';
import { seldom } from '../../src/hook/seldom.js';
import { readInput } from '../../src/hook/input.js';
import type { HookIo } from '../../src/hook/io.js';

const clean: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const each of clean.splice(0).reverse()) await each();
});

export interface HookScene {
  readonly home: string;
  readonly paths: RuntimePaths;
}

/** A home with the directories of a daemon; nobody listens. */
export function hookScene(): HookScene {
  const home = mkdtempSync(join(tmpdir(), 'al-'));
  clean.push(() => rmSync(home, { recursive: true, force: true, maxRetries: 25 }));
  const paths = resolvePaths({ fixedHome: home });
  mkdirSync(paths.runtime, { mode: 0o700 });
  return { home, paths };
}

export interface Asked {
  readonly url: string;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

/** Something that listens where the daemon would. */
export async function listener(
  { paths }: HookScene,
  answer: (response: ServerResponse, asked: Asked) => void,
): Promise<Asked[]> {
  const all: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = { url: request.url ?? '', body: Buffer.concat(chunks), headers: request.headers };
      all.push(asked);
      answer(response, asked);
    });
  });
  const mask = process.umask(0o177);
  server.listen(paths.socket);
  process.umask(mask);
  await once(server, 'listening');
  clean.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return all;
}

/** Answers as the daemon does. */
export function send(response: ServerResponse, permission: string, exit: string, body: string, reason?: string): void {
  response.writeHead(200, {
    'content-length': Buffer.byteLength(body),
    'airlock-permission': permission,
    'airlock-exit': exit,
    ...(reason === undefined ? {} : { 'airlock-reason': reason }),
  });
  response.end(body);
}

export interface Gave {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of a daemon that ends at once. */
export const NO_DAEMON = ['-e', 'process.exit(1)'];

export const CALL = JSON.stringify({
  session_id: 's-1',
  cwd: '/',
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'echo hi' },
  tool_use_id: 'toolu_1',
});

/** Runs the hook in this process. */
export async function runHook(
  scene: HookScene,
  over: Partial<HookMain> = {},
  io: Partial<HookIo> & { readonly input?: Uint8Array } = {},
): Promise<Gave> {
  let given = { stdout: '', stderr: '' };
  const { input = Buffer.from(CALL), ...rest } = io;
  const options = {
    event: 'PreToolUse',
    socket: scene.paths.socket,
    fixedHome: scene.home,
    daemonCommand: NO_DAEMON,
    plugin: '/nowhere',
    seldom: async () => seldom,
    ...over,
  };
  const code = await hookMain(options, {
    hostInput: async () => await readInput(Readable.from([input])),
    environment: () => null,
    onLate: () => undefined,
    onEnd: () => undefined,
    give: (output) => {
      given = output;
      return true;
    },
    giveNothing: () => undefined,
    ...rest,
  });
  return { code, stdout: given.stdout, stderr: given.stderr };
}
