import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { MESSAGE_BYTES } from '../../src/jsonrpc/message.js';
import { requestText } from '../support/messages.js';
import { scene } from '../support/scene.js';

/** One row of what can come in, and what it gets. */
interface Row {
  readonly name: string;
  /** What the client had sent before, and what the server had said to it. */
  readonly before?: { readonly client?: readonly string[]; readonly server?: readonly string[] };
  /** Its bytes, with or without a line end. */
  readonly input: string | Uint8Array;
  /** `null`: there is nobody to tell but the human. */
  readonly code: string | null;
  readonly id?: unknown;
  /** Result of a tool instead of an error. */
  readonly isTool?: true;
}

const CALL = requestText('tools/call', { name: 'write', arguments: { a: 1 } }, 1);
const call = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
const padded = (length: number) => requestText('tools/call', { name: 'x'.repeat(length) }, 1);

const ROWS: readonly Row[] = [
  { name: 'no JSON', input: '{"jsonrpc"', code: 'json_malformed' },
  { name: 'a call with a tail', input: `${CALL}x`, code: 'json_malformed' },
  { name: 'two calls in one line', input: `${CALL}${CALL}`, code: 'json_malformed' },
  { name: 'a byte order mark before a call', input: `\ufeff${CALL}`, code: 'json_malformed' },
  { name: 'UTF-16', input: Buffer.from(CALL, 'utf16le'), code: 'json_malformed' },
  {
    name: 'a character cut by the line end',
    input: Buffer.from(`${CALL.slice(0, -1)}é`).subarray(0, -1),
    code: 'json_not_utf8',
  },
  {
    name: 'an overlong character',
    input: Buffer.concat([Buffer.from('{"a":"'), Uint8Array.of(0xc0, 0xaf)]),
    code: 'json_not_utf8',
  },
  {
    name: 'a lone surrogate in an argument',
    input: call('{"name":"a","arguments":{"b":"\\udc00"}}'),
    code: 'json_lone_surrogate',
    id: 1,
  },
  {
    name: 'an argument twice',
    input: call('{"name":"a","arguments":{"b":1,"b":2}}'),
    code: 'json_duplicate_key',
    id: 1,
  },
  { name: 'a name twice', input: call('{"name":"a","name":"b"}'), code: 'json_duplicate_key', id: 1 },
  { name: 'two methods', input: `${CALL.slice(0, -1)},"method":"ping"}`, code: 'json_duplicate_key' },
  { name: 'a number out of range', input: call('{"name":"a","arguments":{"b":1e999}}'), code: 'json_number', id: 1 },
  {
    name: 'arguments that nest too deep',
    input: call(`{"name":"a","arguments":${'[{"a":'.repeat(40)}1${'}]'.repeat(40)}}`),
    code: 'json_too_deep',
    id: 1,
  },
  { name: 'a message that is too long', input: padded(MESSAGE_BYTES), code: 'message_too_large' },
  { name: 'no message', input: '"tools/call"', code: 'request_invalid' },
  { name: 'an empty batch', input: '[]', code: 'request_invalid' },
  { name: 'a call without a version', input: CALL.replace('"jsonrpc":"2.0",', ''), code: 'request_invalid', id: 1 },
  { name: 'a call with a fraction as id', input: CALL.replace('"id":1', '"id":1.5'), code: 'request_invalid' },
  { name: 'a call with null as id', input: CALL.replace('"id":1', '"id":null'), code: 'request_invalid' },
  { name: 'a call with an object as id', input: CALL.replace('"id":1', '"id":{}'), code: 'request_invalid' },
  { name: 'a call with a list as id', input: CALL.replace('"id":1', '"id":[1]'), code: 'request_invalid' },
  { name: 'a call with true as id', input: CALL.replace('"id":1', '"id":true'), code: 'request_invalid' },
  { name: 'a call that wants no answer', input: CALL.replace(',"id":1', ''), code: null },
  { name: 'a call with parameters in a list', input: call('["write"]'), code: 'request_invalid', id: 1 },
  { name: 'a call without parameters', input: requestText('tools/call', undefined, 1), code: 'call_invalid', id: 1 },
  { name: 'a call of nothing', input: call('{}'), code: 'call_invalid', id: 1, isTool: true },
  { name: 'a call of a number', input: call('{"name":7}'), code: 'call_invalid', id: 1, isTool: true },
  {
    name: 'arguments in a list',
    input: call('{"name":"a","arguments":[1]}'),
    code: 'call_invalid',
    id: 1,
    isTool: true,
  },
  {
    name: 'arguments that are null',
    input: call('{"name":"a","arguments":null}'),
    code: 'call_invalid',
    id: 1,
    isTool: true,
  },
  {
    name: 'an argument that is another number',
    input: call('{"name":"a","arguments":{"n":9007199254740993}}'),
    code: 'json_number',
    id: 1,
    isTool: true,
  },
  {
    name: 'a name in two spellings',
    input: call('{"name":"a","Name":"b"}'),
    code: 'call_invalid',
    id: 1,
    isTool: true,
  },
  {
    name: 'an id that is open',
    before: { client: [requestText('ping', undefined, 1)] },
    input: CALL,
    code: 'id_in_use',
    id: 1,
  },
  {
    name: 'the id of a call that is open',
    before: { client: [CALL] },
    input: requestText('ping', undefined, 1),
    code: 'id_in_use',
    id: 1,
  },
  {
    name: 'an open id spelled with escapes',
    before: { client: [requestText('ping', undefined, 'a')] },
    input: requestText('ping', undefined, 'a').replace('"a"', '"\\u0061"'),
    code: 'id_in_use',
    id: 'a',
  },
  { name: 'a call in a batch', input: `[${requestText('ping', undefined, 2)},${CALL}]`, code: 'batch_gated' },
  { name: 'a call in a batch that wants no answer', input: `[${CALL.replace(',"id":1', '')}]`, code: null },
  {
    name: 'one id twice in a batch',
    input: `[${requestText('ping', undefined, 2)},${requestText('ping', undefined, 2)}]`,
    code: 'id_in_use',
  },
  { name: 'a batch in a batch', input: `[[${CALL}]]`, code: 'request_invalid' },
  {
    name: 'a result that nobody asked for',
    input: '{"jsonrpc":"2.0","id":1,"result":{"action":"accept"}}',
    code: null,
  },
  {
    name: 'an error that nobody asked for',
    input: '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}',
    code: null,
  },
  {
    name: 'a result and an error',
    before: { server: [requestText('ping', undefined, 1)] },
    input: '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}',
    code: 'request_invalid',
  },
  {
    name: 'an answer of a gate in a batch',
    before: { server: [requestText('elicitation/create', {}, 9)] },
    input: '[{"jsonrpc":"2.0","id":9,"result":{}}]',
    code: null,
  },
];

