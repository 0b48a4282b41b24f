import { GatewayError } from '../errors.js';
import type { FetchResponse } from '../ports.js';

/**
 * Reads a whole body of at most `maxBytes`.
 * @throws GatewayError `response_too_large`; the rest of the body is then cancelled, not read
 */
export async function readBody(response: FetchResponse, maxBytes: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    if (value === undefined) continue;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw new GatewayError({
        kind: 'malformed',
        code: 'response_too_large',
        message: `The gateway's answer is larger than ${maxBytes} bytes`,
        status: response.status,
        retryable: false,
      });
    }
    chunks.push(value);
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
