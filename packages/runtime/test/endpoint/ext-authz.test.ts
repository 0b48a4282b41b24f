import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../../src/errors.js';
import type { CheckAnswer } from '../../src/host/gateway-check.js';
import { BOUND, loopback } from '../support/loopback.js';

const MESSAGE = '{"jsonrpc":"2.0", "id":1,"method":"tools/call"}';

describe(rules('LOC-045')`POST /v1/ext-authz/{server}`, () => {
  it.each([
    { answer: { permission: 'allow', body: '' }, status: 200, body: '' },
    { answer: { permission: 'pass', body: 'not for anybody' }, status: 200, body: '' },
    { answer: { permission: 'deny', body: '{"jsonrpc":"2.0"}' }, status: 403, body: '{"jsonrpc":"2.0"}' },
  ] as const)('says $answer.permission as $status', async ({ answer, status, body }) => {
    const { send } = await loopback({ check: async (): Promise<CheckAnswer> => answer });
    const given = await send({ path: '/v1/ext-authz/files', body: MESSAGE });
    expect(given).toMatchObject({ status, body, headers: { 'airlock-permission': answer.permission } });
    expect(given.headers['content-type']).toBe(status === 403 ? 'application/json' : undefined);
  });

  it('hands on the message byte for byte, the name of the server and of the session', async () => {
    const { asked, send } = await loopback();
    await send({ path: '/v1/ext-authz/files/mcp?x=1', body: MESSAGE, headers: { 'mcp-session-id': 'abc-1' } });
    await send({ path: '/v1/ext-authz/files', body: '', headers: { 'mcp-session-id': 'a b' } });
    expect(asked).toMatchObject([
      { server: 'files', message: Buffer.from(MESSAGE), workspace: BOUND, sessionId: 'abc-1', timeoutSeconds: 300 },
      { server: 'files', message: Buffer.from(''), sessionId: 'gateway' },
    ]);
  });

  it.each(['GET', 'DELETE'])('has nothing to ask about a %s without a body', async (method) => {
    const { asked, send } = await loopback();
    const empty = await send({ method, path: '/v1/ext-authz/files/mcp', body: '', headers: { 'content-type': 'x/y' } });
    expect(empty).toMatchObject({ status: 200, headers: { 'airlock-permission': 'pass' } });
    const headers = { 'content-length': String(MESSAGE.length) };
    expect(await send({ method, path: '/v1/ext-authz/files/mcp', body: MESSAGE, headers })).toMatchObject({
      status: 400,
    });
    expect(asked).toEqual([]);
  });

  it('says 403, not 500, when the check fails: there are gateways that would go on', async () => {
    for (const [cause, code] of [
      [new RuntimeError('state_unavailable', 'no'), 'state_unavailable'],
      [new Error('boom'), 'internal_error'],
    ] as const) {
      const { send } = await loopback({ check: () => Promise.reject(cause) });
      const given = await send({ path: '/v1/ext-authz/files', body: MESSAGE });
      expect(given.status).toBe(403);
      expect(JSON.parse(given.body)).toMatchObject({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32001, data: { code } },
      });
    }
  });

  it('is not served where no adapter reads such messages', async () => {
    const { send } = await loopback({ check: null });
    expect(await send({ path: '/v1/ext-authz/files', body: MESSAGE })).toMatchObject({ status: 404, body: '' });
  });
});
