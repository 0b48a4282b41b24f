import type { Writable } from 'node:stream';

/** A line longer than allowed, whose bytes were thrown away. */
export const TOO_LONG = Symbol('too long');

const LF = 0x0a;
const NEWLINE = Uint8Array.of(LF);

/**
 * Cuts bytes at LF, never inside a character; each line comes without its LF. What follows the last LF is no line and is
 * left out.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array | typeof TOO_LONG> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const last = chunk.subarray(start, end);
      yield size + last.length > maxBytes ? TOO_LONG : parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      size = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    size += chunk.length - start;
    if (size > maxBytes) parts = [];
    else parts.push(chunk.subarray(start));
  }
}

/**
 * Writes messages, each with a line end, to a stream. What is written in one turn leaves together.
 * @returns a function that resolves when there is room for more, and rejects when the stream is broken
 */
export function lineWriter(stream: Writable): (message: Uint8Array) => Promise<void> {
  let broken: Error | null = null;
  let isCorked = false;
  stream.on('error', (error) => {
    broken = error;
  });
  return async (message) => {
    if (broken !== null) throw broken;
    if (stream.writableEnded || stream.destroyed) throw new Error('the stream has ended');
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(() => {
        isCorked = false;
        stream.uncork();
      });
    }
    stream.write(message);
    if (!stream.write(NEWLINE)) await roomIn(stream);
  };
}

function roomIn(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      stream.off('drain', done).off('close', closed).off('error', done);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    const closed = () => done(new Error('the stream has ended'));
    stream.on('drain', done).on('close', closed).on('error', done);
  });
}
