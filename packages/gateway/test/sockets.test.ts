import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type Listening, listening, type TestSocket } from './support/listening.js';
import type { Paired, Party } from './support/party.js';

let l: Listening;
let user: Party;
let paired: Paired;
beforeAll(async () => {
  l = await listening();
  user = await l.party();
  paired = await user.pair();
});
afterAll(() => l.close());

const bearer = (): string => paired.device.headers['Authorization']!.slice('Bearer '.length);
const ticket = async (headers: Record<string, string>): Promise<string> =>
  (await l.call('POST', '/v1/ws/ticket', { headers, body: {} })).body.ticket;
async function enforcerSocket(): Promise<TestSocket> {
  const socket = l.socket({ role: 'enforcer', id: paired.enforcerId }, user.enforcer);
  await socket.opened;
  return socket;
}
async function approverSocket(): Promise<TestSocket> {
  const socket = l.socket({ role: 'approver', id: paired.device.approverId }, paired.device.headers);
  await socket.opened;
  return socket;
}
const submit = (body: unknown): Promise<Answer> => l.call('POST', '/v1/artifacts', { headers: user.enforcer, body });
const decide = (body: unknown): Promise<Answer> =>
  l.call('POST', '/v1/decisions', { headers: paired.device.headers, body });

describe(rules('GW-400', 'GW-410')`opening a socket`, () => {
  it('works with a header, an access token or a ticket', async () => {
    const query = { role: 'approver', id: paired.device.approverId };
    const sockets = [
      l.socket(query, paired.device.headers),
      l.socket({ ...query, token: bearer() }),
      l.socket({ ...query, token: await ticket(paired.device.headers) }),
      l.socket({ ...query, token: 'ignored beside the header' }, paired.device.headers),
    ];
    for (const socket of sockets) {
      await socket.opened;
      socket.send({ msgType: 'ping' });
      expect(await socket.next()).toEqual({ msgType: 'pong' });
      socket.raw.close();
    }
  });

  it('works once with a ticket', async () => {
    const query = { role: 'enforcer', id: paired.enforcerId, token: await ticket(user.enforcer) };
    const first = l.socket(query);
    await first.opened;
    expect(await l.socket(query).closed).toBe(4401);
    first.raw.close();
  });

  it.each<[string, () => Promise<[Record<string, string>, Record<string, string>?]>]>([
    ['no credential', async () => [{ role: 'enforcer', id: 'e' }]],
    ['a bad token', async () => [{ role: 'enforcer', id: 'e', token: 'x.y.z' }]],
    ['an unknown ticket', async () => [{ role: 'enforcer', id: 'e', token: 'tkt-x' }]],
    ['a role that is not its own', async () => [{ role: 'approver', id: 'e' }, user.enforcer]],
    ['no role', async () => [{ id: 'e' }, user.enforcer]],
    ['no id', async () => [{ role: 'enforcer' }, user.enforcer]],
    ['another device', async () => [{ role: 'approver', id: 'app-x' }, paired.device.headers]],
    ['a device of nobody', async () => [{ role: 'approver', id: 'app-x' }, user.console]],
  ])('is accepted and closed with 4401 with %s', async (_name, make) => {
    const [query, headers] = await make();
    const socket = l.socket(query, headers);
    await socket.opened;
    expect(await socket.closed).toBe(4401);
  });

  it('is refused at other paths and in other versions', async () => {
    const origin = l.origin.replace('http', 'ws').replace('localhost', '127.0.0.1');
    const status = async (path: string, headers: Record<string, string>): Promise<number> => {
      const { WebSocket } = await import('ws');
      const raw = new WebSocket(origin + path, { headers });
      return await new Promise((resolve) => {
        raw.once('unexpected-response', (_request, response) => {
          resolve(response.statusCode ?? 0);
          raw.terminate();
        });
        raw.on('error', () => undefined);
      });
    };
    expect(await status('/v1/other', {})).toBe(404);
    expect(await status('/v1/ws', { 'X-HARP-Version': '1.0' })).toBe(426);
  });
});

