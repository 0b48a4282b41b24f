import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitMessage, type GatePorts, prePush, referenceTransaction } from '@airlock/adapter-git';
import { sayOnStderr } from '@airlock/adapter-run';
import { ensureDaemon, resolvePaths } from '@airlock/runtime/client';
import { inert } from './cli/inert.js';

/** Longest input of git that is read, bytes: references, a line each. */
const LARGEST_INPUT = 64 * 1024 * 1024;

/** Milliseconds between two looks at whether git is still there. */
const PARENT_MS = 500;

const USAGE = 'usage: git-hook.js [--home DIR] HOOK [ARG…], as installed by airlock git install';

/** Whatever the environment says, the home is the one that was fixed at installation (LOC-030). */
function portsOf(fixedHome: string | null, signal: AbortSignal): GatePorts {
  const program = join(dirname(fileURLToPath(import.meta.url)), 'main.js');
  const command = [program, 'daemon', 'run'];
  return {
    connect: (aborted) => ensureDaemon({ paths: resolvePaths({ fixedHome }), command, signal: aborted }),
    environment: { ...process.env },
    folder: process.cwd(),
    say,
    signal,
  };
}

function say(line: string): void {
  sayOnStderr(inert(line));
}

/** Aborted by a signal, and when git, which started us, is gone. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(signal));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) controller.abort('git is gone');
  }, PARENT_MS).unref();
  return controller.signal;
}

async function standardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_INPUT) throw new Error('git says too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function main(args: readonly string[]): Promise<number> {
  const [home, [hook = '', first = '', second = '']] =
    args[0] === '--home' ? [args[1] ?? '', args.slice(2)] : [null, args];
  const ports = portsOf(home, interruption());
  switch (hook) {
    case 'reference-transaction':
      return await referenceTransaction(first, await standardInput(), ports);
    case 'pre-push':
      return await prePush({ name: first, url: second }, await standardInput(), ports);
    case 'commit-msg':
      return await commitMessage(first, ports);
    default:
      say(USAGE);
      return 1;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(`internal_error ${String(error)}`);
  process.exitCode = 1;
}
