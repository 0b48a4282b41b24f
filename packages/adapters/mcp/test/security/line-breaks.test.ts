import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { readMessage } from '../../src/jsonrpc/message.js';

const CALL = '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"rm","arguments":{}}}';

describe(rules('ART-140')`a call that hides between line breaks that only some servers see`, () => {
  it.each([
    ['behind a carriage return', `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":\r${CALL}\r}}`],
    ['in the middle of white space', `{"jsonrpc":"2.0",\r"id":1,"method":"ping"}`],
    ['as the first character', `\r{"jsonrpc":"2.0","id":1,"method":"ping"}`],
    ['before a line end of two characters', `{"jsonrpc":"2.0","id":1,"method":"ping"}\r\r`],
  ])('is refused: %s', (_, text) => {
    expect(readMessage(Buffer.from(text))).toMatchObject({ kind: 'malformed', problem: 'request_invalid', id: null });
  });

  it('takes a line end of two characters, and one that is written as an escape', () => {
    expect(readMessage(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}\r')).kind).toBe('request');
    expect(readMessage(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"a\\rb"}')).kind).toBe('request');
  });
});
