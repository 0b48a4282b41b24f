import { type JsonObject, LIMITS } from '@airlock/protocol';
import { type IdentityChecks, stillAuthorised } from '../http/authorise.js';
import type { CredentialHeaders } from '../identity-port.js';
import { addressOf, type ChannelParty } from '../live/channels.js';
import type { PresenceChannel } from '../live/presence.js';
import type { Cancel } from '../ports.js';
import type { ServiceDeps } from '../services/deps.js';

export interface EventStreamDeps extends ServiceDeps {
  readonly identity: IdentityChecks;
}

/** Who reads a stream, and with which credential. */
export interface StreamReader {
  readonly party: ChannelParty;
  readonly credentials: CredentialHeaders;
}

const PING = 'event: ping\ndata: {}\n\n';
/** A reader that falls this many events behind is cut off: what it misses is in the inbox (GW-490). */
const BACKLOG = 256;
const encoder = new TextEncoder();

/** One event (GW-480). */
export function sseEvent(message: JsonObject, text: string): string {
  const { msgType, msgId } = message;
  if (typeof msgType !== 'string' || typeof msgId !== 'string') throw new TypeError('no envelope');
  return `event: ${msgType}\nid: ${msgId}\ndata: ${text}\n\n`;
}

class EventStream {
  readonly #deps: EventStreamDeps;
  readonly #reader: StreamReader;
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  readonly #presence: PresenceChannel | undefined;
  readonly #leave: () => void;
  #timer: Cancel;
  #open = true;

  constructor(deps: EventStreamDeps, reader: StreamReader, controller: ReadableStreamDefaultController<Uint8Array>) {
    const { party } = reader;
    this.#deps = deps;
    this.#reader = reader;
    this.#controller = controller;
    this.#presence =
      'enforcerId' in party
        ? deps.presence.connected(addressOf(party.principal, party.enforcerId), 'sse', deps.ports.now())
        : undefined;
    this.#leave = deps.channels.add(party, {
      transport: 'sse',
      send: (message, text) => this.#write(sseEvent(message, text)),
      shutDown: () => this.#end(),
    });
    this.#timer = this.#nextBeat();
    this.#write(PING);
  }

  /** The reader went away. */
  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#timer();
    this.#leave();
    this.#presence?.closed(this.#deps.ports.now());
  }

  #end(): void {
    if (!this.#open) return;
    this.closed();
    this.#controller.close();
  }

  #write(text: string): void {
    if (!this.#open) return;
    if ((this.#controller.desiredSize ?? 0) < -BACKLOG) this.#end();
    else this.#controller.enqueue(encoder.encode(text));
  }

  #nextBeat(): Cancel {
    return this.#deps.ports.after(LIMITS.socketPingMs, () => {
      this.#beat().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'stream check failed');
        this.#end();
      });
    });
  }

  async #beat(): Promise<void> {
    const now = this.#deps.ports.now();
    const { party, credentials } = this.#reader;
    const opened = { credentials, principal: party.principal };
    const may = await stillAuthorised(this.#deps.identity, opened, now);
    if (!this.#open) return;
    if (!may) {
      this.#end();
      return;
    }
    this.#presence?.seen(now);
    this.#write(PING);
    this.#timer = this.#nextBeat();
  }
}

/** Bytes of an event stream for as long as its reader stays and may read. */
export function eventStream(deps: EventStreamDeps, reader: StreamReader): ReadableStream<Uint8Array> {
  let stream: EventStream | undefined;
  return new ReadableStream({
    start: (controller) => {
      stream = new EventStream(deps, reader, controller);
    },
    cancel: () => stream?.closed(),
  });
}
