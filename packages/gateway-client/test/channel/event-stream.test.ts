import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser } from '../../src/channel/event-stream.js';
import { createGatewayClient } from '../../src/index.js';
import { memoryTransport } from '../memory-transport.js';
import { GATEWAY_MESSAGES } from '../vectors/gateway-messages.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const VECTORS = GATEWAY_MESSAGES.sse.map(({ text }) => text).join('');
const EXPECTED = [
  expect.objectContaining({ event: 'approval.request', id: 'msg-dae4d399-d3ff-4b19-ae82-2d3b9ed6201c' }),
  expect.objectContaining({ event: 'decision.deliver', id: 'msg-b8bfe177-f945-442f-a637-c1e3fcf87654' }),
  { event: 'ping', data: '{}' },
];

describe('event streams', () => {
  it('reads the vectors however the network cuts them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 20 }), (cuts) => {
        const parser = new EventParser();
        const all = bytes(VECTORS);
        const events = [];
        let at = 0;
        for (const cut of [...cuts, all.length]) {
          events.push(...parser.push(all.subarray(at, at + cut)));
          at += cut;
        }
        expect(events).toEqual(EXPECTED);
      }),
    );
  });

  it.each([
    ['CRLF', 'event: ping\r\ndata: {}\r\n\r\n', [{ event: 'ping', data: '{}' }]],
    ['comments', ': hi\n\ndata: x\n\n', [{ event: 'message', data: 'x' }]],
    ['several data lines', 'data: a\ndata: b\n\n', [{ event: 'message', data: 'a\nb' }]],
    ['no space', 'data:a\n\n', [{ event: 'message', data: 'a' }]],
    ['an event without its end', 'data: a\n', []],
  ])('%s', (_, text, expected) => {
    expect(new EventParser().push(bytes(text))).toEqual(expected);
  });

  it('refuses an event without end', () => {
    const parser = new EventParser();
    const megabyte = bytes('x'.repeat(1024 * 1024));
    expect(() => {
      for (let i = 0; i < 4; i += 1) parser.push(megabyte);
    }).toThrowError(expect.objectContaining({ code: 'malformed_response' }));
  });

  it('is called on its routes and ends with the connection', async () => {
    const { transport, sent } = memoryTransport(() => ({ status: 200, bytes: bytes(VECTORS) }));
    const { streams } = createGatewayClient({ origin: 'https://gateway.example', transport });
    const found = [];
    for await (const event of streams.approver('app-1')) found.push(event.event);
    for await (const event of streams.enforcer('enf-1')) found.push(event.event);
    expect(found).toEqual([
      'approval.request',
      'decision.deliver',
      'ping',
      'approval.request',
      'decision.deliver',
      'ping',
    ]);
    expect(sent.map(({ url }) => new URL(url).pathname)).toEqual([
      '/v1/sse/approvers/app-1',
      '/v1/sse/enforcers/enf-1',
    ]);
  });

  it('an error answer is an error', async () => {
    const { transport } = memoryTransport(() => ({ status: 403, body: { error: 'forbidden' } }));
    const { streams } = createGatewayClient({ origin: 'https://gateway.example', transport });
    await expect(streams.approver('app-1').next()).rejects.toMatchObject({ code: 'forbidden' });
  });
});