describe(rules('GW-450', 'GW-460', 'GW-470', 'ART-120')`what travels over sockets`, () => {
  it('a request to its approver and a decision to its enforcer, the same as inbox and wait', async () => {
    const [enforcer, approver] = await Promise.all([enforcerSocket(), approverSocket()]);
    const sent = user.submission(paired);
    enforcer.send(sent);
    const accepted = await enforcer.next();
    expect(accepted).toMatchObject({ msgType: 'artifact.accepted', requestId: sent.requestId });
    const request = await approver.next();
    const path = `/v1/approvers/${paired.device.approverId}/inbox?limit=200`;
    const inbox = await l.call('GET', path, { headers: paired.device.headers });
    expect(inbox.body.body.items).toContainEqual(request);
    approver.send(user.decision(paired, sent));
    expect(await approver.next()).toMatchObject({ msgType: 'decision.accepted', body: { state: 'Decided' } });
    const delivered = await enforcer.next();
    const wait = await l.call('GET', `/v1/exchanges/${sent.requestId}/wait`, { headers: user.enforcer });
    expect(wait.body).toEqual(delivered);
    const body = { msgId: delivered.msgId, status: 'processed', ackAt: delivered.createdAt };
    enforcer.send({ msgType: 'ack.submit', requestId: sent.requestId, body });
    expect(await enforcer.next()).toMatchObject({ msgType: 'ack.accepted' });
    const status = await l.call('GET', `/v1/exchanges/${sent.requestId}`, { headers: user.enforcer });
    expect(status.body.body.state).toBe('Delivered');
    enforcer.raw.close();
    approver.raw.close();
  });

  it('a decision to the newest channel of its enforcer only', async () => {
    const older = await enforcerSocket();
    const newer = await enforcerSocket();
    const sent = user.submission(paired);
    await submit(sent);
    await decide(user.decision(paired, sent));
    expect((await newer.next()).msgType).toBe('decision.deliver');
    older.send({ msgType: 'ping' });
    expect((await older.next()).msgType).toBe('pong');
    older.raw.close();
    newer.raw.close();
  });

  it('withdrawal, expiry and cancellation to the approver', async () => {
    const other = await l.party();
    const pair = await other.pair();
    const query = { role: 'approver', id: pair.device.approverId };
    const approver = l.socket(query, pair.device.headers);
    await approver.opened;
    const send = async (over: Record<string, unknown> = {}): Promise<string> => {
      const sent = other.submission(pair, over);
      await l.call('POST', '/v1/artifacts', { headers: other.enforcer, body: sent });
      expect((await approver.next()).requestId).toBe(sent.requestId);
      return sent.requestId;
    };
    const id = await send();
    await l.call('POST', `/v1/exchanges/${id}/withdraw`, { headers: other.enforcer, body: { reason: 'no' } });
    expect(await approver.next()).toMatchObject({
      msgType: 'exchange.withdrawn',
      requestId: id,
      recipient: { approverId: pair.device.approverId },
      body: { state: 'Withdrawn', reason: 'no' },
    });
    const second = await send({ body: { expiresAt: new Date(Date.now() + 5_200).toISOString() } });
    expect(await approver.next()).toMatchObject({
      msgType: 'exchange.expired',
      requestId: second,
      body: { state: 'Expired' },
    });
    const third = await send();
    const routingToken = pair.routingToken;
    await l.call('POST', '/v1/pairing/revoke', { headers: other.enforcer, body: { routingToken } });
    expect(await approver.next()).toMatchObject({
      msgType: 'exchange.cancelled',
      requestId: third,
      body: { state: 'Cancelled', reason: 'pairing_revoked' },
    });
    approver.raw.close();
  });

  it(rules('PAIR-120')`the end of its last pairing to the enforcer, if the approver ended it`, async () => {
    const other = await l.party();
    const [one, two] = [await other.pair({ enforcerId: 'cli' }), await other.pair({ enforcerId: 'cli' })];
    const socket = l.socket({ role: 'enforcer', id: 'cli' }, other.enforcer);
    await socket.opened;
    await l.call('DELETE', `/v1/pairings/${one.pairingId}`, { headers: other.console });
    await l.call('DELETE', `/v1/pairings/${two.pairingId}`, { headers: other.console });
    const message = await socket.next();
    expect(message).toMatchObject({
      msgType: 'pairing.revoked',
      type: 'pairing.revoked',
      reason: 'Removed by the approver',
      body: { reason: 'Removed by the approver' },
      recipient: { enforcerId: 'cli' },
    });
    socket.send({ msgType: 'ping' });
    expect((await socket.next()).msgType).toBe('pong');
    socket.raw.close();
  });

  it(rules('EXCH-130')`a wish for a fresh artifact to the enforcer`, async () => {
    const enforcer = await enforcerSocket();
    const sent = user.submission(paired);
    await submit(sent);
    const path = `/v1/requests/${sent.requestId}/refresh?enforcerDeviceId=`;
    const headers = paired.device.headers;
    const answer = await l.call('POST', path + paired.enforcerId, { headers, body: {} });
    expect(answer.body).toEqual({ status: 'forwarded' });
    expect(await enforcer.next()).toMatchObject({
      msgType: 'refresh.request',
      type: 'refresh.request',
      requestId: sent.requestId,
    });
    expect((await l.call('POST', `${path}enf-other`, { headers })).status).toBe(404);
    enforcer.raw.close();
  });

  it('a claimed code to the approver who made it', async () => {
    const approver = await approverSocket();
    const made = await l.call('POST', '/v1/pairing/pre-generate', {
      headers: paired.device.headers,
      body: { approverId: paired.device.approverId },
    });
    const body = { pairingCode: made.body.pairingCode, deviceId: 'd', enforcerId: 'e', enforcerLabel: 'E' };
    await l.call('POST', '/v1/pairing/claim', { headers: user.enforcer, body });
    expect(await approver.next()).toMatchObject({
      msgType: 'pairing.claimed',
      body: { pairingNonce: made.body.pairingNonce, enforcerId: 'e', enforcerLabel: 'E', workspaceName: '' },
    });
    approver.raw.close();
  });
});

