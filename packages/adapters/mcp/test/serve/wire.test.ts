import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { APPROVED } from '../support/asking-daemon.js';
import { served, turn } from '../support/served.js';

const VERSIONS = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];

describe('every version of the protocol', () => {
  test.each(VERSIONS)('%s by the handshake of its time', async (version) => {
    const its = await served({ version });
    expect(its.messages[0]?.['result']).toMatchObject({
      protocolVersion: version,
      capabilities: { tools: { listChanged: false }, resources: { listChanged: false } },
      serverInfo: { name: 'airlock', version: '1.2.3' },
    });
    its.daemon.always = APPROVED;
    const tools = await its.request('tools/list');
    expect(tools['result'].tools.map(({ name }: { name: string }) => name)).toEqual([
      'request_approval',
      'check_approval',
      'airlock_status',
      'approve_tool_use',
    ]);
    expect((await its.tool('request_approval', { title: 'x' }))['structuredContent'].state).toBe('approved');
    expect((await its.request('resources/list'))['result'].resources).toHaveLength(2);
    expect((await its.request('ping'))['result']).toEqual({});
  });

  test('2026-07-28, which has no handshake', async () => {
    const its = await served({ version: null });
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    expect((await its.request('server/discover', { _meta }))['result'].supportedVersions).toEqual(['2026-07-28']);
    its.daemon.always = APPROVED;
    const call = { name: 'request_approval', arguments: { title: 'x' }, _meta };
    expect((await its.request('tools/call', call))['result']).toMatchObject({
      resultType: 'complete',
      structuredContent: { state: 'approved' },
    });
  });

  test('one that does not exist is answered with the newest that shakes hands', async () => {
    const its = await served({ version: '1999-01-01' });
    expect(its.messages[0]?.['result'].protocolVersion).toBe('2025-11-25');
  });
});

const CALL = (more: string) => `{"jsonrpc":"2.0","id":"b","method":"ping"${more}}`;

describe(rules('INV-17')`what reads in two ways, or in none, gets a code; the server lives on`, () => {
  test.each([
    ['no JSON', '{"jsonrpc"', null, -32700, 'json_malformed'],
    ['a duplicate key', CALL(',"method":"tools/list"'), null, -32600, 'json_duplicate_key'],
    ['a lone surrogate', CALL(',"params":{"a":"\\ud800"}'), 'b', -32600, 'json_lone_surrogate'],
    ['too deep', CALL(`,"params":{"a":${'['.repeat(70)}${']'.repeat(70)}}`), 'b', -32600, 'json_too_deep'],
    ['another protocol', '{"jsonrpc":"1.0","id":"b","method":"ping"}', 'b', -32600, 'request_invalid'],
    ['parameters in a list', CALL(',"params":[]'), 'b', -32600, 'request_invalid'],
    ['an id that is no id', '{"jsonrpc":"2.0","id":{},"method":"ping"}', null, -32600, 'request_invalid'],
    ['metadata that is no object', CALL(',"params":{"_meta":5}'), 'b', -32600, 'request_invalid'],
    ['an empty batch', '[]', null, -32600, 'request_invalid'],
  ])('%s', async (_name, line, id, code, problem) => {
    const its = await served();
    its.write(line);
    const { error } = await its.response(id);
    expect(error).toMatchObject({ code, data: { code: problem } });
    expect((await its.request('ping'))['result']).toEqual({});
  });

  test('bytes that are no UTF-8', async () => {
    const its = await served();
    its.bytes(Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    expect((await its.response(null))['error'].data).toEqual({ code: 'json_not_utf8' });
  });

  test('a message that is too large, of which nothing is kept', async () => {
    const its = await served();
    its.bytes(Buffer.alloc(4 * 1024 * 1024 + 1, 0x20));
    its.write('');
    expect((await its.response(null))['error']).toMatchObject({ code: -32700, data: { code: 'message_too_large' } });
    expect((await its.request('ping'))['result']).toEqual({});
  });

  test('a batch: each request in it', async () => {
    const its = await served();
    its.write('[{"jsonrpc":"2.0","id":"b1","method":"ping"},{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","id":2}]');
    expect((await its.response('b1'))['error']).toMatchObject({ code: -32600, data: { code: 'batch_unsupported' } });
    expect((await its.response(null))['error'].data).toEqual({ code: 'batch_unsupported' });
  });

  test('an id that is open already', async () => {
    const its = await served();
    const call = (title: string) =>
      `{"jsonrpc":"2.0","id":"same","method":"tools/call","params":{"name":"request_approval","arguments":{"title":"${title}"}}}`;
    its.write(call('one'));
    await turn();
    its.write(call('two'));
    expect((await its.response('same'))['error'].data).toEqual({ code: 'id_in_use' });
    await turn();
    expect(its.daemon.asked).toHaveLength(1);
  });

  test('an id that no double can hold', async () => {
    const its = await served();
    its.write('{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}');
    await turn();
    expect(its.messages.at(-1)).toMatchObject({ error: { code: -32600, data: { code: 'request_invalid' } } });
  });

  test('empty lines, and lines that a client of Windows ended, are fine', async () => {
    const its = await served();
    its.write('\r');
    its.write('');
    its.write('{"jsonrpc":"2.0","id":"w","method":"ping"}\r');
    expect((await its.response('w'))['result']).toEqual({});
  });

  test('characters that arrive in pieces', async () => {
    const its = await served();
    const line = `${JSON.stringify({
      ...{ jsonrpc: '2.0', id: 'é', method: 'tools/call' },
      params: { name: 'request_approval', arguments: { title: 'naïve 😀' } },
    })}\n`;
    for (const byte of Buffer.from(line)) its.bytes(Buffer.of(byte));
    await turn();
    expect(its.daemon.asked[0]?.action['inputJson']).toBe('{"title":"naïve 😀"}');
  });
});
