import { HttpFault } from './fault.js';
import { GatheredBytes } from './gathered-bytes.js';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** `message` unless the event names another. */
  readonly type: string;
  /** Its lines joined by a space, see {@link EventSplitter}; empty without any. */
  readonly data: Uint8Array;
  /** As a header can carry it: one character per byte. */
  readonly id?: string;
  readonly retryMs?: number;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const MAX_ID_BYTES = 1024;

/**
 * Splits an event stream on its bytes (WHATWG HTML 9.2): lines end in LF, CR or both, a blank line ends an event. Lines of
 * data are joined by a space instead of LF, because a message has to fit into one line further on: between two tokens of
 * JSON both are white space, and inside a token neither CR nor LF can stand.
 */
export class EventSplitter {
  /** Of the line that is not complete. */
  readonly #rest = new GatheredBytes();
  readonly #data = new GatheredBytes();
  /** Of the event so far, everything counted. */
  #bytes = 0;
  #isAfterCr = false;
  #isStart = true;
  #type = '';
  #id: string | undefined;
  #retryMs: number | undefined;
  #hasData = false;

  /** @param maxBytes of one event */
  constructor(private readonly maxBytes: number) {}

  /**
   * Events that are complete with these bytes.
   * @throws HttpFault `answer_too_large`
   */
  push(chunk: Uint8Array): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== LF && byte !== CR) {
        this.#isAfterCr = false;
        continue;
      }
      if (byte === LF && this.#isAfterCr) {
        this.#isAfterCr = false;
      } else {
        this.#isAfterCr = byte === CR;
        this.#keep(chunk.subarray(start, at));
        const event = this.#line(this.#takeLine());
        if (event !== undefined) events.push(event);
      }
      start = at + 1;
    }
    this.#keep(chunk.subarray(start));
    return events;
  }

  #keep(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.maxBytes)
      throw new HttpFault('answer_too_large', 'an event of the server is too large', true);
    this.#rest.append(bytes);
  }

  #takeLine(): Uint8Array {
    const line = this.#rest.take();
    const hasMark = this.#isStart && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
    this.#isStart = false;
    return hasMark ? line.subarray(3) : line;
  }

  #line(line: Uint8Array): StreamEvent | undefined {
    if (line.length === 0) return this.#event();
    const colon = line.indexOf(COLON);
    const name = latin1(colon < 0 ? line : line.subarray(0, colon));
    const after = colon < 0 ? line.length : colon + 1;
    const value = line.subarray(line[after] === SPACE ? after + 1 : after);
    if (name === 'data') this.#addData(value);
    else if (name === 'event') this.#type = latin1(value);
    else if (name === 'id') this.#id = idOf(value) ?? this.#id;
    else if (name === 'retry') this.#retryMs = milliseconds(latin1(value)) ?? this.#retryMs;
    return undefined;
  }

  #addData(value: Uint8Array): void {
    if (this.#hasData) this.#data.append(Uint8Array.of(SPACE));
    this.#data.append(value);
    this.#hasData = true;
  }

  #event(): StreamEvent {
    const event = {
      type: this.#type === '' ? 'message' : this.#type,
      data: this.#data.take(),
      ...(this.#id === undefined ? {} : { id: this.#id }),
      ...(this.#retryMs === undefined ? {} : { retryMs: this.#retryMs }),
    };
    this.#bytes = 0;
    this.#type = '';
    this.#id = undefined;
    this.#retryMs = undefined;
    this.#hasData = false;
    return event;
  }
}

/** Only what a header can carry back. */
function idOf(value: Uint8Array): string | undefined {
  const isCarried = value.every((byte) => byte === 0x09 || (byte >= SPACE && byte !== 0x7f));
  return isCarried && value.length <= MAX_ID_BYTES ? latin1(value) : undefined;
}

function milliseconds(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