describe(rules('GW-420', 'GW-430', 'PRES-040')`frames`, () => {
  it('that are no messages are answered, and the third closes with 1008', async () => {
    const socket = await enforcerSocket();
    socket.raw.send(Buffer.from('{"msgType":"ping"}'), { binary: true });
    expect(await socket.next()).toMatchObject({ msgType: 'error', code: 'unsupported_media_type' });
    socket.send('{"msgType":');
    expect(await socket.next()).toMatchObject({ msgType: 'error', code: 'invalid_json' });
    socket.send(`{"msgType":"ping","x":"${'x'.repeat(3 * 1024 * 1024)}"}`);
    expect(await socket.next()).toMatchObject({ msgType: 'error', code: 'payload_too_large' });
    expect(await socket.closed).toBe(1008);
  });

  it('of the other role, of unknown type and with wrong members leave the socket open', async () => {
    const socket = await enforcerSocket();
    const sent = user.submission(paired);
    socket.send(user.decision(paired, sent));
    expect(await socket.next()).toMatchObject({ code: 'forbidden' });
    socket.send({ msgType: 'exchange.status' });
    expect(await socket.next()).toMatchObject({ code: 'invalid_request' });
    socket.send({ ...sent, body: {} });
    expect(await socket.next()).toMatchObject({ code: 'invalid_request' });
    socket.send({ ...sent, body: { ...sent.body, metadata: { routingToken: 'rt-x' } } });
    expect(await socket.next()).toMatchObject({
      code: 'pairing_revoked',
      requestId: sent.requestId,
      body: { requestId: sent.requestId },
    });
    socket.send({ msgType: 'ping' });
    expect((await socket.next()).msgType).toBe('pong');
    socket.raw.close();
  });

  it('say hello, whatever version they announce, and make the enforcer visible', async () => {
    const other = await l.party();
    const socket = l.socket({ role: 'enforcer', id: 'ext' }, other.enforcer);
    await socket.opened;
    const capabilities = { harpVersion: '1.0', supportsRefresh: 'true' };
    socket.send({ msgType: 'hello', capabilities, workspaceName: 'w', enforcerLabel: 'Cursor' });
    socket.send({ msgType: 'ping' });
    await socket.next();
    const record = async (): Promise<any> =>
      (await l.call('GET', '/v1/presence/enforcers/ext', { headers: other.console })).body;
    expect(await record()).toMatchObject({
      status: 'online',
      transport: 'websocket',
      workspaceName: 'w',
      enforcerLabel: 'Cursor',
      capabilities,
    });
    socket.raw.close();
    await socket.closed;
    await expect.poll(async () => (await record()).status).toBe('offline');
  });
});

