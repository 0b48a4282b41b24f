import { fstatSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Pipes, RuntimeError } from '@airlock/runtime/client';

/** Longest input that is passed on, bytes (LOC-050). */
const LARGEST_INPUT = 4 * 1024 * 1024;

/** Longest environment that is told, characters of base64: what fits a header. */
const LONGEST_ENVIRONMENT = 100_000;

const STDIN_FD = 0;

/** Where `hook.sh` leaves the environment of its caller, as `env -0` prints it and /proc has it. */
const ENVIRONMENT_FD = 4;

/** The host's input, whole. Rejects with `body_too_large`. */
export async function readInput(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return await new Promise((resolve, reject) => {
    stream.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= LARGEST_INPUT) return;
      stream.destroy();
      reject(tooLarge());
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

/**
 * The host's input, whole, from standard input. For a pipe not by `process.stdin`: that takes longer than asking the daemon.
 * Nor by `fs.read`: a process does not end before the thread that waits in it (LOC-110). Rejects with `body_too_large`.
 */
export async function standardInput(pipes: Pipes): Promise<Uint8Array> {
  const found = fstatSync(STDIN_FD);
  if (!found.isFIFO() && !found.isSocket()) return await readInput(process.stdin);
  const input = await pipes.readAll(STDIN_FD, LARGEST_INPUT);
  if (input === null) throw tooLarge();
  return input;
}

function tooLarge(): RuntimeError {
  return new RuntimeError('body_too_large', 'the input of the host is over 4 MiB');
}

/** What `hook.sh` kept of its caller's environment, base64; null when it kept none: then no pattern applies. */
export function keptEnvironment(): string | null {
  try {
    return told(readFileSync(ENVIRONMENT_FD));
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}

/** An environment in the form of `Airlock-Environment`; null when it is too long for that. */
export function encodedEnvironment(environment: Readonly<Record<string, string | undefined>>): string | null {
  const entries = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}\0`);
  return told(Buffer.from(entries.join('')));
}

function told(entries: Buffer): string | null {
  const text = entries.toString('base64');
  return text === '' || text.length > LONGEST_ENVIRONMENT ? null : text;
}
