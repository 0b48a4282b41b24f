import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runProxy } from '../../src/index.js';
import { linesOf, TOO_LONG } from '../../src/jsonrpc/lines.js';
import { SERVER } from '../support/messages.js';
import { Mailbox } from '../support/scene.js';
import { scriptedDaemon } from '../support/scripted-daemon.js';

/** Cuts bytes at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const space = fc.constantFrom('', ' ', '\t');
const json = fc.json({ maxDepth: 3, stringUnit: 'grapheme' });
const FREE = ['ping', 'initialize', 'tools/list', 'resources/list', 'logging/setLevel', 'completion/complete', 'x/é'];

/** Objects as some writer may put them: spaces anywhere, escapes in keys and values. */
const objectText = fc
  .tuple(space, fc.constantFrom('a', 'é', '\\u0061b', 'tools/call', '__proto__'), json, space)
  .map(([before, key, value, after]) => `{${before}"${key}"${before}:${after}${value}${after}}`);

/** Valid messages of a client that nothing gates. */
const freeMessage = (id: number) =>
  fc
    .tuple(fc.constantFrom(...FREE), objectText, fc.boolean(), space, fc.constantFrom('', '\r'))
    .map(
      ([method, params, isRequest, gap, end]) =>
        `{"method":${gap}"${method}","params":${params}${isRequest ? `,${gap}"id":${id}` : ''},"jsonrpc":"2.0"}${gap}${end}\n`,
    );

const freeStream = fc
  .array(fc.nat(), { maxLength: 12 })
  .chain((seeds) => fc.tuple(...seeds.map((_, index) => freeMessage(index))))
  .map((lines) => Buffer.from(lines.join(''), 'utf8'));

async function through(fromClient: readonly Uint8Array[], fromServer: readonly Uint8Array[]) {
  const [toServer, toClient]: [Uint8Array[], Uint8Array[]] = [[], []];
  const NEWLINE = Buffer.from('\n');
  const chunks = new Mailbox<Uint8Array>();
  const serverChunks = new Mailbox<Uint8Array>();
  for (const chunk of fromServer) serverChunks.put(chunk);
  serverChunks.close();
  const messages = (async function* () {
    for await (const line of linesOf(serverChunks, 1 << 20)) if (line !== TOO_LONG) yield line;
    for (const chunk of fromClient) chunks.put(chunk);
    chunks.close();
  })();
  let end: (value: { reason: string; exitCode: null }) => void = () => undefined;
  const ended = new Promise<{ reason: string; exitCode: null }>((resolve) => {
    end = resolve;
  });
  const exit = await runProxy(
    { name: 'n', sessionId: 's', timeoutSeconds: 1, pendingAfterSeconds: null },
    {
      upstream: {
        identity: SERVER,
        send: async ({ raw }) => void toServer.push(raw, NEWLINE),
        messages,
        ended,
        close: async () => end({ reason: 'closed', exitCode: null }),
      },
      ...{ fromClient: chunks, folder: '/w', signal: new AbortController().signal },
      connect: async () => scriptedDaemon(),
      toClient: async (message) => void toClient.push(message, NEWLINE),
      say: () => undefined,
      mono: () => 0,
      timer: () => () => undefined,
    },
  );
  return { exit, toServer: Buffer.concat(toServer), toClient: Buffer.concat(toClient) };
}

describe('what nothing gates is carried byte for byte, cut wherever it may be', () => {
  test('from the client', async () => {
    const places = fc.array(fc.nat(), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(freeStream, places, async (bytes, at) => {
        const { toServer, toClient, exit } = await through(cut(bytes, at), []);
        // Numbers out of range and keys that occur twice are no valid messages; they are answered instead.
        fc.pre(toClient.length === 0);
        expect(toServer.equals(bytes)).toBe(true);
        expect(exit).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('from the server, whatever it is', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))),
      json.map((text) => Buffer.from(text.replaceAll('\n', ' '), 'utf8')),
      freeMessage(1).map((text) => Buffer.from(text.slice(0, -1), 'utf8')),
    );
    const stream = fc
      .array(line, { maxLength: 12 })
      .map((lines) => Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')])));
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 8 }), async (bytes, at) => {
        const { toClient } = await through([], cut(bytes, at));
        expect(toClient.equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('byte by byte', async () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"é":"😀\\n"}}\r\n{"method":"n","jsonrpc":"2.0"}\n';
    const bytes = Buffer.from(text, 'utf8');
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    const { toServer, toClient } = await through(single, single);
    expect([toServer.toString(), toClient.toString()]).toEqual([text, text]);
  });
});
