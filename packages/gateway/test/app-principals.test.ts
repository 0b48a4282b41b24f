import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type Harness, harness } from './support/harness.js';
import type { Paired, Party } from './support/party.js';

let h: Harness;
let user: Party;
let app: Record<string, string>;
let appId: string;
let first: Paired;

beforeAll(async () => {
  h = await harness();
  user = await h.party('anna');
  first = await user.pair({ enforcerId: 'shared-id' });
  const made = await h.gateway.admin.createApp({ name: 'Example Agent', kind: 'Agent' });
  appId = made.appId;
  const { pat } = await h.gateway.admin.createPat({ user: 'anna', role: 'enforcer', appId });
  app = { 'X-PAT': pat, 'X-Client-Id': made.clientId, 'X-Client-Secret': made.clientSecret! };
});
afterAll(() => h.close());

const consents = async (): Promise<any[]> =>
  (await h.call('GET', '/v1/consents', { headers: user.console })).body.items;
const decide = async (decision: string): Promise<Answer> => {
  const [item] = await consents();
  const path = `/v1/consents/${item.consentId}/decide`;
  return await h.call('POST', path, { headers: user.console, body: { decision } });
};

describe(rules('CONS-060', 'ERR-020')`an app without consent`, () => {
  it('is refused in the flat form before its body is looked at', async () => {
    const answer = await h.call('POST', '/v1/artifacts', { headers: app, raw: '{not json' });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ error: 'app_consent_required', appId, appName: 'Example Agent' });
    expect('body' in answer.body).toBe(false);
    const version = await h.call('POST', '/v1/artifacts', { headers: { ...app, 'X-HARP-Version': '9.9' } });
    expect(version.status).toBe(426);
    const again = await h.call('GET', '/v1/subscription', { headers: app });
    expect(again.body.error).toBe('app_consent_pending');
  });
});

describe(rules('ID-040', 'ID-110', 'PAIR-070', 'AUTH-010')`an app with consent`, () => {
  let paired: Paired;
  beforeAll(async () => {
    expect((await decide('allow')).status).toBe(200);
    paired = await user.pair({ enforcerId: 'shared-id', headers: app });
  });

  it('shares neither pairings nor routing tokens with first-party enforcers of the same id', async () => {
    const listed = await h.call('GET', '/v1/pairings', { headers: user.console });
    const states = listed.body.items.map((item: any) => [item.pairingId, item.appId, item.state]);
    expect(states).toEqual(
      expect.arrayContaining([
        [first.pairingId, undefined, 'Completed'],
        [paired.pairingId, appId, 'Completed'],
      ]),
    );
    const crossed = user.submission(first);
    const answer = await h.call('POST', '/v1/artifacts', { headers: app, body: crossed });
    expect(answer.body.code).toBe('pairing_revoked');
    const routingToken = first.routingToken;
    const revoked = await h.call('POST', '/v1/pairing/revoke', { headers: app, body: { routingToken } });
    expect(revoked.body).toEqual({ status: 'revoked' });
    const own = await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: crossed });
    expect(own.status).toBe(202);
  });

  it('sees neither the sessions nor the exchanges of others, nor they its own', async () => {
    const theirs = user.submission(first);
    await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: theirs });
    const ours = user.submission(paired);
    await h.call('POST', '/v1/artifacts', { headers: app, body: ours });
    const get = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await h.call('GET', path, { headers })).status;
    expect(await get(`/v1/exchanges/${theirs.requestId}`, app)).toBe(404);
    expect(await get(`/v1/exchanges/${ours.requestId}`, user.enforcer)).toBe(404);
    expect(await get(`/v1/exchanges/${ours.requestId}`, app)).toBe(200);
    expect(await get(`/v1/pairing/${first.nonce}/status`, app)).toBe(404);
    expect(await get(`/v1/pairing/${paired.nonce}/status`, user.enforcer)).toBe(404);
    const withdraw = `/v1/exchanges/${theirs.requestId}/withdraw`;
    expect((await h.call('POST', withdraw, { headers: app, body: {} })).status).toBe(404);
    const { artifactHash } = theirs.body;
    const reuse = user.submission(paired, { requestId: theirs.requestId, body: { artifactHash } });
    const conflict = await h.call('POST', '/v1/artifacts', { headers: app, body: reuse });
    expect(conflict.body.code).toBe('AlreadyExistsConflict');
  });

  it(rules('CONS-050')`loses pairings and pending exchanges with the consent, and nobody else does`, async () => {
    const pending = user.submission(paired);
    await h.call('POST', '/v1/artifacts', { headers: app, body: pending });
    const kept = user.submission(first);
    await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: kept });
    expect((await decide('revoke')).body.state).toBe('Revoked');
    const state = async (id: string): Promise<string> =>
      (await h.call('GET', `/v1/exchanges/${id}`, { headers: user.console })).body.body.state;
    expect(await state(pending.requestId)).toBe('Cancelled');
    expect(await state(kept.requestId)).toBe('PendingApproval');
    expect((await h.call('GET', '/v1/subscription', { headers: app })).body.error).toBe('app_consent_denied');
  });
});
