import { rules } from '@airlock/conformance';
import { ed25519Sign, policySignable } from '@airlock/crypto';
import { base64UrlEncode, formatTime } from '@airlock/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type Harness, harness } from './support/harness.js';
import type { Paired, Party, Submission } from './support/party.js';

let h: Harness;
let user: Party;
let paired: Paired;
beforeAll(async () => {
  h = await harness();
  user = await h.party();
  paired = await user.pair();
});
afterAll(() => h.close());

const get = (path: string, headers = user.console): Promise<Answer> => h.call('GET', path, { headers });

async function submitted(who: Party, pair: Paired, count: number): Promise<Submission[]> {
  const all: Submission[] = [];
  for (let index = 0; index < count; index += 1) {
    const sent = who.submission(pair);
    const answer = await h.call('POST', '/v1/artifacts', { headers: who.enforcer, body: sent });
    expect(answer.status, answer.text).toBe(202);
    all.push(sent);
  }
  return all;
}

describe(rules('APPR-080', 'APPR-090')`the inbox`, () => {
  it('pages through the pending exchanges, oldest first, without loss under insertions', async () => {
    const one = await h.party();
    const pair = await one.pair();
    const first = await submitted(one, pair, 5);
    const path = `/v1/approvers/${pair.device.approverId}/inbox`;
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: any = (await get(`${path}?limit=2&cursor=${cursor}`, pair.device.headers)).body.body;
      seen.push(...page.items.map((item: any) => item.requestId));
      if (seen.length === 2) first.push(...(await submitted(one, pair, 1)));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(first.map((sent) => sent.requestId));
  });

  it.each([
    ['limit=0', 1],
    ['limit=-1', 50],
    ['limit=x', 50],
    ['', 50],
    ['limit=201', 60],
  ])('reads %j as a page of %i', async (query, expected) => {
    const one = await h.party();
    const pair = await one.pair();
    await submitted(one, pair, 60);
    const page = await get(`/v1/approvers/${pair.device.approverId}/inbox?${query}`, one.console);
    expect(page.body.body.items).toHaveLength(expected);
    expect(page.body.body.nextCursor === null).toBe(expected === 60);
  });

  it('refuses a cursor that is not its own', async () => {
    const answer = await get(`/v1/approvers/${paired.device.approverId}/inbox?cursor=***`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });

  it('keeps what was decided or withdrawn out of it, and dismissal away from the exchange', async () => {
    const [kept, decided, withdrawn] = await submitted(user, paired, 3);
    await h.call('POST', '/v1/decisions', { headers: user.console, body: user.decision(paired, decided!) });
    await h.call('POST', `/v1/exchanges/${withdrawn!.requestId}/withdraw`, { headers: user.enforcer, body: {} });
    const path = `/v1/approvers/${paired.device.approverId}/inbox`;
    const dismissed = await h.call('DELETE', `${path}/${kept!.requestId}`, { headers: user.console });
    expect(dismissed.status).toBe(204);
    const ids = (await get(path)).body.body.items.map((item: any) => item.requestId);
    expect(ids).toEqual([kept!.requestId]);
    expect((await h.call('DELETE', `${path}/req-unknown`, { headers: user.console })).status).toBe(404);
    await h.clock.advance(600_000);
    const expired = (await get(`${path}/expired`)).body.body.items.map((item: any) => item.requestId);
    expect(expired).not.toContain(kept!.requestId);
  });

  it(rules('AUTH-030')`of another device is 403, of another user 404`, async () => {
    const other = await h.party();
    const second = await other.register();
    const path = `/v1/approvers/${second.approverId}/inbox`;
    expect((await get(path, other.device.headers)).status).toBe(403);
    expect((await get(path, other.console)).status).toBe(200);
    expect((await get(path, user.console)).status).toBe(404);
  });
});

describe('history', () => {
  it('lists what ended, newest first, by state and enforcer, for the device it was routed to', async () => {
    const one = await h.party();
    const pair = await one.pair();
    const [a, b, c] = await submitted(one, pair, 3);
    const decision = one.decision(pair, a!);
    await h.call('POST', '/v1/decisions', { headers: one.console, body: decision });
    await h.call('POST', `/v1/exchanges/${b!.requestId}/withdraw`, { headers: one.enforcer, body: {} });
    const items = async (query: string, headers = one.console): Promise<any[]> =>
      (await get(`/v1/history?${query}`, headers)).body.body.items;
    expect((await items('')).map((item) => item.requestId)).toEqual([b!.requestId, a!.requestId]);
    expect((await items('state=Decided'))[0]).toMatchObject({
      requestId: a!.requestId,
      decision: decision.body,
      decidedAt: formatTime(h.clock.now()),
      enforcerLabel: 'Airlock',
      metadata: { workspaceName: 'widgets' },
    });
    expect(await items('enforcerId=enf-other')).toEqual([]);
    expect(await items('', one.device.headers)).toHaveLength(2);
    expect(await items('', (await one.register()).headers)).toEqual([]);
    await h.clock.advance(600_000);
    expect((await items('state=Expired')).map((item) => item.requestId)).toEqual([c!.requestId]);
    const page = (await get('/v1/history?limit=2', one.console)).body.body;
    const rest = (await get(`/v1/history?limit=2&cursor=${page.nextCursor}`, one.console)).body.body;
    expect([page.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
  });
});

describe('approver devices', () => {
  it('are listed with their keys, until they are deleted', async () => {
    const one = await h.party();
    const second = await one.register();
    const ids = async (): Promise<string[]> =>
      (await get('/v1/approvers', one.console)).body.items.map((item: any) => item.approverId);
    expect(await ids()).toEqual(expect.arrayContaining([one.device.approverId, second.approverId]));
    await h.call('DELETE', `/v1/approvers/${second.approverId}`, { headers: one.console });
    expect(await ids()).toEqual([one.device.approverId]);
  });
});

describe(rules('PRES-010', 'PRES-020', 'PRES-030')`presence`, () => {
  it('is online for 90 s after a heartbeat, then offline, then without transport', async () => {
    const one = await h.party();
    const body = { enforcerId: 'enf-1', workspaceName: 'widgets', enforcerLabel: 'Airlock' };
    await h.call('POST', '/v1/presence/heartbeat', { headers: one.enforcer, body });
    const at = formatTime(h.clock.now());
    const record = async (): Promise<any> => (await get('/v1/presence/enforcers/enf-1', one.console)).body;
    const online = {
      enforcerDeviceId: 'enf-1',
      status: 'online',
      lastSeenAt: at,
      transport: 'poll',
      workspaceName: 'widgets',
      enforcerLabel: 'Airlock',
    };
    expect(await record()).toEqual(online);
    await h.clock.advance(90_000);
    expect(await record()).toEqual({ ...online, status: 'offline' });
    await h.clock.advance(510_000);
    const { transport: _transport, ...silent } = online;
    expect(await record()).toEqual({ ...silent, status: 'offline' });
    const list = await get('/v1/presence/enforcers?tenantId=me', one.console);
    expect(list.body).toEqual([{ ...silent, status: 'offline' }]);
  });

  it.each([
    ['', 400],
    ['?tenantId=', 400],
    ['?tenantId=usr-other', 404],
  ])('tenantId %j is %i', async (query, status) => {
    expect((await get(`/v1/presence/enforcers${query}`)).status).toBe(status);
  });

  it('is for the own user', async () => {
    const other = await h.party();
    await h.call('POST', '/v1/presence/heartbeat', { headers: other.enforcer, body: { enforcerId: 'theirs' } });
    expect((await get('/v1/presence/enforcers/theirs')).status).toBe(404);
    const own = await get(`/v1/presence/enforcers?tenantId=${other.userId}`, other.console);
    expect(own.body).toHaveLength(1);
  });
});

describe(rules('DND-010', 'DND-020', 'DND-030', 'DND-040')`standing policies`, () => {
  const policy = (over: Record<string, unknown> = {}, seed = paired.device.seed): object => {
    const unsigned: Record<string, unknown> = {
      requestId: `dnd-${Math.abs(h.clock.now())}-${JSON.stringify(over).length}`,
      objectType: 'airlock.dnd.action',
      enforcerId: paired.enforcerId,
      workspaceId: 'ws 1/ä',
      policyMode: 'approve_all',
      actionSelector: { argvPrefix: ['npm', 'test'] },
      createdAt: formatTime(h.clock.now()),
      expiresAt: formatTime(h.clock.now() + 3_600_000),
      signerKeyId: paired.signerKeyId,
      ...over,
    };
    for (const key of Object.keys(unsigned)) if (unsigned[key] === undefined) delete unsigned[key];
    return { ...unsigned, signature: base64UrlEncode(ed25519Sign(seed, policySignable(unsigned))) };
  };
  const create = (body: unknown): Promise<Answer> => h.call('POST', '/v1/policy/dnd', { headers: user.console, body });
  const effective = async (query: string, headers = user.enforcer): Promise<any[]> =>
    (await get(`/v1/policy/dnd/effective?${query}`, headers)).body.body;

  it('are an empty array to begin with', async () => {
    const one = await h.party();
    expect(await effective('enforcerId=e&workspaceId=w', one.enforcer)).toEqual([]);
  });

  it('are kept as signed, selected exactly, listed and ended', async () => {
    const made = policy({ sessionId: 'sess-1' });
    const answer = await create(made);
    expect(answer.status, answer.text).toBe(201);
    const { policyId } = answer.body.body;
    const query = `enforcerId=${paired.enforcerId}&workspaceId=${encodeURIComponent('ws 1/ä')}`;
    expect(await effective(`${query}&sessionId=sess-1`)).toEqual([made]);
    expect(await effective(`enforcerId=${paired.enforcerId}&workspaceId=ws 1/ä&sessionId=sess-1`)).toEqual([made]);
    expect(await effective(`${query}&sessionId=sess-2`)).toEqual([]);
    expect(await effective(query)).toEqual([]);
    expect(await effective('enforcerId=other&workspaceId=ws%201%2F%C3%A4&sessionId=sess-1')).toEqual([]);
    expect((await get('/v1/policy/dnd')).body.body).toEqual([made]);
    const remove = (): Promise<Answer> => h.call('DELETE', `/v1/policy/dnd/${policyId}`, { headers: user.console });
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(404);
    expect((await get('/v1/policy/dnd')).body.body).toEqual([]);
  });

  it('end at their expiry', async () => {
    await create(policy({ requestId: 'dnd-short' }));
    const query = `enforcerId=${paired.enforcerId}&workspaceId=${encodeURIComponent('ws 1/ä')}`;
    expect(await effective(query)).toHaveLength(1);
    await h.clock.advance(3_600_000);
    expect(await effective(query)).toEqual([]);
  });

  it('may deny unsigned', async () => {
    const unsigned = {
      requestId: 'dnd-deny',
      objectType: 'airlock.dnd.workspace',
      enforcerId: paired.enforcerId,
      workspaceId: 'w',
      policyMode: 'deny_all',
      createdAt: formatTime(h.clock.now()),
      expiresAt: formatTime(h.clock.now() + 1000),
    };
    expect((await create(unsigned)).status).toBe(201);
  });

  const day = 24 * 3_600_000;
  it.each([
    ['a span over 24 h', () => policy({ expiresAt: formatTime(h.clock.now() + day + 1) }), 400],
    ['no workspaceId', () => policy({ workspaceId: undefined }), 400],
    ['an unknown mode', () => policy({ policyMode: 'maybe' }), 400],
    ['an empty argvPrefix', () => policy({ actionSelector: { argvPrefix: [] } }), 400],
    ['a blank element', () => policy({ actionSelector: { argvPrefix: ['npm', ' '] } }), 400],
    ['no selector', () => policy({ actionSelector: undefined }), 400],
    ['a selector of a session only', () => policy({ actionSelector: { sessionId: 's' } }), 400],
    ['no signature', () => ({ ...policy(), signature: undefined }), 422],
    ['another key', () => policy({}, new Uint8Array(32).fill(9)), 422],
    ['another key id', () => policy({ signerKeyId: 'key-other' }), 422],
    ['an enforcer that is not paired', () => policy({ enforcerId: 'enf-x' }), 422],
    ['a member changed after signing', () => ({ ...policy(), workspaceId: 'x' }), 422],
  ])('are refused with %s', async (_name, make, status) => {
    const answer = await create(make());
    expect(answer.status, answer.text).toBe(status);
    if (status === 422) expect(answer.body.code).toBe('HARP_ERR_SIGNATURE_INVALID');
  });
});
