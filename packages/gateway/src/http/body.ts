import { type JsonObject, JsonError, isJsonObject, parseJson } from '@airlock/protocol';
import { GatewayError } from '../errors.js';

const JSON_TYPES = new Set(['application/json', 'application/harp+json']);

/** Refuses what its own header already shows to be too large (GW-130). */
export function assertDeclaredSize(header: string | undefined, maxBytes: number): void {
  if (header !== undefined && Number(header) > maxBytes) throw tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('payload_too_large', `The request body is larger than ${maxBytes / 1024} KiB`);
}

async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.headers.get('content-length') !== null) {
    return new Uint8Array(await request.arrayBuffer());
  }
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function assertJsonType(header: string | null): void {
  if (header === null || header === '') return;
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const fits = parameters.every((parameter) => parameter === '' || /^charset="?utf-8"?$/.test(parameter));
  if (!JSON_TYPES.has(type) || !fits) {
    throw new GatewayError('unsupported_media_type', 'Send application/json');
  }
}

/** Parses a JSON object strictly (GW-130). @throws GatewayError `invalid_json` */
export function parseObject(bytes: Uint8Array | string): JsonObject {
  try {
    const value = parseJson(bytes);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new GatewayError('invalid_json', 'The request body is not valid JSON', { cause: error });
  }
  throw new GatewayError('invalid_json', 'The request body is not a JSON object');
}

/** Reads the body of a request: GW-060, GW-070, GW-130. */
export async function readBody(
  request: Request,
  rules: { readonly maxBytes: number; readonly emptyBody: boolean },
): Promise<JsonObject> {
  const bytes = await readLimited(request, rules.maxBytes);
  if (bytes.byteLength === 0 && rules.emptyBody) return {};
  if (bytes.byteLength > 0) assertJsonType(request.headers.get('content-type'));
  if (rules.emptyBody && bytes.byteLength < 64 && Buffer.from(bytes).toString().trim() === 'null') {
    return {};
  }
  return parseObject(bytes);
}
