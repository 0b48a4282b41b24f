import { LIMITS } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import { malformed } from '../http/answer.js';
import type { Caller } from '../http/caller.js';
import { path } from '../http/request.js';
import type { BodyReader } from '../ports.js';
import { NO_RETRY } from '../retry.js';

/** One server-sent event (GW-480). */
export interface StreamEvent {
  /** `msgType` of the envelope, or `ping`. */
  readonly event: string;
  /** `msgId`; absent in pings. */
  readonly id?: string;
  /** The envelope's text, unparsed. */
  readonly data: string;
}

/** Event streams (section 10). They end when the connection does: reconnect and re-read (GW-490). */
export type StreamArea = ReturnType<typeof streamArea>;

/** The gateway sends a ping every 30 s. */
const SILENCE_MS = 90_000;

export function streamArea(caller: Caller) {
  const stream = (route: string | undefined, options?: CallOptions) => events(caller, route, options);
  return {
    /** `GET /v1/sse/approvers/{approverId}` (A). */
    approver: (approverId: string, options?: CallOptions): AsyncGenerator<StreamEvent, void> =>
      stream(path`/v1/sse/approvers/${approverId}`, options),
    /** `GET /v1/sse/enforcers/{enforcerId}` (E). */
    enforcer: (enforcerId: string, options?: CallOptions): AsyncGenerator<StreamEvent, void> =>
      stream(path`/v1/sse/enforcers/${enforcerId}`, options),
  };
}

async function* events(
  caller: Caller,
  route: string | undefined,
  options: CallOptions = {},
): AsyncGenerator<StreamEvent, void> {
  const response = await caller.openStream(
    { method: 'GET', path: route, statuses: [200], repeatable: false, authenticated: true },
    { ...options, retry: NO_RETRY },
  );
  if (response.body === null) return;
  const reader = response.body.getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      const chunk = await readWithin(caller, reader, options);
      if (chunk === undefined) return;
      yield* parser.push(chunk);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Next bytes, or `undefined` at the end, after a silence or when the caller gave up. */
async function readWithin(caller: Caller, reader: BodyReader, options: CallOptions): Promise<Uint8Array | undefined> {
  const guard = caller.transport.deadline(SILENCE_MS, options.signal);
  const end = new Promise<undefined>((resolve) => {
    guard.signal.addEventListener('abort', () => resolve(undefined));
    if (guard.signal.aborted) resolve(undefined);
  });
  try {
    const next = await Promise.race([reader.read(), end]);
    return next === undefined || next.done ? undefined : next.value;
  } catch {
    // The connection broke: for a hint that is the same as its end.
    return undefined;
  } finally {
    guard.clear();
  }
}

/** Reads the event-stream format: lines end in LF, CR or both; a blank line ends an event. */
export class EventParser {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private pending: Uint8Array = new Uint8Array(0);
  private event = 'message';
  private id: string | undefined;
  private data: string[] = [];
  private size = 0;

  /** Events that are complete with these bytes. */
  push(chunk: Uint8Array): readonly StreamEvent[] {
    const bytes = new Uint8Array(this.pending.length + chunk.length);
    bytes.set(this.pending);
    bytes.set(chunk, this.pending.length);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.pending = bytes.slice(end);
    this.size += chunk.length;
    if (this.size > LIMITS.frameBytes) throw malformed('An event of the gateway is too large');
    const lines = this.decoder.decode(bytes.subarray(0, end)).split(/\r\n|\n|\r/);
    return lines.slice(0, -1).flatMap((line) => this.line(line));
  }

  private line(line: string): readonly StreamEvent[] {
    if (line === '') return this.dispatch();
    const [, name = '', value = ''] = /^([^:]*):? ?([\s\S]*)$/.exec(line) ?? [];
    if (name === 'event') this.event = value;
    else if (name === 'id') this.id = value;
    else if (name === 'data') this.data.push(value);
    return [];
  }

  private dispatch(): readonly StreamEvent[] {
    const { event, id, data } = this;
    this.event = 'message';
    this.id = undefined;
    this.data = [];
    this.size = this.pending.length;
    return data.length === 0 ? [] : [{ event, ...(id === undefined ? {} : { id }), data: data.join('\n') }];
  }
}
