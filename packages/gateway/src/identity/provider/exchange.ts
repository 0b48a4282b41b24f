import type { IncomingMessage, ServerResponse } from 'node:http';
import { HARP_VERSION, type JsonObject } from '@airlock/protocol';
import type { Page } from '../pages/html.js';

/** One request to a page or endpoint beside the provider's own. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Full URL below our public origin, whatever the Host header said. */
  readonly url: URL;
  /** Client address as far as the gateway believes it. */
  readonly address: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A form that cannot be read; `status` is the answer. */
export class FormError extends Error {
  override readonly name = 'FormError';

  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

const FORM_TYPE = 'application/x-www-form-urlencoded';
const FORM_BYTES = 16_384;

/** Reads an url-encoded form. @throws FormError for another type, more than 16 KiB, malformed UTF-8 or repeated members */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const [type] = (request.headers['content-type'] ?? '').split(';');
  if (type?.trim().toLowerCase() !== FORM_TYPE) throw new FormError(415, `Send ${FORM_TYPE}`);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > FORM_BYTES) throw new FormError(413, 'The form is larger than 16 KiB');
    chunks.push(bytes);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) throw new FormError(400, 'A member is repeated');
  return form;
}

/** True when a browser sent the form from another site; programs send no Origin. */
export function isForeignForm(exchange: Exchange): boolean {
  const { origin } = exchange.request.headers;
  return origin !== undefined && origin !== exchange.url.origin;
}

export function sendPage({ response }: Exchange, page: Page): void {
  response.writeHead(page.status, { ...page.headers, 'X-HARP-Version': HARP_VERSION });
  response.end(page.body);
}

export function sendJson(
  { response }: Exchange,
  status: number,
  answer: { readonly body: JsonObject; readonly retryAfterSeconds?: number },
): void {
  const { body, retryAfterSeconds } = answer;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-HARP-Version': HARP_VERSION,
    ...(status === 413 && { Connection: 'close' }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify(body));
}

export function redirect({ response }: Exchange, location: string): void {
  response.writeHead(303, {
    Location: location,
    'Content-Length': '0',
    'Cache-Control': 'no-store',
    'X-HARP-Version': HARP_VERSION,
  });
  response.end();
}
