import { isJsonObject, type JsonObject, type JsonValue } from '@airlock/protocol';
import { HttpFault } from './fault.js';
import { GatheredBytes } from './gathered-bytes.js';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Reads a body to its end.
 * @throws HttpFault `answer_too_large`
 */
export async function wholeBody(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const gathered = new GatheredBytes();
  for await (const chunk of body) {
    if (gathered.length + chunk.length > maxBytes) {
      throw new HttpFault('answer_too_large', 'the answer of the server is too large', true);
    }
    gathered.append(chunk);
  }
  return gathered.take();
}

/** A JSON text in one line: line ends can only stand between its tokens, where a space means the same. */
export function oneLine(text: Uint8Array): Uint8Array {
  let [start, end] = [0, text.length];
  const isLineEnd = (byte: number | undefined) => byte === LF || byte === CR;
  while (start < end && isLineEnd(text[start])) start += 1;
  while (end > start && isLineEnd(text[end - 1])) end -= 1;
  return text.subarray(start, end).map((byte) => (isLineEnd(byte) ? SPACE : byte));
}

/**
 * The responses that a message of the server holds, by the {@link idKey} of their requests; more than one only in a batch.
 * Read as clients read it: what is no JSON for them answers nothing.
 */
export function responsesIn(message: Uint8Array): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const value = parsed(message);
  for (const each of Array.isArray(value) ? value : [value]) {
    if (!isJsonObject(each) || 'method' in each || each['id'] === undefined) continue;
    if ('result' in each || 'error' in each) found.set(JSON.stringify(each['id']), each);
  }
  return found;
}

/** The id of a request in one spelling: a server may write `1.0` where the client wrote `1`. */
export function idKey(idText: string): string {
  return JSON.stringify(JSON.parse(idText));
}

function parsed(text: Uint8Array): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(new TextDecoder().decode(text));
    return value;
  } catch {
    return undefined;
  }
}
