import type { HttpAnswer, HttpCall } from './connection.js';
import { faultOfStatus } from './fault.js';
import type { HttpLimits } from './limits.js';
import { isEventStream, ResumedStream } from './resumed-stream.js';

export interface ServerStreamPorts {
  readonly http: (call: HttpCall) => Promise<HttpAnswer>;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly take: (message: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/**
 * Reads what the server says outside of any call, again and again until the end; a server without such a stream answers 405.
 * @throws HttpFault when the server will have no more of it, and what aborted it
 */
export async function followServer({ http, headers, take, signal, limits }: ServerStreamPorts): Promise<void> {
  let hasNone = false;
  const open = async (lastEventId: string | undefined) => {
    const id = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const wanted = { ...headers(), accept: 'text/event-stream', ...id };
    const answer = await http({ method: 'GET', headers: wanted, signal, isTimed: false });
    if (isEventStream(answer)) return answer;
    answer.drop();
    hasNone = answer.status === 405;
    throw faultOfStatus(answer.status, 'mcp-session-id' in wanted);
  };
  const stream = new ResumedStream({ open, take, signal, limits });
  try {
    let answer: HttpAnswer | undefined = await open(undefined);
    for (;;) {
      if (answer !== undefined) await stream.read(answer);
      answer = await stream.reopen();
    }
  } catch (error) {
    if (!hasNone) throw error;
  }
}
