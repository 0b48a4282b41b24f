import { rules } from '@airlock/conformance';
import type { HostAction, HostCall, HostDesk, HostVerdict } from '@airlock/runtime/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcpCheck } from '../../src/check/gateway-check.js';
import { requestText } from '../support/messages.js';

const ALLOW: HostVerdict = { permission: 'allow', requestId: 'req-1', basis: null };
const GATE_OFF: HostVerdict = { permission: 'pass', requestId: 'req-1', basis: { kind: 'gate-off', gate: 'gateway' } };
const REJECT: HostVerdict = {
  permission: 'deny',
  requestId: 'req-1',
  code: 'rejected',
  reason: 'not \u{1b}[31mtoday',
  isHuman: true,
};

interface Seen {
  readonly call: HostCall;
  readonly action: HostAction;
}

/** What the check asks, answered in turn; the last verdict goes on. */
async function check(message: string | Uint8Array, ...verdicts: readonly HostVerdict[]) {
  const seen: Seen[] = [];
  const desk: HostDesk = {
    decide: async (call) => {
      seen.push({ call, action: await call.describe() });
      return verdicts[Math.min(seen.length, verdicts.length) - 1] ?? ALLOW;
    },
    ended: () => undefined,
    sessionEnded: () => undefined,
    incident: () => undefined,
    status: () => {
      throw new Error('not asked');
    },
  };
  const answer = await mcpCheck(desk)({
    server: 'files',
    message: typeof message === 'string' ? Buffer.from(message) : message,
    workspace: '/srv/project',
    sessionId: 'session-1',
    timeoutSeconds: 300,
    signal: new AbortController().signal,
  });
  return { ...answer, json: answer.body === '' ? null : JSON.parse(answer.body), seen };
}

const call = (params: unknown, id: unknown = 7) => requestText('tools/call', params, id);
const result = (value: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 1, result: value });

describe('what a gateway may forward without asking', () => {
  it.each([
    ['a handshake', requestText('initialize', { protocolVersion: '2025-11-25' })],
    ['a list', requestText('tools/list')],
    ['a ping', requestText('ping')],
    ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
    ['a message with the end of its line', `${requestText('tools/list')}\r\n`],
    ['an error', '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}'],
    ['the answer to a ping', result({})],
    ['a list of roots', result({ roots: [{ uri: 'file:///srv' }], _meta: {} })],
    ['a batch of these', `[${requestText('tools/list')},${result({})}]`],
  ])('%s', async (_, message) => {
    expect(await check(message)).toMatchObject({ permission: 'pass', body: '', seen: [] });
  });
});

describe(rules('ART-130', 'ART-140')`what a gateway has to ask about`, () => {
  it('a call, whole, as what the gateway says it is', async () => {
    const message = call({
      name: 'write',
      arguments: { b: 1.0, a: 'x' },
      _meta: { progressToken: 1, x: 2 },
      extra: true,
    });
    const { permission, seen } = await check(message);
    expect(permission).toBe('allow');
    expect(seen).toMatchObject([
      {
        call: { host: 'gateway', layer: 'ext-authz', sessionId: 'session-1', toolUseId: null, tool: 'write' },
        action: {
          isClaimed: true,
          workspace: '/srv/project',
          action: {
            kind: 'mcp-call',
            server: 'files',
            tool: 'write',
            inputJson: '{"a":"x","b":1}',
            extensions: {
              'airlock.mcp': {
                method: 'tools/call',
                server: { transport: 'gateway' },
                rawSha256: expect.any(String),
                metaJson: '{"x":2}',
                paramsJson: '{"extra":true}',
              },
            },
          },
        },
      },
    ]);
    expect(seen[0]?.action.action).not.toHaveProperty(['extensions', 'airlock.mcp', 'definition']);
  });

  it.each([
    ['gateway-resources', requestText('resources/read', { uri: 'file:///etc/passwd' }), 'resources/read'],
    ['gateway-prompts', requestText('prompts/get', { name: 'p' }), 'prompts/get'],
    ['gateway-elicitation', result({ action: 'accept', content: { password: 'x' } }), 'elicitation/create'],
    ['gateway-sampling', result({ role: 'assistant', content: { type: 'text', text: 'x' } }), 'sampling/createMessage'],
    ['gateway-sampling', result({ anything: 1 }), 'sampling/createMessage'],
    ['gateway-sampling', result({ roots: [], Content: 'x' }), 'sampling/createMessage'],
  ])('at the gate %s', async (host, message, tool) => {
    const { permission, seen } = await check(message);
    expect(permission).toBe('allow');
    expect(seen).toMatchObject([{ call: { host, tool }, action: { isClaimed: true } }]);
  });

  it('goes on to the next gate where one is switched off, and to none after a refusal', async () => {
    const both = call({ name: 'write', inputResponses: { q: { action: 'accept' } } });
    const asked = async (...verdicts: HostVerdict[]) => {
      const { permission, seen } = await check(both, ...verdicts);
      return [permission, ...seen.map((each) => each.call.host)];
    };
    expect(await asked(GATE_OFF, ALLOW)).toEqual(['allow', 'gateway', 'gateway-elicitation']);
    expect(await asked(GATE_OFF, REJECT)).toEqual(['deny', 'gateway', 'gateway-elicitation']);
    expect(await asked(GATE_OFF, GATE_OFF)).toEqual(['pass', 'gateway', 'gateway-elicitation']);
    expect(await asked(REJECT)).toEqual(['deny', 'gateway']);
  });
});

