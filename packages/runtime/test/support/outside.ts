import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { AuthorizeAnswer, AuthorizeBody } from '../../src/socket/authorize-api.js';
import type { Paired } from './signing.js';
import { raw, type RawAnswer } from './serve.js';

/** What somebody else's program asks. */
export function authorizeBody(workspace: string, over: Partial<AuthorizeBody> = {}): AuthorizeBody {
  return {
    workspace,
    source: 'my-agent',
    sessionId: 's-1',
    tool: 'delete_records',
    inputJson: '{"table":"users"}',
    timeoutSeconds: 60,
    ...over,
  };
}

export type Asked = { readonly status: number; readonly answer: AuthorizeAnswer };

/** Asks on the Unix socket and gives the answer as it is. */
export async function authorize(made: Paired, over: Partial<AuthorizeBody> = {}): Promise<Asked> {
  const body = JSON.stringify(authorizeBody(made.workspace, over));
  const answer = await raw(made.paths, { path: '/v1/authorize', body });
  return { status: answer.status, answer: JSON.parse(answer.body) as AuthorizeAnswer };
}

export const approving = (made: Paired) => {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
};

/** What the human saw, one plaintext per question. */
export const cards = (made: Paired) => [...made.relay.artifacts.values()].map((one) => made.human.read(one));

export interface TcpCall {
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/** A request of an ordinary HTTP client to the loopback endpoint. */
export async function tcp({ port, method = 'POST', path = '/v1/authorize', ...call }: TcpCall): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: { 'content-type': 'application/json', ...call.headers } as Record<string, string | string[]>,
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(call.body);
  });
}

/** Writes bytes as they are and gives everything that comes back until the other side closes. */
export async function wire(
  port: number,
  ...chunks: readonly (string | { readonly afterMs: number })[]
): Promise<string> {
  return await new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (cause) => ('code' in cause && cause.code === 'ECONNRESET' ? resolve(text) : reject(cause)));
    const write = async () => {
      for (const chunk of chunks) {
        if (typeof chunk === 'string') socket.write(chunk);
        else await new Promise((next) => setTimeout(next, chunk.afterMs));
      }
    };
    write().catch(reject);
  });
}
