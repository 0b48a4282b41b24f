import { createInterface } from 'node:readline';
import { UsageError } from './failure.js';

const MAX_BYTES = 64 * 1024;

/** Everything on standard input, up to 64 KiB. */
async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) throw new UsageError('standard input is longer than 64 KiB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The non-empty lines of standard input, without blanks around them. */
export async function standardInputLines(): Promise<readonly string[]> {
  const text = await readAll();
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Lines as they come, for conversations and batches. */
export function standardInputStream(): AsyncIterable<string> {
  return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}
