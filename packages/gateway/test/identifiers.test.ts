import { randomUUID } from 'node:crypto';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type Harness, harness } from './support/harness.js';
import type { Paired, Party } from './support/party.js';

let h: Harness;
let user: Party;
let paired: Paired;

beforeAll(async () => {
  h = await harness();
  user = await h.party();
  paired = await user.pair();
});
afterAll(() => h.close());

const submit = (over: Record<string, unknown>): Promise<Answer> =>
  h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: user.submission(paired, over) });
const wait = (id: string): Promise<Answer> =>
  h.call('GET', `/v1/exchanges/${id}/wait?timeout=1`, { headers: user.enforcer });

describe(rules('ID-010')`identifiers`, () => {
  it('that differ in case only are different exchanges', async () => {
    const id = `Req-${randomUUID()}`;
    expect((await submit({ requestId: id })).body.body.duplicate).toBe(false);
    expect((await submit({ requestId: id.toLowerCase() })).body.body.duplicate).toBe(false);
    expect((await h.call('GET', `/v1/exchanges/${id.toUpperCase()}`, { headers: user.enforcer })).status).toBe(404);
  });

  it('of enforcers and routing tokens are compared exactly', async () => {
    const { enforcerId, routingToken } = paired;
    const other = await submit({ sender: { enforcerId: enforcerId.toUpperCase() } });
    expect([other.status, other.body.code]).toEqual([403, 'pairing_revoked']);
    const token = await submit({ body: { metadata: { routingToken: routingToken.toUpperCase() } } });
    expect([token.status, token.body.code]).toEqual([403, 'pairing_revoked']);
  });
});

describe(rules('ID-130')`message ids`, () => {
  it.each([['any text'], [''], [undefined]])('%j is taken on what comes in', async (msgId) => {
    expect((await submit({ msgId })).status).toBe(202);
  });

  it('of a decision stay the same when it is delivered again', async () => {
    const sent = user.submission(paired);
    await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: sent });
    const body = user.decision(paired, sent);
    await h.call('POST', '/v1/decisions', { headers: paired.device.headers, body });
    const [first, second] = [await wait(sent.requestId), await wait(sent.requestId)];
    expect(first.body.msgId).toMatch(/./);
    expect(second.body.msgId).toBe(first.body.msgId);
  });
});

describe(rules('ID-140')`labels`, () => {
  it('of 128 characters are taken; equal ones are neither identity nor authorisation', async () => {
    const label = 'é'.repeat(128);
    const initiate = (enforcerId: string) =>
      h.call('POST', '/v1/pairing/initiate', {
        headers: user.enforcer,
        body: { deviceId: label, enforcerId, enforcerLabel: label, workspaceName: label },
      });
    const [one, two] = [await initiate('enf-one'), await initiate('enf-two')];
    expect([one.status, two.status]).toEqual([201, 201]);
    const unpaired = await h.call('POST', '/v1/artifacts', {
      headers: user.enforcer,
      body: user.submission({ ...paired, enforcerId: 'enf-one' }, { body: { metadata: { workspaceName: label } } }),
    });
    expect([unpaired.status, unpaired.body.code]).toEqual([422, 'no_approver']);
  });
});

describe(rules('ID-150')`workspace ids`, () => {
  it('are exact strings of up to 512 characters', async () => {
    const workspaceId = `/srv/${'w'.repeat(507)}`;
    const { enforcerId } = paired;
    const policy = {
      requestId: `dnd-${randomUUID()}`,
      objectType: 'airlock.dnd.workspace',
      enforcerId,
      workspaceId,
      policyMode: 'deny_all',
      createdAt: '2026-03-02T14:00:00.000Z',
      expiresAt: '2026-03-02T15:00:00.000Z',
    };
    const created = await h.call('POST', '/v1/policy/dnd', { headers: paired.device.headers, body: policy });
    expect(created.status, created.text).toBe(201);
    const effective = async (id: string): Promise<number> => {
      const query = new URLSearchParams({ enforcerId, workspaceId: id });
      const answer = await h.call('GET', `/v1/policy/dnd/effective?${query.toString()}`, { headers: user.enforcer });
      return answer.body.body.length;
    };
    expect(await effective(workspaceId)).toBe(1);
    expect(await effective(workspaceId.toUpperCase())).toBe(0);
    expect(await effective(`${workspaceId}/`)).toBe(0);
    expect(await effective(workspaceId.slice(0, -1))).toBe(0);
  });
});

describe(rules('GW-020', 'GW-150')`the origin`, () => {
  it('has the routes at its root and nowhere else', async () => {
    expect((await h.call('GET', '/v1/status')).status).toBe(200);
    expect((await h.call('GET', '/airlock/v1/status')).status).toBe(404);
  });

  it('takes an Idempotency-Key and lets the request id decide', async () => {
    const headers = { ...user.enforcer, 'Idempotency-Key': 'same' };
    const send = () => h.call('POST', '/v1/artifacts', { headers, body: user.submission(paired) });
    const answers = [await send(), await send()];
    expect(answers.map(({ status, body }) => [status, body.body.duplicate])).toEqual([
      [202, false],
      [202, false],
    ]);
  });
});
