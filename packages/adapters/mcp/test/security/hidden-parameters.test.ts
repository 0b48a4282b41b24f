import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { describeCall } from '../../src/proxy/describe.js';
import { request, requestText, SERVER } from '../support/messages.js';

const metaOf = (_meta: unknown) => {
  const call = { request: request(requestText('tools/call', { name: 'a', _meta })), definition: null };
  const { extensions } = describeCall({ ...call, serverName: 's', server: SERVER, folder: '/w' });
  return (extensions?.['airlock.mcp'] as { metaJson?: string } | undefined)?.metaJson;
};

describe(rules('INV-1')`what a call hands over under a key that only names things`, () => {
  it.each([
    ['an object', { progressToken: { run: 'rm -rf /' } }],
    ['a list', { 'claudecode/toolUseId': ['rm'] }],
    ['a long text', { tracestate: 'x'.repeat(513) }],
    ['a text of more than one line', { traceparent: 'a\nb' }],
  ])('is shown and hashed when it is %s', (_what, meta) => {
    expect(metaOf(meta)).toBe(JSON.stringify(meta));
  });

  it('is left out when it is a name', () => {
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1, b=2' };
    expect(metaOf({ progressToken: 1, 'claudecode/toolUseId': 'toolu_1', ...trace })).toBe(undefined);
  });
});
