import { readFileSync } from 'node:fs';
import { RuntimeError } from '@airlock/runtime/client';

/** Longest input that is passed on, bytes (LOC-050). */
const LARGEST_INPUT = 4 * 1024 * 1024;

/** Longest environment that is told, characters of base64: what fits a header. */
const LONGEST_ENVIRONMENT = 100_000;

/** Where `hook.sh` leaves the environment of its caller, as a header line. */
const ENVIRONMENT_FD = 4;

const HEADER_LINE = /^Airlock-Environment: ([A-Za-z0-9+/=]+)\n$/;

/** The host's input, whole. Rejects with `body_too_large`. */
export async function readInput(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > LARGEST_INPUT) throw new RuntimeError('body_too_large', 'the input of the host is over 4 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What `hook.sh` kept of its caller's environment, base64; null when it kept none: then no pattern applies. */
export function keptEnvironment(): string | null {
  try {
    return HEADER_LINE.exec(readFileSync(ENVIRONMENT_FD, 'latin1'))?.[1] ?? null;
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}

/** An environment in the form of `Airlock-Environment`; null when it is too long for that. */
export function encodedEnvironment(environment: Readonly<Record<string, string | undefined>>): string | null {
  const entries = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}\0`);
  const text = Buffer.from(entries.join('')).toString('base64');
  return text === '' || text.length > LONGEST_ENVIRONMENT ? null : text;
}
