import { createHash } from 'node:crypto';
import { rules } from '@airlock/conformance';
import { JsonError, type McpDefinition, parseHexSha256 } from '@airlock/protocol';
import { describe, expect, it, test } from 'vitest';
import { readMessage } from '../../src/jsonrpc/message.js';
import { CallError } from '../../src/proxy/call-error.js';
import { describeAnswer, describeCall } from '../../src/proxy/describe.js';
import { gateOf, gatesOf } from '../../src/proxy/gates.js';
import { request, requestText, SERVER } from '../support/messages.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const place = { serverName: 'files', server: SERVER, folder: '/w', definition: null };
const call = (text: string, definition: McpDefinition | null = null) =>
  describeCall({ ...place, request: request(text), definition });

describe(rules('ART-130', 'ART-140')`what a call binds`, () => {
  test('server, tool, arguments in the form of ART-140, and their own bytes', () => {
    const source = '{ "z" : 1.50, "a": "\\u0041" }';
    const text = `{"method":"tools/call","params":{"name":"write","arguments":${source}},"jsonrpc":"2.0","id":1}`;
    const definition = { sha256: parseHexSha256(sha256('d')), title: 'Write' };
    expect(call(text, definition)).toEqual({
      kind: 'mcp-call',
      actionType: 'mcp_call',
      commandText: 'files.write',
      description: 'Call a tool of a server',
      server: 'files',
      tool: 'write',
      inputJson: '{"a":"A","z":1.5}',
      extensions: {
        'airlock.cwd': '/w',
        'airlock.mcp': { method: 'tools/call', server: SERVER, definition, rawSha256: sha256(source) },
      },
    });
  });

  test('no arguments are the empty object', () => {
    const content = call(requestText('tools/call', { name: 'now' }));
    expect(content.inputJson).toBe('{}');
    expect(content.extensions?.['airlock.mcp']).toMatchObject({ rawSha256: sha256('') });
  });

  test('every other parameter, and of _meta what does not only name the request', () => {
    const _meta = { progressToken: 1, 'claudecode/toolUseId': 't', traceparent: '00', tracestate: 'a=b', tenant: 'x' };
    const params = { name: 'a', _meta, task: { ttl: 1 }, ['__proto__']: { b: 1 }, inputResponses: {} };
    expect(call(requestText('tools/call', params)).extensions?.['airlock.mcp']).toMatchObject({
      metaJson: '{"tenant":"x"}',
      paramsJson: '{"__proto__":{"b":1},"inputResponses":{},"task":{"ttl":1}}',
    });
    const named = call(requestText('tools/call', { name: 'a', _meta: { progressToken: 1 } }));
    expect(named.extensions?.['airlock.mcp']).not.toHaveProperty('metaJson');
  });

  test('of everything else the method as tool and the parameters as input', () => {
    const content = call(requestText('resources/read', { uri: 'file:///a', _meta: { progressToken: 1, b: 2 } }));
    expect(content).toMatchObject({ tool: 'resources/read', inputJson: '{"uri":"file:///a"}' });
    expect(content.extensions?.['airlock.mcp']).toMatchObject({ method: 'resources/read', metaJson: '{"b":2}' });
  });

  test('of an answer the question too', () => {
    const question = request(requestText('elicitation/create', { message: 'Really?' }, 's-1'));
    const answer = readMessage(Buffer.from('{"jsonrpc":"2.0","id":"s-1","result":{"action": "accept"}}'));
    if (answer.kind !== 'response') throw new Error('no response');
    const content = describeAnswer({ ...place, question, answer });
    expect(content).toMatchObject({ tool: 'elicitation/create', inputJson: '{"action":"accept"}' });
    expect(content.extensions?.['airlock.mcp']).toMatchObject({
      paramsJson: '{"message":"Really?"}',
      rawSha256: sha256('{"action": "accept"}'),
    });
  });
});

describe(rules('ART-140')`what is no call`, () => {
  it.each<readonly [name: string, params: string, error: typeof CallError | typeof JsonError]>([
    ['no tool', '{}', CallError],
    ['an empty name', '{"name":""}', CallError],
    ['a name that is no text', '{"name":7}', CallError],
    ['arguments in a list', '{"name":"a","arguments":[]}', CallError],
    ['arguments that are null', '{"name":"a","arguments":null}', CallError],
    ['_meta that is no object', '{"name":"a","_meta":3}', CallError],
    ['a number that becomes another one', '{"name":"a","arguments":{"n":9007199254740993}}', JsonError],
    ['such a number elsewhere', '{"name":"a","_meta":{"n":0.1000000000000000055}}', JsonError],
    ['a second name in another case', '{"name":"a","Name":"b"}', CallError],
    ['a name only in another case', '{"NAME":"b"}', CallError],
    ['a second name with a long s', '{"name":"a","argumentſ":{}}', CallError],
    ['a second name behind a NUL', '{"name":"a","name\\u0000x":"b"}', CallError],
    ['two spellings of one member', '{"name":"a","task":1,"Task":2}', CallError],
  ])('%s', (_name, params, error) => {
    const text = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
    expect(() => call(text)).toThrow(error);
  });
});

describe('which messages are gated, and as what', () => {
  it.each<readonly [method: string, gate: string | null]>([
    ['tools/call', 'mcp'],
    ['resources/read', 'mcp-resources'],
    ['prompts/get', 'mcp-prompts'],
    ['Tools/Call', 'mcp'],
    [' tools/call', 'mcp'],
    ['ｔools/call', 'mcp'],
    ['toolſ/call', 'mcp'],
    ['tools/call\0x', 'mcp'],
    ['tools/list', null],
    ['resources/subscribe', null],
    ['resources/templates/list', null],
    ['completion/complete', null],
    ['ping', null],
    ['__proto__', null],
    ['constructor', null],
  ])('%s', (method, gate) => {
    expect(gateOf(method)).toBe(gate);
  });

  it.each<readonly [method: string, params: Record<string, unknown>, gates: readonly string[]]>([
    ['tools/call', { inputResponses: { a: { action: 'accept' } } }, ['mcp', 'mcp-elicitation']],
    [
      'resources/read',
      { inputResponses: { a: { role: 'assistant', content: {} } } },
      ['mcp-resources', 'mcp-sampling'],
    ],
    ['tasks/update', { inputResponses: { a: { action: 'accept' } } }, ['mcp-elicitation']],
    ['tasks/update', { InputResponses: 3 }, ['mcp-sampling']],
    ['tasks/get', { taskId: 'a' }, []],
  ])('%s with %j', (method, params, gates) => {
    expect(gatesOf({ method, params: params as never })).toEqual(gates);
  });
});
