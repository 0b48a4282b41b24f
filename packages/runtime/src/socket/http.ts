import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson } from '@airlock/protocol';
import type { z } from 'zod';
import { RuntimeError, toRuntimeError, type RuntimeCode } from '../errors.js';

/** Longest body of a local request in bytes (LOC-050). */
export const LARGEST_BODY = 4 * 1024 * 1024;

const STATUS: Partial<Record<RuntimeCode, number>> = {
  bad_request: 400,
  not_found: 404,
  host_unknown: 404,
  no_receipt: 404,
  sign_in_in_progress: 409,
  policy_change_invalid: 400,
  not_paired: 409,
  request_id_used: 409,
  not_signed_in: 409,
  endpoint_unavailable: 409,
  source_reserved: 403,
  workspace_not_bound: 403,
  body_too_large: 413,
  internal_error: 500,
};

/** The whole body. Rejects with `body_too_large`, and when the caller goes away. By events: an iterator takes twice as long. */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return await new Promise((resolve, reject) => {
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
      else reject(new RuntimeError('body_too_large', `a local request has at most ${LARGEST_BODY} bytes`));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Body as `schema` wants it; an empty one is `{}`. Throws `bad_request`. */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readBody(request);
  let value: unknown;
  try {
    value = bytes.length === 0 ? {} : parseJson(bytes);
  } catch (cause) {
    throw new RuntimeError('bad_request', 'the body is no JSON that we accept', { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw new RuntimeError('bad_request', `missing or wrong: ${where}`, { cause: parsed.error });
}

export function errorBody(error: RuntimeError<string>) {
  const { code, message, fix } = error;
  return fix === undefined ? { code, message } : { code, message, fix };
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function isRuntimeCode(code: string): code is RuntimeCode {
  return code in STATUS;
}

export function statusOf(error: RuntimeError<string>): number {
  return (isRuntimeCode(error.code) ? STATUS[error.code] : undefined) ?? 503;
}

/** Answers with `{error}`; a body that was not read to its end ends the connection. */
export function sendError(response: ServerResponse, thrown: unknown): void {
  const error = toRuntimeError(thrown);
  if (error.code === 'body_too_large') response.setHeader('connection', 'close');
  sendJson(response, statusOf(error), { error: errorBody(error) });
}

/** Sends one event per line until the source ends; what it throws becomes the last line. */
export async function sendStream(response: ServerResponse, events: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  try {
    for await (const event of events) {
      if (response.destroyed) return;
      response.write(`${JSON.stringify(event)}\n`);
    }
  } catch (cause) {
    response.write(`${JSON.stringify({ event: 'error', ...errorBody(toRuntimeError(cause)) })}\n`);
  }
  response.end();
}

/** Aborts when the caller goes away before the answer is complete. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const notice = () => {
    if (!response.writableFinished) gone.abort();
  };
  if (response.destroyed) notice();
  else response.once('close', notice);
  return gone.signal;
}
