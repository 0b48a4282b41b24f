import type { HttpAnswer, HttpCall } from './connection.js';
import { EventSplitter } from './event-splitter.js';
import type { HttpLimits } from './limits.js';
import { isEventStream } from './resumed-stream.js';

export interface OldServerPorts {
  readonly http: (call: HttpCall) => Promise<HttpAnswer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly limits: HttpLimits;
}

/** Statuses with which a server of 2024-11-05 answers a POST to its stream. */
const REFUSALS = new Set([400, 404, 405]);

/** Whether the server that refused a handshake speaks HTTP+SSE of 2024-11-05, whose stream begins with `event: endpoint`. */
export async function isOldServer(status: number, { http, headers, signal, limits }: OldServerPorts): Promise<boolean> {
  if (!REFUSALS.has(status)) return false;
  const splitter = new EventSplitter(limits.messageBytes);
  try {
    const ending = AbortSignal.any([signal, AbortSignal.timeout(limits.connectMs)]);
    const wanted = { ...headers, accept: 'text/event-stream' };
    const answer = await http({ method: 'GET', headers: wanted, signal: ending, isTimed: true });
    try {
      if (!isEventStream(answer)) return false;
      for await (const chunk of answer.body) {
        const [first] = splitter.push(chunk);
        if (first !== undefined) return first.type === 'endpoint';
      }
      return false;
    } finally {
      answer.drop();
    }
  } catch {
    // It is only asked to explain a failure that there is anyway.
    return false;
  }
}
