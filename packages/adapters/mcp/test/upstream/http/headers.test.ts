import { describe, expect, it } from 'vitest';
import { readMessage } from '../../../src/jsonrpc/message.js';
import { checkedAddress, checkedHeaders } from '../../../src/upstream/http/address.js';
import { ParameterHeaders } from '../../../src/upstream/http/parameter-headers.js';
import { headerValue, repeatedHeaders } from '../../../src/upstream/http/request-headers.js';

const message = (value: unknown) => readMessage(Buffer.from(JSON.stringify(value)));
const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const request = (method: string, params: Record<string, unknown>) =>
  message({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: META } });

describe('headers that repeat a message of 2026-07-28', () => {
  it.each([
    ['tools/call', { name: 'echo', uri: 'x' }, 'echo'],
    ['prompts/get', { name: 'greet' }, 'greet'],
    ['resources/read', { uri: 'file:///a', name: 'x' }, 'file:///a'],
    ['tasks/get', { taskId: 't1' }, 't1'],
    ['tools/call', { name: 'grüße' }, `=?base64?${Buffer.from('grüße').toString('base64')}?=`],
    ['tools/list', { name: 'echo' }, undefined],
    ['constructor', { name: 'echo' }, undefined],
  ])('%s %j', (method, params, name) => {
    expect(repeatedHeaders(request(method, params))).toEqual({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name === undefined ? {} : { 'mcp-name': name }),
    });
  });

  it('are none for the eras with a handshake', () => {
    expect(repeatedHeaders(message({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } }))).toEqual(
      {},
    );
    expect(repeatedHeaders(message({ jsonrpc: '2.0', id: 1, result: { _meta: META } }))).toEqual({});
  });

  it.each([
    ['plain', 'plain'],
    ['two words', 'two words'],
    ['', '=?base64??='],
    [' led', '=?base64?IGxlZA==?='],
    ['=?base64?eA==?=', `=?base64?${Buffer.from('=?base64?eA==?=').toString('base64')}?=`],
    ['a\r\nx-evil: 1', `=?base64?${Buffer.from('a\r\nx-evil: 1').toString('base64')}?=`],
  ])('%j is carried as %j', (text, carried) => {
    expect(headerValue(text)).toBe(carried);
  });
});

describe('headers that repeat arguments', () => {
  const list = message({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const nextPage = message({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor: 'c' } });
  const property = (type: string, header: string) => ({ type, 'x-mcp-header': header });
  const tool = (name: string, properties: unknown, more = {}) => ({
    name,
    inputSchema: { type: 'object', properties, ...more },
  });

  function learned(...tools: readonly unknown[]): ParameterHeaders {
    const headers = new ParameterHeaders();
    if (list.kind === 'request') headers.learn(list, { result: { tools: JSON.parse(JSON.stringify(tools)) } });
    return headers;
  }
  const called = (headers: ParameterHeaders, args: unknown) =>
    headers.of(message({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 't', arguments: args } }));

  it.each<[string, unknown, unknown, Record<string, string>]>([
    ['text', { a: property('string', 'Region') }, { a: 'eu' }, { 'mcp-param-region': 'eu' }],
    ['integer', { a: property('integer', 'N') }, { a: 42 }, { 'mcp-param-n': '42' }],
    ['boolean', { a: property('boolean', 'B') }, { a: false }, { 'mcp-param-b': 'false' }],
    [
      'inside',
      { o: { type: 'object', properties: { a: property('string', 'R') } } },
      { o: { a: 'x' } },
      { 'mcp-param-r': 'x' },
    ],
    ['absent', { a: property('string', 'R') }, {}, {}],
    ['null', { a: property('string', 'R') }, { a: null }, {}],
    ['an unsafe integer', { a: property('integer', 'R') }, { a: 2 ** 60 }, {}],
    ['a number', { a: property('number', 'R') }, { a: 1 }, {}],
    ['no token', { a: property('string', 'R\r\nX: 1') }, { a: 'x' }, {}],
    ['twice the same header', { a: property('string', 'R'), b: property('string', 'r') }, { a: 'x', b: 'y' }, {}],
    ['a key of the prototype', { toString: property('string', 'R') }, {}, {}],
  ])('%s', (_name, properties, args, headers) => {
    expect(called(learned(tool('t', properties)), args)).toEqual(headers);
  });

  it('only by what the last list said', () => {
    const headers = learned(tool('t', { a: property('string', 'R') }));
    expect(called(headers, { a: 'x' })).toEqual({ 'mcp-param-r': 'x' });
    if (nextPage.kind === 'request') headers.learn(nextPage, { result: { tools: [] } });
    expect(called(headers, { a: 'x' })).toEqual({ 'mcp-param-r': 'x' });
    if (list.kind === 'request')
      headers.learn(list, JSON.parse(JSON.stringify({ result: { tools: [tool('t', {})] } })));
    expect(called(headers, { a: 'x' })).toEqual({});
  });
});

describe('the address of a server', () => {
  it.each([
    ['https://mcp.example/mcp', 'https://mcp.example/mcp'],
    ['https://mcp.example/mcp?a=1#frag', 'https://mcp.example/mcp?a=1'],
    ['http://127.0.0.1:8080/mcp', 'http://127.0.0.1:8080/mcp'],
    ['http://localhost/mcp', 'http://localhost/mcp'],
    ['http://[::1]:3000/', 'http://[::1]:3000/'],
  ])('%s', (text, href) => {
    expect(checkedAddress(text).href).toBe(href);
  });

  it.each([
    ['http://mcp.example/mcp', 'url_insecure'],
    ['http://127.0.0.1.example/', 'url_insecure'],
    ['https://user:secret@mcp.example/', 'url_invalid'],
    ['file:///etc/passwd', 'url_invalid'],
    ['mcp.example', 'url_invalid'],
  ])('%s is refused', (text, code) => {
    expect(() => checkedAddress(text)).toThrow(expect.objectContaining({ code }));
  });
});

describe("the user's own headers", () => {
  it('are taken by lower-case name', () => {
    expect(checkedHeaders({ Authorization: 'Bearer t', 'X-Team': 'a b' })).toEqual({
      authorization: 'Bearer t',
      'x-team': 'a b',
    });
  });

  it.each(['Host', 'content-length', 'Transfer-Encoding', 'Mcp-Session-Id', 'mcp-method', 'Accept', 'a b', ''])(
    '%j is refused',
    (name) => {
      expect(() => checkedHeaders({ [name]: 'x' })).toThrow(expect.objectContaining({ code: 'header_invalid' }));
    },
  );

  it('never show a value in an error', () => {
    expect(() => checkedHeaders({ authorization: 'Bearer s3cret\r\nx: y' })).toThrow(
      expect.objectContaining({ code: 'header_invalid', message: expect.not.stringContaining('s3cret') }),
    );
  });
});
