import { rules } from '@airlock/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from '../support/harness.js';
import type { Paired, Party } from '../support/party.js';

let h: Harness;
let alice: Party;
let app: { appId: string; clientId: string; clientSecret: string };
let asApp: Record<string, string>;

const consentId = async () =>
  (await h.call('GET', '/v1/consents', { headers: alice.console })).body.items[0].consentId as string;
const decide = async (decision: string) =>
  await h.call('POST', `/v1/consents/${await consentId()}/decide`, { headers: alice.console, body: { decision } });
const submit = async (paired: Paired, headers: Record<string, string>) => {
  const sent = alice.submission(paired);
  const answer = await h.call('POST', '/v1/artifacts', { headers, body: sent });
  return { requestId: sent.requestId, answer };
};
const state = async (requestId: string, headers: Record<string, string>) =>
  (await h.call('GET', `/v1/exchanges/${requestId}`, { headers })).body.body.state as string;
const pairings = async () =>
  (await h.call('GET', '/v1/pairings', { headers: alice.console })).body.items as { appId?: string; state: string }[];
const inbox = async () =>
  (
    await h.call('GET', `/v1/approvers/${alice.device.approverId}/inbox`, {
      headers: alice.device.headers,
    })
  ).body.body.items as { requestId: string }[];

beforeEach(async () => {
  h = await harness();
  alice = await h.party('alice');
  const made = await h.call('POST', '/v1/apps', { headers: alice.console, body: { name: 'Agent', kind: 'Agent' } });
  app = made.body;
  asApp = { ...alice.enforcer, 'X-Client-Id': app.clientId, 'X-Client-Secret': app.clientSecret };
});
afterEach(() => h.close());

describe(rules('CONS-020', 'CONS-060')`an app without consent`, () => {
  it('is refused on every enforcer route, before the body is read and before anything is looked up', async () => {
    const routes: [string, string][] = [
      ['GET', '/v1/consent/status'],
      ['GET', '/v1/subscription'],
      ['POST', '/v1/pairing/initiate'],
      ['POST', '/v1/pairing/claim'],
      ['POST', '/v1/pairing/revoke'],
      ['GET', '/v1/pairing/pn-unknown/status'],
      ['POST', '/v1/artifacts'],
      ['GET', '/v1/exchanges/req-unknown'],
      ['POST', '/v1/exchanges/req-unknown/withdraw'],
      ['POST', '/v1/acks'],
      ['POST', '/v1/presence/heartbeat'],
    ];
    for (const [index, [method, path]] of routes.entries()) {
      const answer = await h.call(method, path, { headers: asApp, ...(method === 'POST' && { raw: '{broken' }) });
      expect(answer.status, path).toBe(403);
      expect(answer.body, path).toEqual({
        error: index === 0 ? 'app_consent_required' : 'app_consent_pending',
        message: expect.any(String),
        appName: 'Agent',
        appId: app.appId,
      });
    }
  });
});

describe(rules('CONS-050')`revoking a consent`, () => {
  it('cancels what the app asked and ends its pairings, and nothing of anybody else', async () => {
    await h.call('GET', '/v1/consent/status', { headers: asApp });
    await decide('allow');
    const ofApp = await alice.pair({ headers: asApp });
    const own = await alice.pair();
    const asked = await submit(ofApp, asApp);
    const kept = await submit(own, alice.enforcer);
    expect([asked.answer.status, kept.answer.status]).toEqual([202, 202]);
    expect((await inbox()).length).toBe(2);
    expect((await decide('revoke')).body.state).toBe('Revoked');
    expect((await inbox()).map(({ requestId }) => requestId)).toEqual([kept.requestId]);
    expect(await state(kept.requestId, alice.enforcer)).toBe('PendingApproval');
    const active = (await pairings()).filter((pairing) => pairing.state === 'Completed');
    expect(active.map(({ appId }) => appId)).toEqual([undefined]);
    expect((await submit(ofApp, asApp)).answer.body).toMatchObject({ error: 'app_consent_denied' });
    await decide('allow');
    expect(await state(asked.requestId, asApp)).toBe('Cancelled');
    expect((await submit(ofApp, asApp)).answer).toMatchObject({ status: 403, body: { code: 'pairing_revoked' } });
  });
});

describe(rules('APPR-110')`deleting an app`, () => {
  it('revokes its consents and pairings of every user', async () => {
    await h.call('GET', '/v1/consent/status', { headers: asApp });
    await decide('allow');
    await alice.pair({ headers: asApp });
    const bob = await h.party('bob');
    const bobAsApp = { ...bob.enforcer, 'X-Client-Id': app.clientId, 'X-Client-Secret': app.clientSecret };
    await h.call('GET', '/v1/consent/status', { headers: bobAsApp });
    const [consent] = (await h.call('GET', '/v1/consents', { headers: bob.console })).body.items;
    await h.call('POST', `/v1/consents/${consent.consentId}/decide`, {
      headers: bob.console,
      body: { decision: 'allow' },
    });
    const bobs = await bob.pair({ headers: bobAsApp });
    expect((await h.call('DELETE', `/v1/apps/${app.appId}`, { headers: alice.console })).status).toBe(204);
    for (const party of [alice, bob]) {
      const consents = (await h.call('GET', '/v1/consents', { headers: party.console })).body.items;
      expect(consents.map((item: { state: string }) => item.state)).toEqual(['Revoked']);
      const list = (await h.call('GET', '/v1/pairings', { headers: party.console })).body.items;
      expect(list.filter((item: { state: string }) => item.state === 'Completed')).toEqual([]);
    }
    const late = await h.call('POST', '/v1/artifacts', { headers: bobAsApp, body: bob.submission(bobs) });
    expect(late).toMatchObject({ status: 401, body: { code: 'invalid_client' } });
  });
});
