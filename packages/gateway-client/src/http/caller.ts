import { HARP_VERSION } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Credentials } from '../credentials.js';
import { GatewayError } from '../errors.js';
import type { Deadline, FetchResponse, GatewayTransport } from '../ports.js';
import { NO_RETRY, type RetryPolicy, retryDelay } from '../retry.js';
import { type Answer, decodeText, parseBody, successAnswer } from './answer.js';
import { type Authenticator, createAuthenticator } from './authenticator.js';
import { type ApiRequest, payload, queryString } from './request.js';

/** What every call of one client shares. */
export interface CallerOptions {
  /** Checked base URL without a trailing slash. */
  readonly baseUrl: string;
  readonly transport: GatewayTransport;
  readonly credentials: Credentials;
  readonly retry: RetryPolicy;
  /** Milliseconds for one attempt, body included. */
  readonly timeoutMs: number;
}

/** A route whose success body is handed on unparsed. */
export type TextRequest = Omit<ApiRequest<never>, 'read' | 'status'> & { readonly statuses: readonly number[] };

/** Sends requests: credentials, deadline, repetition, classification. */
export interface Caller {
  readonly transport: GatewayTransport;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly authenticator: Authenticator;
  /** The parsed success body. */
  call<T>(request: ApiRequest<T>, options?: CallOptions): Promise<T>;
  /** Status and unparsed text of a success. */
  callText(request: TextRequest, options?: CallOptions): Promise<{ readonly status: number; readonly text: string }>;
  /** The open answer of a stream; the caller reads and cancels its body. `options.signal` ends it. */
  openStream(request: TextRequest, options?: CallOptions): Promise<FetchResponse>;
}

type Sendable = Omit<TextRequest, 'statuses' | 'maxBytes'>;
type Take<T> = (response: FetchResponse) => Promise<T>;

/** Creates the caller of one client. */
export function createCaller(options: CallerOptions): Caller {
  const authenticator = createAuthenticator(options.credentials);
  const sender = new Sender(options, authenticator);
  const answer = (request: TextRequest, call: CallOptions): Promise<Answer> =>
    sender.repeat(request, call, (response) => successAnswer(response, request));
  return {
    transport: options.transport,
    baseUrl: options.baseUrl,
    timeoutMs: options.timeoutMs,
    authenticator,
    async call(request, call = {}) {
      const { status, bytes } = await answer({ ...request, statuses: [request.status] }, call);
      return status === 204 ? request.read(null) : parseBody(bytes, request.read);
    },
    async callText(request, call = {}) {
      const { status, bytes } = await answer(request, call);
      return { status, text: decodeText(bytes) };
    },
    openStream: (request, call = {}) =>
      sender.repeat(request, call, async (response) => {
        if (!request.statuses.includes(response.status)) await successAnswer(response, request);
        return response;
      }),
  };
}

class Sender {
  constructor(
    private readonly options: CallerOptions,
    private readonly authenticator: Authenticator,
  ) {}

  async repeat<T>(request: Sendable, call: CallOptions, take: Take<T>): Promise<T> {
    const policy = request.repeatable ? (call.retry ?? this.options.retry) : NO_RETRY;
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.authorised(request, call, take);
      } catch (error) {
        const delay = this.delayAfter(error, policy, failures);
        if (delay === undefined) throw error;
        await this.options.transport.sleep(delay, call.signal);
        if (call.signal?.aborted === true) throw aborted(error);
      }
    }
  }

  private delayAfter(error: unknown, policy: RetryPolicy, failures: number): number | undefined {
    if (!(error instanceof GatewayError) || !error.retryable) return undefined;
    return retryDelay(policy, {
      failures,
      random: this.options.transport.random(),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    });
  }

  /** One attempt, and on a 401 a second one with a fresh token and the same bytes (ART-170). */
  private async authorised<T>(request: Sendable, call: CallOptions, take: Take<T>): Promise<T> {
    if (!request.authenticated) return this.attempt(request, call, { take, headers: {} });
    const first = await this.authenticator.headers();
    try {
      return await this.attempt(request, call, { take, headers: first });
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'unauthorized') throw error;
      const second = await this.authenticator.headersAfterRefusal(first);
      if (second === undefined) throw error;
      return this.attempt(request, call, { take, headers: second });
    }
  }

  private async attempt<T>(
    request: Sendable,
    call: CallOptions,
    { take, headers }: { readonly take: Take<T>; readonly headers: Readonly<Record<string, string>> },
  ): Promise<T> {
    if (request.path === undefined) throw invalidIdentifier();
    if (call.signal?.aborted === true) throw aborted();
    const deadline = this.options.transport.deadline(call.timeoutMs ?? this.options.timeoutMs, call.signal);
    let response: FetchResponse | undefined;
    try {
      response = await this.fetch(request, deadline, headers);
      return await take(response);
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      throw broken(error, { deadline, call, answered: response !== undefined });
    } finally {
      deadline.clear();
    }
  }

  private fetch(
    request: Sendable,
    deadline: Deadline,
    headers: Readonly<Record<string, string>>,
  ): Promise<FetchResponse> {
    const { type, text } = payload(request);
    const { transport, baseUrl } = this.options;
    return transport.fetch(baseUrl + (request.path ?? '') + queryString(request.query), {
      method: request.method,
      headers: {
        Accept: 'application/json',
        'X-HARP-Version': HARP_VERSION,
        ...(type === undefined ? {} : { 'Content-Type': type }),
        ...headers,
      },
      ...(text === undefined ? {} : { body: text }),
      redirect: 'manual',
      signal: deadline.signal,
    });
  }
}

interface Circumstances {
  readonly deadline: Deadline;
  readonly call: CallOptions;
  /** The status line had arrived: the gateway was reached. */
  readonly answered: boolean;
}

function broken(cause: unknown, { deadline, call, answered }: Circumstances): GatewayError {
  if (call.signal?.aborted === true && !deadline.expired) return aborted(cause);
  if (answered) {
    const message = 'The answer of the gateway broke off';
    return new GatewayError({ kind: 'malformed', code: 'response_cut_off', message, retryable: true, cause });
  }
  const [code, message] = deadline.expired
    ? ['gateway_timeout', 'The gateway did not answer in time']
    : ['gateway_unreachable', 'The gateway cannot be reached'];
  const sent = wasSent(cause) ? {} : { sent: false };
  return new GatewayError({ kind: 'unreachable', code, message, retryable: true, cause, ...sent });
}

function wasSent(cause: unknown): boolean {
  return !(typeof cause === 'object' && cause !== null && 'sent' in cause && cause.sent === false);
}

function invalidIdentifier(): GatewayError {
  const message = 'An identifier cannot stand in a URL path';
  return new GatewayError({ kind: 'malformed', code: 'invalid_identifier', message, retryable: false });
}

function aborted(cause?: unknown): GatewayError {
  const message = 'The call was given up by its caller';
  return new GatewayError({ kind: 'aborted', code: 'aborted', message, retryable: false, cause });
}