describe(rules('GW-480')`event streams`, () => {
  it('carry the same messages as events', async () => {
    const abort = new AbortController();
    const path = `/v1/sse/approvers/${paired.device.approverId}`;
    const response = await fetch(l.origin + path, { headers: paired.device.headers, signal: abort.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (end: string): Promise<string> => {
      while (!text.includes(end)) text += (await reader.read()).value ?? '';
      return text;
    };
    expect(await until('\n\n')).toBe('event: ping\ndata: {}\n\n');
    text = '';
    const sent = user.submission(paired);
    await submit(sent);
    const [event, id, data] = (await until('\n\n')).split('\n');
    const message = JSON.parse(data!.slice('data: '.length));
    expect([event, id]).toEqual(['event: approval.request', `id: ${message.msgId}`]);
    expect(message.requestId).toBe(sent.requestId);
    abort.abort();
  });

  it('are for the own device', async () => {
    const answer = await l.call('GET', '/v1/sse/approvers/app-x', { headers: paired.device.headers });
    expect(answer.status).toBe(403);
  });
});

describe(rules('EXCH-040')`long polls over a connection`, () => {
  it('end when the decision comes, and when the client goes away free their place', async () => {
    const sent = user.submission(paired);
    await submit(sent);
    const url = `${l.origin}/v1/exchanges/${sent.requestId}/wait?timeout=30`;
    const gone = new AbortController();
    const abandoned = fetch(url, { headers: user.enforcer, signal: gone.signal });
    const waiting = l.call('GET', `/v1/exchanges/${sent.requestId}/wait?timeout=30`, { headers: user.enforcer });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    gone.abort();
    await expect(abandoned).rejects.toThrow();
    await decide(user.decision(paired, sent));
    expect((await waiting).status).toBe(200);
  });

  it('are 413 with a closed connection when the body is too large, chunked or not', async () => {
    const declared = await l.call('POST', '/v1/artifacts', {
      headers: user.enforcer,
      raw: 'x'.repeat(3 * 1024 * 1024 + 1),
    });
    expect([declared.status, declared.headers.get('connection')]).toEqual([413, 'close']);
    const chunk = new TextEncoder().encode(' '.repeat(256 * 1024));
    const body = new ReadableStream({
      start: (controller) => {
        for (let index = 0; index < 13; index += 1) controller.enqueue(chunk);
        controller.close();
      },
    });
    const headers = { ...user.enforcer, 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const chunked = await fetch(`${l.origin}/v1/artifacts`, init);
    expect([chunked.status, chunked.headers.get('connection')]).toEqual([413, 'close']);
  });
});

describe(rules('GW-180')`shutdown`, () => {
  it('answers waits with 204 and closes sockets with 1012', async () => {
    const stopping = await listening();
    const one = await stopping.party();
    const pair = await one.pair();
    const sent = one.submission(pair);
    await stopping.call('POST', '/v1/artifacts', { headers: one.enforcer, body: sent });
    const socket = stopping.socket({ role: 'enforcer', id: pair.enforcerId }, one.enforcer);
    await socket.opened;
    const path = `/v1/exchanges/${sent.requestId}/wait?timeout=60`;
    const parked = stopping.call('GET', path, { headers: one.enforcer });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await stopping.close();
    expect((await parked).status).toBe(204);
    expect(await socket.closed).toBe(1012);
  });
});
