import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MESSAGE_BYTES, readMessage } from '../../src/jsonrpc/message.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const read = (text: string) => readMessage(bytes(text));

describe('what a message is', () => {
  it.each<readonly [name: string, text: string, expected: object]>([
    [
      'a request',
      '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      { kind: 'request', id: '1', method: 'ping', params: null, argumentsText: null },
    ],
    [
      'a request with a text id and its arguments as they stand',
      '{"method":"tools/call","params":{"name":"a","arguments": { "b" : 1.0, "c": "\\u0041" } },"jsonrpc":"2.0","id":"x y"}\r',
      { kind: 'request', id: '"x y"', argumentsText: '{ "b" : 1.0, "c": "\\u0041" }' },
    ],
    ['an id by escapes', '{"jsonrpc":"2.0","id":"\\u0061","method":"ping"}', { kind: 'request', id: '"a"' }],
    ['a long id', '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', { id: '9007199254740993' }],
    ['no params', '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', { kind: 'request', params: null }],
    ['a notification', '{"jsonrpc":"2.0","method":"n","params":{"a":1}}', { kind: 'notification', params: { a: 1 } }],
    [
      'a result',
      '{"jsonrpc":"2.0","id":1,"result": {"a" : 1}}',
      { kind: 'response', id: '1', isError: false, resultText: '{"a" : 1}' },
    ],
    ['an error', '{"jsonrpc":"2.0","id":1,"error":{}}', { kind: 'response', isError: true, resultText: null }],
    ['an error to nobody', '{"jsonrpc":"2.0","id":null,"error":{}}', { kind: 'response', id: 'null', isError: true }],
    ['an error without an id', '{"jsonrpc":"2.0","error":{}}', { kind: 'response', id: 'null', isError: true }],
    [
      'a batch',
      '[ {"jsonrpc":"2.0","id":1,"method":"ping"} , {"jsonrpc":"2.0","method":"n"}, 3 ]',
      { kind: 'batch', members: [{ kind: 'request' }, { kind: 'notification' }, { kind: 'malformed' }] },
    ],
  ])('%s', (_name, text, expected) => {
    const message = read(text);
    expect(message).toMatchObject(expected);
    expect(message.raw).toEqual(bytes(text));
  });
});

describe(rules('INV-17')`what is read in two ways is no message`, () => {
  const REQUEST = '{"jsonrpc":"2.0","id":7,"method":"m","params":';
  it.each<readonly [name: string, text: string | Uint8Array, problem: string, code: number, id: string | null]>([
    ['no JSON', '{"jsonrpc":"2.0"', 'json_malformed', -32700, null],
    ['nothing', '', 'json_malformed', -32700, null],
    ['two messages', '{"jsonrpc":"2.0","id":7,"method":"m"}{}', 'json_malformed', -32700, null],
    ['a byte order mark', '\ufeff{"jsonrpc":"2.0","id":7,"method":"m"}', 'json_malformed', -32700, null],
    ['a NUL', '{"jsonrpc":"2.0","id":7,"method":"m"}\0', 'json_malformed', -32700, null],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xc3, 0x28, 0x22), 'json_not_utf8', -32700, null],
    ['a character cut in two', bytes('{"é').subarray(0, 3), 'json_not_utf8', -32700, null],
    ['a lone surrogate', `${REQUEST}{"a":"\\ud800"}}`, 'json_lone_surrogate', -32600, '7'],
    ['an argument twice', `${REQUEST}{"a":1,"a":2}}`, 'json_duplicate_key', -32600, '7'],
    ['an argument twice by escapes', `${REQUEST}{"a":1,"\\u0061":2}}`, 'json_duplicate_key', -32600, '7'],
    ['two ids', '{"jsonrpc":"2.0","id":7,"id":8,"method":"m"}', 'json_duplicate_key', -32600, null],
    ['two methods', '{"jsonrpc":"2.0","id":7,"method":"m","method":"n"}', 'json_duplicate_key', -32600, null],
    ['an infinite number', `${REQUEST}{"a":1e999}}`, 'json_number', -32600, '7'],
    ['65 levels', `${REQUEST}${'['.repeat(64)}${']'.repeat(64)}}`, 'json_too_deep', -32600, '7'],
    [
      'a hundred thousand levels',
      `${REQUEST}${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'json_too_deep',
      -32600,
      '7',
    ],
    ['too much', new Uint8Array(MESSAGE_BYTES + 1).fill(0x20), 'message_too_large', -32700, null],
    ['no object', '3', 'request_invalid', -32600, null],
    ['an empty batch', '[]', 'request_invalid', -32600, null],
    ['no version', '{"id":7,"method":"m"}', 'request_invalid', -32600, '7'],
    ['another version', '{"jsonrpc":"1.0","id":7,"method":"m"}', 'request_invalid', -32600, '7'],
    ['a fraction as id', '{"jsonrpc":"2.0","id":1.5,"method":"m"}', 'request_invalid', -32600, null],
    ['null as id', '{"jsonrpc":"2.0","id":null,"method":"m"}', 'request_invalid', -32600, null],
    ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"m"}', 'request_invalid', -32600, null],
    ['a long id with an exponent', '{"jsonrpc":"2.0","id":1e300,"method":"m"}', 'request_invalid', -32600, null],
    ['no method', '{"jsonrpc":"2.0","id":7}', 'request_invalid', -32600, null],
    ['a method that is no text', '{"jsonrpc":"2.0","id":7,"method":["tools/call"]}', 'request_invalid', -32600, '7'],
    ['parameters in a list', `${REQUEST}[]}`, 'request_invalid', -32600, '7'],
    ['a method in another case', '{"jsonrpc":"2.0","id":7,"method":"m","Method":"n"}', 'request_invalid', -32600, '7'],
    ['parameters in another case', `${REQUEST}{},"Params":{}}`, 'request_invalid', -32600, '7'],
    ['a request that also answers', `${REQUEST}{},"result":{}}`, 'request_invalid', -32600, '7'],
    ['a result and an error', '{"jsonrpc":"2.0","id":7,"result":{},"error":{}}', 'request_invalid', -32600, null],
    ['a result of nothing', '{"jsonrpc":"2.0","id":null,"result":{}}', 'request_invalid', -32600, null],
    ['a prototype', '{"jsonrpc":"2.0","id":7,"method":"m","__proto__":{"a":1}}', 'request_invalid', -32600, '7'],
  ])('%s', (_name, text, problem, code, id) => {
    const message = readMessage(typeof text === 'string' ? bytes(text) : text);
    expect(message).toMatchObject({ kind: 'malformed', problem, code, id });
  });

  test('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (raw) => readMessage(raw).raw === raw));
    fc.assert(fc.property(fc.json(), (text) => readMessage(bytes(text)).raw.length > 0));
  });
});

test('arguments come out exactly as they stand, wherever they stand', () => {
  const spaces = fc.constantFrom('', ' ', '\t', '\n ');
  const property = fc.property(
    fc.json({ maxDepth: 4 }),
    fc.tuple(spaces, spaces, spaces),
    fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }),
    (source, [a, b, c], others) => {
      const { arguments: _arguments, ...rest } = others;
      const before = JSON.stringify(rest).slice(1, -1);
      const params = `{${before}${before === '' ? '' : ','}${a}"arguments"${b}:${c}${source}${a}}`;
      const message = read(`{"params":${params},"method":"tools/call",${b}"id":1,"jsonrpc":"2.0"}`);
      if (message.kind === 'malformed') return message.problem !== 'request_invalid';
      return message.kind === 'request' && message.argumentsText === source;
    },
  );
  fc.assert(property);
});
