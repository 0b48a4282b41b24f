import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { linesOf, lineWriter, TOO_LONG } from '../jsonrpc/lines.js';
import { checkUnchanged, findServer } from './server-identity.js';
import type { ServerEnd, Upstream } from './upstream.js';

export interface StdioServer {
  readonly command: readonly string[];
  /** Real path. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Gets what the server says on its standard error. */
  readonly stderr: 'inherit' | 'ignore';
}

/** Longest message of a server, bytes; it goes to the client in one piece. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Milliseconds that a server has to end after its input has, and then after being told to. */
const END_MS = 2_000;

/**
 * Resolves and hashes the program and every file that an argument names, then starts it without a shell.
 * @throws FactsError (`command_not_found`, …), RuntimeError `program_changed`
 */
export async function startStdioServer(server: StdioServer): Promise<Upstream> {
  const found = await findServer(server);
  const { executable, identity } = found;
  const { command, folder, environment, stderr } = server;
  const child = spawn(executable.path, command.slice(1), {
    ...{ argv0: command[0] ?? executable.path, cwd: folder, env: { ...environment }, shell: false },
    stdio: ['pipe', 'pipe', stderr],
  });
  const { stdin, stdout } = child;
  try {
    checkUnchanged(found);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const ended = endOf(child, stdout);
  const write = lineWriter(stdin);
  return {
    identity,
    ended,
    send: ({ raw }) => write(raw),
    messages: messagesOf(stdout, child),
    close: () => close(child, { stdin, ended }),
  };
}

async function* messagesOf(stdout: Readable, child: ChildProcess): AsyncGenerator<Uint8Array> {
  try {
    for await (const line of linesOf(stdout, MOST_BYTES)) {
      if (line !== TOO_LONG) yield line;
      else child.kill('SIGKILL');
    }
  } catch (error) {
    // Cut off where a program of the server outlives it and keeps its output open.
    if (!stdout.destroyed) throw error;
  }
}

/** Ends when everything that the server said was read. */
async function endOf(child: ChildProcess, stdout: Readable): Promise<ServerEnd> {
  const closed = new Promise((resolve) => stdout.once('close', resolve));
  const end = await new Promise<ServerEnd>((resolve) => {
    child.once('error', ({ message }) => resolve({ reason: message, exitCode: null }));
    child.once('exit', (exitCode, signal) => {
      resolve({ reason: signal === null ? `it ended with code ${exitCode}` : `it was ended by ${signal}`, exitCode });
    });
  });
  while (!(await isOver(closed))) {
    if (stdout.readableLength === 0) stdout.destroy();
  }
  return end;
}

async function close(
  child: ChildProcess,
  { stdin, ended }: { stdin: Writable; ended: Promise<ServerEnd> },
): Promise<void> {
  stdin.end();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await isOver(ended)) return;
    child.kill(signal);
  }
  await ended;
}

/** Whether it happens within {@link END_MS}. */
async function isOver(end: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, END_MS, false);
  });
  try {
    return await Promise.race([end.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
