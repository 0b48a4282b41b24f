import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { faultOf, HttpFault } from './fault.js';
import type { HttpLimits } from './limits.js';

export interface HttpCall {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  /** Called once when the request has left. */
  readonly onSent?: () => void;
  /** False for streams that may be silent for as long as they like. */
  readonly isTimed: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower case, without parameters; empty without one. */
  readonly mediaType: string;
  /** One value of a header; undefined where there is none, or more than one. */
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the answer where it is. */
  readonly drop: () => void;
}

/** Requests to one address: own connections, no proxy from the environment, no redirects, certificates verified. */
export class Connection {
  readonly #agent: Agent;

  constructor(
    private readonly address: URL,
    private readonly limits: HttpLimits,
  ) {
    this.#agent = new Agent({
      // Named here because the environment could otherwise turn verification off (NODE_TLS_REJECT_UNAUTHORIZED).
      connect: { rejectUnauthorized: true, timeout: limits.connectMs },
      pipelining: 1,
    });
  }

  /** @throws HttpFault */
  async call({ method, headers, body, signal, onSent, isTimed }: HttpCall): Promise<HttpAnswer> {
    let wasSent = false;
    const bytes = body ?? new Uint8Array(0);
    // Asked for its first piece only when a connection stands, and for more only when that is written.
    async function* leaving(): AsyncGenerator<Uint8Array, void> {
      wasSent = true;
      yield bytes;
      onSent?.();
    }
    const silence = isTimed ? this.limits.silenceMs : 0;
    try {
      const answer = await request(this.address, {
        dispatcher: this.#agent,
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(bytes.length) }) },
        ...(body === undefined ? {} : { body: Readable.from(leaving(), { highWaterMark: 0 }) }),
        signal,
        headersTimeout: silence,
        bodyTimeout: silence,
      });
      return readable(answer);
    } catch (error) {
      throw faultOf(error, wasSent);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function readable({ statusCode, headers, body }: Dispatcher.ResponseData): HttpAnswer {
  // A body that is dropped early reports so to nobody.
  body.on('error', () => undefined);
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  if ((header('content-encoding') ?? 'identity').toLowerCase() !== 'identity') {
    body.destroy();
    throw new HttpFault('answer_invalid', 'the server compressed its answer, which it was not asked for', true);
  }
  return {
    status: statusCode,
    mediaType: (header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    header,
    body: checked(body),
    drop: () => body.destroy(),
  };
}

async function* checked(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    throw faultOf(error, true);
  }
}
