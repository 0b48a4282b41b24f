import { UsageError } from './failure.js';

const MAX_BYTES = 64 * 1024;
/** Characters of a line that are kept; a longer one comes out cut, so that it stays one line. */
const MAX_LINE = 16 * 1024 * 1024;

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

/**
 * Lines of a text that arrives in pieces, for conversations and batches. Only LF ends a line: other separators may stand
 * in a JSON string.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(Buffer.from(chunk), { stream: true }).split('\n');
    rest = (rest + first).slice(0, MAX_LINE);
    for (const other of others) {
      yield rest;
      rest = other;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** The lines of standard input as they come. */
export function standardInputStream(): AsyncIterable<string> {
  return linesOf(process.stdin);
}