describe('what the client gets instead of an answer of the server', () => {
  it('a result that reaches the model, with the words of the approver made safe', async () => {
    const { permission, json } = await check(call({ name: 'write' }), REJECT);
    expect(permission).toBe('deny');
    expect(json).toMatchObject({
      jsonrpc: '2.0',
      id: 7,
      result: { isError: true, _meta: { 'airlock/code': 'rejected' } },
    });
    expect(json.result.content[0].text).toContain('not \\u{1B}[31mtoday');
  });

  it.each([
    ['deadline_passed', 'nobody answered in time'],
    ['policy_denied', 'denied by policy'],
    ['not_paired', 'could not ask'],
  ])('with the code %s', async (code, words) => {
    const denied = { permission: 'deny', requestId: null, code, reason: 'why', isHuman: false } as const;
    const { json } = await check(requestText('resources/read', { uri: 'x' }, 'a"b'), denied);
    expect(json).toMatchObject({ id: 'a"b', error: { code: -32001, data: { code } } });
    expect(json.error.message).toContain(words);
  });

  it('nothing but a refusal where nothing was decided', async () => {
    expect(await check(call({ name: 'write' }), { permission: 'pending' })).toMatchObject({ permission: 'deny' });
  });

  it('an answer without an id where the client answered the server', async () => {
    expect((await check(result({ action: 'accept' }), REJECT)).json).toMatchObject({
      id: null,
      error: { code: -32001, data: { code: 'rejected' } },
    });
  });
});

describe(rules('INV-17')`messages that two readers could read in two ways`, () => {
  it.each([
    ['json_malformed', 'no JSON'],
    ['json_malformed', ''],
    ['json_malformed', '\u{feff}{}'],
    ['json_not_utf8', Uint8Array.of(0xff, 0xfe)],
    ['json_duplicate_key', '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}'],
    ['json_lone_surrogate', '{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"\\ud800"}}'],
    ['request_invalid', '{"jsonrpc":"2.0","id":1,"method":"a","Method":"tools/call"}'],
    ['request_invalid', '{"jsonrpc":"2.0","id":1.5,"method":"tools/call"}'],
    ['request_invalid', '[]'],
    ['request_invalid', '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"write"}}'],
    ['call_invalid', call({ arguments: {} })],
    ['call_invalid', call({ name: 'write', Arguments: {} })],
    [
      'json_number',
      call({ name: 'write', arguments: { n: 12345678901234567890n.toString() } }).replace(/"(\d{20})"/, '$1'),
    ],
    ['batch_gated', `[${requestText('tools/list')},${call({ name: 'write' })}]`],
    ['batch_gated', `[${requestText('tools/list')},${result({ action: 'accept' })}]`],
  ] as const)('are refused as %s: %j', async (code, message) => {
    const { permission, json, seen } = await check(message);
    expect(permission).toBe('deny');
    expect(seen).toEqual([]);
    const first = Array.isArray(json) ? json[0] : json;
    expect(first.error?.data.code ?? first.result?._meta['airlock/code']).toBe(code);
  });

  it('are refused when a line inside could be a message of its own behind a gateway that writes lines', async () => {
    const inner = call({ name: 'write' });
    for (const end of ['\n', '\r\n', '\r']) {
      const message = `{"jsonrpc":"2.0","method":"notifications/x","params":{"a":${end}${inner}${end}}}`;
      const { permission, json, seen } = await check(message);
      expect({ permission, code: json.error.data.code, seen }).toEqual({
        permission: 'deny',
        code: 'request_invalid',
        seen: [],
      });
    }
  });

  it('never get through unasked, whatever they are', async () => {
    const jsonish = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((inner) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${inner}}`),
      fc.json().map((inner) => `{"jsonrpc":"2.0","id":1,"result":${inner}}`),
    );
    await fc.assert(
      fc.asyncProperty(jsonish, async (text) => {
        const { permission, seen } = await check(text, REJECT);
        const isCall = text.includes('"tools/call"');
        if (isCall) expect(permission).toBe('deny');
        if (permission !== 'deny') expect(seen).toEqual([]);
      }),
    );
  });
});
