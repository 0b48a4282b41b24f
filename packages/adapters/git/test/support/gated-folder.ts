import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { commitMessage, type GatePorts, prePush, referenceTransaction } from '../../src/index.js';
import { at, ENVIRONMENT, type GitFolder, gitFolder, scratch } from './git-folder.js';
import { type ScriptedDaemon, scriptedDaemon } from './scripted-daemon.js';

/** How a git command ended, with what our hooks said among it. */
export interface Ended {
  readonly exit: number | null;
  readonly said: string;
}

/** A repository whose hooks ask this process; a command of git must be run with `run`. */
export interface GatedFolder extends GitFolder {
  readonly daemon: ScriptedDaemon;
  run(args: readonly string[], more?: RunOptions): Promise<Ended>;
  /** Writes files and stages everything. */
  stage(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Subjects of the commits of every question, in order. */
  questions(): readonly (readonly string[])[];
  /** Everything that a refused command must leave as it was. */
  state(): Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends git, as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

const RELAY = `const { connect } = require('node:net');
const chunks = [];
const [socketPath, hook, ...args] = process.argv.slice(2);
const send = () => {
  const socket = connect(socketPath);
  const answer = [];
  socket.on('data', (chunk) => answer.push(chunk));
  socket.on('end', () => {
    const { exit, said } = JSON.parse(Buffer.concat(answer).toString());
    process.stderr.write(said);
    process.exitCode = exit;
  });
  const input = Buffer.concat(chunks).toString();
  socket.write(JSON.stringify({ hook, args, input, environment: process.env, folder: process.cwd() }) + '\\n');
};
if (hook === 'commit-msg') send();
else process.stdin.on('data', (chunk) => chunks.push(chunk)).on('end', send);
`;

/** What is nobody's business here takes too long otherwise. */
const BRANCHES_ONLY = `#!/bin/sh
input=$(cat)
case $input in *'refs/heads/'*) ;; *) exit 0 ;; esac
printf '%s\\n' "$input" | `;

interface HookCall {
  readonly hook: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** @param of the repository to gate; a new one with an identity unless given */
export async function gatedFolder(of: GitFolder = named(gitFolder()), daemon = scriptedDaemon()): Promise<GatedFolder> {
  const place = scratch();
  const socketPath = join(place, 's');
  const server = createServer((socket) => serve(socket, daemon));
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  onTestFinished(() => void server.close());
  writeFileSync(join(place, 'relay.cjs'), RELAY);
  const hooks = join(of.folder, of.git(['rev-parse', '--git-path', 'hooks']));
  mkdirSync(hooks, { recursive: true });
  for (const hook of ['reference-transaction', 'pre-push', 'commit-msg']) {
    const relay = `"${process.execPath}" "${place}/relay.cjs" "${socketPath}" ${hook} "$@"`;
    writeFileSync(
      join(hooks, hook),
      hook === 'reference-transaction' ? BRANCHES_ONLY + relay : `#!/bin/sh\n${relay}\n`,
    );
    chmodSync(join(hooks, hook), 0o755);
  }
  daemon.workspaces.push(of.folder);
  return {
    ...of,
    daemon,
    run: (args, more) => run(of.folder, args, more),
    stage(files) {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(of.folder, name), content);
      of.git(['add', '--all']);
    },
    questions: () =>
      daemon.asked.map(({ action }) => action.commits.map(({ message }) => message.split('\n')[0] ?? '')),
    state: () => ({
      branches: of.git(['for-each-ref', 'refs/heads']),
      index: of.git(['ls-files', '--stage']),
      status: of.git(['status', '--porcelain=v1']),
    }),
  };
}

/** A repository with a name, so that it can be asked about. */
export function named(folder: GitFolder): GitFolder {
  folder.git(['config', 'airlock.repository', 'example.org/widgets']);
  return folder;
}

export { at };

function serve(socket: Socket, daemon: ScriptedDaemon): void {
  let text = '';
  const gone = new AbortController();
  socket.on('error', () => gone.abort());
  socket.on('close', () => gone.abort());
  socket.on('data', (chunk) => {
    text += chunk.toString();
    if (!text.endsWith('\n')) return;
    const said: string[] = [];
    const call = JSON.parse(text) as HookCall;
    const ports: GatePorts = {
      connect: async () => daemon,
      environment: call.environment,
      folder: call.folder,
      say: (line) => said.push(`airlock: ${line}\n`),
      signal: gone.signal,
    };
    answer(call, ports).then(
      (exit) => socket.end(JSON.stringify({ exit, said: said.join('') })),
      (error: unknown) => socket.end(JSON.stringify({ exit: 99, said: String(error) })),
    );
  });
}

async function answer({ hook, args, input }: HookCall, ports: GatePorts): Promise<number> {
  const [first = '', second = ''] = args;
  if (hook === 'commit-msg') return await commitMessage(first, ports);
  if (hook === 'pre-push') return await prePush({ name: first, url: second }, input, ports);
  return await referenceTransaction(first, input, ports);
}

function run(folder: string, args: readonly string[], more: RunOptions = {}): Promise<Ended> {
  const env = { ...ENVIRONMENT, GIT_EDITOR: 'true', ...more.environment };
  const child = spawn('git', [...args], { cwd: more.folder ?? folder, env, stdio: 'pipe', detached: true });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(more.input ?? '');
  more.signal?.addEventListener('abort', () => process.kill(-(child.pid ?? 0), 'SIGINT'));
  return new Promise((resolve) => {
    child.on('close', (exit) => resolve({ exit, said: Buffer.concat(said).toString() }));
  });
}
