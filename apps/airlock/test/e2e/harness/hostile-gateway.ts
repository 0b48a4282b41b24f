import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  /** Sends the request on to the honest gateway. */
  forward(): Promise<Answer>;
}

type Interceptor = (passing: Passing) => Promise<Answer>;

const HOP_BY_HOP = new Set(['connection', 'transfer-encoding', 'keep-alive', 'content-length']);

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function honest(upstream: URL, message: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = httpRequest(
      {
        host: upstream.hostname,
        port: upstream.port,
        method: message.method,
        path: message.url,
        headers: { ...message.headers, host: upstream.host, connection: 'close' },
      },
      (answer) => {
        bodyOf(answer).then((bytes) => {
          const headers = Object.fromEntries(
            Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name)),
          ) as Record<string, string>;
          resolve({ status: answer.statusCode ?? 502, headers, body: bytes });
        }, reject);
      },
    );
    message.on('close', () => onward.destroy());
    onward.on('error', reject);
    onward.end(body);
  });
}

/** A gateway operator with bad intent: everything passes through here and can be held, changed or invented. */
export class HostileGateway {
  #interceptor: Interceptor = (passing) => passing.forward();
  readonly #server: Server;

  private constructor(upstream: URL) {
    this.#server = createServer((message, response) => {
      this.#handle(upstream, message, response).catch(() => response.destroy());
    });
    this.#server.on('upgrade', (_message, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
  }

  static async before(upstream: string): Promise<HostileGateway> {
    const gateway = new HostileGateway(new URL(upstream));
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes over every request until the next call; without an argument the gateway is honest again. */
  intercept(interceptor: Interceptor = (passing) => passing.forward()): void {
    this.#interceptor = interceptor;
  }

  /** Rewrites each delivered decision. */
  onDecision(rewrite: (envelope: DeliveredEnvelope) => unknown): void {
    this.intercept(async (passing) => {
      const answer = await passing.forward();
      if (!isWait(passing) || answer.status !== 200) return answer;
      const envelope = rewrite(JSON.parse(answer.body.toString()) as DeliveredEnvelope);
      return { ...answer, body: Buffer.from(JSON.stringify(envelope)) };
    });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #handle(upstream: URL, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(message);
    const answer = await this.#interceptor({
      method: message.method ?? 'GET',
      path: message.url ?? '/',
      body,
      forward: () => honest(upstream, message, body),
    });
    response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
    response.end(answer.status === 204 ? undefined : answer.body);
  }
}

export interface DeliveredEnvelope {
  readonly requestId: string;
  readonly msgId: string;
  readonly body: {
    readonly artifactHash: string;
    readonly decision: string;
    readonly nonce: string;
    readonly signerKeyId: string;
    readonly signature: string;
    readonly harpDecision?: Readonly<Record<string, unknown>>;
  };
}

export function isWait(passing: { readonly path: string }): boolean {
  return /^\/v1\/exchanges\/[^/]+\/wait/.test(passing.path);
}