const format = (row: Row) => (typeof row.input === 'string' ? Buffer.from(row.input, 'utf8') : row.input);

describe(rules('INV-22')`bad input gets a coded error, forwards nothing, and ends nothing`, () => {
  it.each(ROWS.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const at = scene();
    at.daemon.answers(() => new Promise(() => undefined));
    at.send(...(row.before?.client ?? []));
    for (const text of row.before?.server ?? []) at.reply(text);
    await at.settle();
    const [forwarded, told, asked] = [at.server.length, at.client.length, at.daemon.asked.length];

    at.sendBytes(format(row));
    at.sendBytes(Buffer.from('\n'));
    await at.settle();
    expect(at.server).toHaveLength(forwarded);
    expect(at.daemon.asked).toHaveLength(asked);
    const answers = at.answers().slice(told).flat();
    if (row.code === null) {
      expect(answers).toEqual([]);
      expect(at.said.join('\n')).toMatch(/^(?:request_invalid|answer_unknown|batch_gated) /);
    } else {
      expect(answers.length).toBeGreaterThan(0);
      const expected = row.isTool
        ? { id: row.id, result: { isError: true, _meta: { 'airlock/code': row.code } } }
        : { error: { data: { code: row.code } } };
      for (const answer of answers) expect(answer).toMatchObject({ jsonrpc: '2.0', ...expected });
      if (!row.isTool && !row.name.includes('batch')) expect(answers[0].id).toBe(row.id ?? null);
    }

    const ping = requestText('ping', undefined, 'alive');
    at.send(ping);
    await at.settle();
    expect(at.server.at(-1)).toBe(ping);
  });

  test('each request of a refused batch is answered, in one batch', async () => {
    const at = scene();
    at.send(`[${requestText('ping', undefined, 'a')},{"jsonrpc":"2.0","method":"n"},${CALL},3]`);
    await at.settle();
    expect(at.answers()[0]).toMatchObject([
      { id: 'a', error: { code: -32600, data: { code: 'batch_gated' } } },
      { id: 1, error: { data: { code: 'batch_gated' } } },
      { id: null, error: { code: -32600, data: { code: 'request_invalid' } } },
    ]);
  });

  test('a batch with nothing gated in it goes through as it is, and its answers close its ids', async () => {
    const at = scene();
    const batch = `[ ${requestText('ping', undefined, 1)}, ${requestText('tools/list', {}, 2)} ,{"jsonrpc":"2.0","method":"n"}]`;
    at.reply(requestText('roots/list', undefined, 'r'));
    await at.settle();
    at.send(batch, '[{"jsonrpc":"2.0","id":"r","result":{"roots":[]}}]', requestText('ping', undefined, 1));
    await at.settle();
    expect(at.server).toEqual([batch, '[{"jsonrpc":"2.0","id":"r","result":{"roots":[]}}]']);
    at.reply('[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}]');
    await at.settle();
    at.send(requestText('ping', undefined, 1));
    await at.settle();
    expect(at.server).toHaveLength(3);
  });

  test('what follows the last line end is no message', async () => {
    const at = scene();
    at.sendBytes(Buffer.from(requestText('ping', undefined, 1)));
    await at.leave();
    expect([at.server, at.client]).toEqual([[], []]);
  });

  test('blank lines are nothing', async () => {
    const at = scene();
    at.sendBytes(Buffer.from('\n\r\n \t\n'));
    await at.settle();
    expect([at.server, at.client, at.said]).toEqual([[], [], []]);
  });
});
