import { type JsonValue, parseErrorBody, parseJson, utf8Decode } from '@airlock/protocol';
import { type FailureKind, GatewayError } from '../errors.js';
import type { FetchResponse } from '../ports.js';
import { readBody } from './body.js';

/** Error bodies are small; anything larger is not of the contract. */
const MAX_ERROR_BYTES = 64 * 1024;
/** Body size of a success answer without a limit of its own. */
const DEFAULT_MAX_BYTES = 1024 * 1024;

/** What a route expects of its answer. */
export interface AnswerExpectation {
  readonly statuses: readonly number[];
  readonly maxBytes?: number;
}

/** A success answer with its whole body. */
export interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/**
 * Turns an HTTP answer into its bytes, or throws what it means.
 * @throws GatewayError for every status that the route does not use for success
 */
export async function successAnswer(response: FetchResponse, expected: AnswerExpectation): Promise<Answer> {
  if (!expected.statuses.includes(response.status)) throw await failure(response);
  return { status: response.status, bytes: await readBody(response, expected.maxBytes ?? DEFAULT_MAX_BYTES) };
}

/**
 * Parses a success body strictly.
 * @throws GatewayError `malformed_response`
 */
export function parseBody<T>(bytes: Uint8Array, read: (body: JsonValue) => T): T {
  try {
    return read(parseJson(bytes));
  } catch (cause) {
    throw malformed('The gateway answered with something that is not of the contract', cause);
  }
}

/**
 * Decodes a success body that is handed on unparsed.
 * @throws GatewayError `malformed_response` when it is not UTF-8
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes);
  } catch (cause) {
    throw malformed('The gateway answered with something that is not UTF-8', cause);
  }
}

/** A {@link GatewayError} for an answer that cannot be understood. */
export function malformed(message: string, cause?: unknown): GatewayError {
  return new GatewayError({ kind: 'malformed', code: 'malformed_response', message, retryable: false, cause });
}

/** What an answer of an unexpected status means. Status 0 is how browsers show a redirect they did not follow. */
async function failure(response: FetchResponse): Promise<GatewayError> {
  const { status } = response;
  if (status < 400) await response.body?.getReader().cancel();
  if (status === 0 || (status >= 300 && status < 400)) {
    return new GatewayError({
      kind: 'malformed',
      code: 'redirect_refused',
      message: 'The gateway answered with a redirect, which is never followed',
      status,
      retryable: false,
    });
  }
  if (status < 400) {
    return new GatewayError({
      kind: 'malformed',
      code: 'unexpected_status',
      message: `The gateway answered ${status}, which this route does not use`,
      status,
      retryable: false,
    });
  }
  return wireError(status, await errorJson(response), retryAfter(response));
}

function wireError(status: number, json: JsonValue | undefined, retryAfterMs: number | undefined): GatewayError {
  const parsed = parseErrorBody(status, json);
  return new GatewayError({
    kind: kindOf(status),
    code: parsed.code === 'unknown' ? 'unexpected_status' : parsed.code,
    message: parsed.message,
    status,
    retryable: parsed.retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(parsed.consent === undefined ? {} : { consent: parsed.consent }),
    ...(parsed.state === undefined ? {} : { state: parsed.state }),
  });
}

function kindOf(status: number): FailureKind {
  if (status === 401) return 'unauthorized';
  return status === 403 ? 'forbidden' : 'rejected';
}

async function errorJson(response: FetchResponse): Promise<JsonValue | undefined> {
  try {
    return parseJson(await readBody(response, MAX_ERROR_BYTES));
  } catch {
    // The status alone says enough: a proxy's HTML page or a cut body must not hide it.
    return undefined;
  }
}

function retryAfter(response: FetchResponse): number | undefined {
  const seconds = /^\d{1,7}$/.exec(response.headers.get('retry-after') ?? '')?.[0];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
