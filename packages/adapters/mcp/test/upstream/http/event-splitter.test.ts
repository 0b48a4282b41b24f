import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventSplitter, type StreamEvent } from '../../../src/upstream/http/event-splitter.js';
import { HttpFault } from '../../../src/upstream/http/fault.js';

/** `type|data|id|retry` of each event. */
function split(chunks: readonly Uint8Array[], maxBytes = 10_000): readonly string[] {
  const splitter = new EventSplitter(maxBytes);
  return chunks.flatMap((chunk) => splitter.push(chunk)).map(shown);
}

const shown = ({ type, data, id, retryMs }: StreamEvent) =>
  [type, Buffer.from(data).toString('utf8'), id ?? '', retryMs ?? ''].join('|');
const bytes = (text: string) => Buffer.from(text, 'utf8');

const TABLE: readonly (readonly [name: string, stream: string, events: readonly string[]])[] = [
  ['one event', 'data: {"a":1}\n\n', ['message|{"a":1}||']],
  ['no space after the colon', 'data:{"a":1}\n\n', ['message|{"a":1}||']],
  ['only one space is cut', 'data:  {"a":1}\n\n', ['message| {"a":1}||']],
  ['lines that end in CR LF', 'data: 1\r\n\r\n', ['message|1||']],
  ['lines that end in CR', 'data: 1\r\rdata: 2\r\r', ['message|1||', 'message|2||']],
  ['data in several lines becomes one line', 'data: {\ndata: "a":1}\n\n', ['message|{ "a":1}||']],
  ['a named event', 'event: endpoint\ndata: /messages\n\n', ['endpoint|/messages||']],
  ['id and retry', 'id: 7\nretry: 250\ndata:\n\n', ['message||7|250']],
  ['an id without data', 'id: 7\n\n', ['message||7|']],
  ['an id that no header can carry', 'id: a\u0000b\ndata: 1\n\n', ['message|1||']],
  ['an id beyond ASCII, byte by byte', 'id: é\ndata: 1\n\n', ['message|1|Ã©|']],
  ['a retry that is no number', 'retry: soon\ndata: 1\n\n', ['message|1||']],
  ['comments', ': keep-alive\n\ndata: 1\n\n', ['message|||', 'message|1||']],
  ['unknown fields', 'colour: red\ndata: 1\n\n', ['message|1||']],
  ['a field without a colon', 'data\ndata\n\n', ['message| ||']],
  ['a byte order mark at the start', '\ufeffdata: 1\n\n', ['message|1||']],
  ['a byte order mark later', 'data: \ufeff1\n\n', ['message|\ufeff1||']],
  ['an event that never ends', 'data: 1\n', []],
];

describe('an event stream is split on its bytes', () => {
  it.each(TABLE)('%s', (_name, stream, events) => {
    expect(split([bytes(stream)])).toEqual(events);
    expect(split([...bytes(stream)].map((byte) => Uint8Array.of(byte)))).toEqual(events);
  });

  it('wherever it is cut, also inside a character', () => {
    const event = fc.record({ data: fc.string({ unit: 'binary' }), end: fc.constantFrom('\n', '\r', '\r\n') });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), fc.array(fc.nat(200)), (events, cuts) => {
        const one = events.map(({ data, end }) => `data: ${data.replaceAll(/[\r\n]/g, ' ')}${end}${end}`).join('');
        const whole = bytes(one);
        const places = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort((a, b) => a - b);
        const pieces = [...places, whole.length].map((end, index) => whole.subarray(places[index - 1] ?? 0, end));
        expect(split(pieces)).toEqual(split([whole]));
        expect(split([whole])).toHaveLength(events.length);
      }),
    );
  });

  it('gives the bytes of the data as they came, UTF-8 or not', () => {
    const data = fc.uint8Array().map((all) => all.filter((byte) => byte !== 0x0a && byte !== 0x0d));
    fc.assert(
      fc.property(data, (wanted) => {
        const [event] = new EventSplitter(10_000).push(Buffer.concat([bytes('data: '), wanted, bytes('\n\n')]));
        expect(Buffer.from(event?.data ?? [])).toEqual(Buffer.from(wanted));
      }),
    );
  });

  it.each([
    ['one long line', `data: ${'a'.repeat(200)}`],
    ['many short lines', 'data: a\n'.repeat(40)],
    ['many comments in one event', ':\n'.repeat(200)],
  ])('refuses an event that is too large: %s', (_name, stream) => {
    expect(() => split([bytes(stream)], 100)).toThrow(HttpFault);
    expect(split([bytes('data: 1\n\n'.repeat(100))], 100)).toHaveLength(100);
  });
});
