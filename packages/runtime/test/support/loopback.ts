import { afterEach } from 'vitest';
import { type Listening, listenOnLoopback, type ListenerParts } from '../../src/endpoint/listener.js';
import { newToken } from '../../src/endpoint/token.js';
import type { CheckAnswer, CheckedMessage } from '../../src/host/gateway-check.js';
import { nodePorts } from '../../src/ports/ports.js';
import type { AuthorizeBody } from '../../src/socket/authorize-api.js';
import { tcp, type TcpCall } from './outside.js';
import type { RawAnswer } from './serve.js';

export const BOUND = '/srv/bound';

const running: Listening[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

export interface Loopback {
  readonly port: number;
  readonly token: string;
  /** Everything that came through to the daemon. */
  readonly asked: (AuthorizeBody | CheckedMessage)[];
  readonly send: (call?: Omit<TcpCall, 'port'>) => Promise<RawAnswer>;
}

/** The listener on a real port, before a daemon of the test that allows everything. */
export async function loopback(over: Partial<ListenerParts> = {}): Promise<Loopback> {
  const { token, sha256: tokenSha256 } = newToken(nodePorts);
  const asked: (AuthorizeBody | CheckedMessage)[] = [];
  const listening = await listenOnLoopback(
    { workspace: BOUND, port: 0, tokenSha256 },
    {
      ports: nodePorts,
      authorize: async (body) => {
        asked.push(body);
        return { decision: 'allow', requestId: 'req-1' };
      },
      check: async (message): Promise<CheckAnswer> => {
        asked.push(message);
        return { permission: 'allow', body: '' };
      },
      activity: { enter: () => undefined, leave: () => undefined },
      ...over,
    },
  );
  running.push(listening);
  const { port } = listening;
  const body = JSON.stringify({ source: 'g', sessionId: 's', tool: 't', inputJson: '{}', timeoutSeconds: 5 });
  const send = async ({ headers, ...call }: Omit<TcpCall, 'port'> = {}) =>
    await tcp({ port, body, ...call, headers: { authorization: `Bearer ${token}`, ...headers } });
  return { port, token, asked, send };
}
