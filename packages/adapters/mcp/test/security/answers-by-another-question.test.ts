import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { mcpCheck } from '../../src/check/gateway-check.js';
import { gatesOf } from '../../src/proxy/gates.js';
import { requestText } from '../support/messages.js';
import { scene } from '../support/scene.js';

const ELICITED = { action: 'accept', content: { sure: true } };
const SAMPLED = { role: 'assistant', model: 'm', content: { type: 'text', text: 'rm -rf /' } };
const answer = (result: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 1, result });

/** What became of a result with which the client answers these messages of the server. */
async function answered(fromServer: readonly string[], result: unknown) {
  const at = scene();
  at.daemon.answers(() => new Promise(() => undefined));
  for (const text of fromServer) at.reply(text);
  await at.settle();
  at.send(answer(result));
  await at.settle();
  return { server: at.server, sources: at.daemon.asked.map(({ source }) => source) };
}

describe(rules('INV-1')`a server that has its question answered under another one`, () => {
  const hidden = requestText('elicitation/create', { message: 'Sure?' }, 1).replace(
    '"method"',
    '"method":"ping","method"',
  );

  it.each<readonly [attack: string, fromServer: readonly string[], result: unknown, gate: string]>([
    ['fetches it from a task', [requestText('tasks/result', { taskId: 't' }, 1)], ELICITED, 'mcp-elicitation'],
    ['fetches a sampled one from a task', [requestText('tasks/result', { taskId: 't' }, 1)], SAMPLED, 'mcp-sampling'],
    [
      'pings in a batch that its client ignores',
      [`[${requestText('ping', undefined, 1)}]`, hidden],
      ELICITED,
      'mcp-elicitation',
    ],
    [
      'asks for roots meanwhile',
      [hidden, requestText('roots/list', undefined, 1)],
      { roots: [], ...SAMPLED },
      'mcp-sampling',
    ],
    ['makes a method up', [requestText('acme/ask', {}, 1)], ELICITED, 'mcp-elicitation'],
    [
      'takes the one gate for the other',
      [requestText('acme/ask', {}, 1)],
      { ...SAMPLED, action: 'accept' },
      'mcp-sampling',
    ],
    ['reads keys without their case', [requestText('ping', undefined, 1)], { Action: 'accept' }, 'mcp-sampling'],
  ])('%s: it is asked about all the same', async (_attack, fromServer, result, gate) => {
    expect(await answered(fromServer, result)).toEqual({ server: [], sources: [gate] });
  });

  it('has it in a batch: nothing of that is forwarded', async () => {
    const at = scene();
    at.reply(requestText('tasks/result', { taskId: 't' }, 1));
    await at.settle();
    at.send(`[${answer(ELICITED)}]`);
    await at.settle();
    expect([at.server, at.daemon.asked]).toEqual([[], []]);
  });

  it.each([
    ['ping', {}],
    ['roots/list', { roots: [{ uri: 'file:///w' }] }],
    ['tasks/get', { taskId: 't', status: 'working', createdAt: '', lastUpdatedAt: '', ttl: 1, pollInterval: 1 }],
    ['tasks/list', { tasks: [], nextCursor: 'x' }],
  ])('%s is answered without asking', async (method, result) => {
    expect(await answered([requestText(method, {}, 1)], result)).toEqual({ server: [answer(result)], sources: [] });
  });

  it('lets a sampled answer ride along as an elicited one: the stricter gate counts', () => {
    const gates = (value: unknown) =>
      gatesOf({ method: 'tasks/update', params: { inputResponses: { a: value } } as never });
    expect(gates(ELICITED)).toEqual(['mcp-elicitation']);
    expect(gates({ ...SAMPLED, action: 'accept' })).toEqual(['mcp-sampling']);
    expect(gates({ ...SAMPLED, roots: [] })).toEqual(['mcp-sampling']);
  });
});

describe('what a gateway forwards as an answer', () => {
  it('is asked about unless it is none', async () => {
    const hosts: string[] = [];
    const check = mcpCheck({
      decide: async ({ host }: { host: string }) => {
        hosts.push(host);
        return { permission: 'deny', requestId: null, code: 'x', reason: '', isHuman: false };
      },
    } as never);
    for (const result of [ELICITED, SAMPLED, { roots: [] }, { taskId: 't', status: 'working' }, {}]) {
      const message = Buffer.from(answer(result));
      await check({
        server: 's',
        message,
        workspace: '/w',
        sessionId: 's',
        timeoutSeconds: 1,
        signal: new AbortController().signal,
      });
    }
    expect(hosts).toEqual(['gateway-elicitation', 'gateway-sampling']);
  });
});
