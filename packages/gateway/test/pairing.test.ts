import { randomBytes } from 'node:crypto';
import { rules } from '@airlock/conformance';
import { x25519PublicKey } from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type Harness, harness } from './support/harness.js';
import { pairingResponse, type Party } from './support/party.js';

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

const MINUTE = 60_000;

interface Scene {
  readonly user: Party;
  readonly nonce: string;
  readonly code: string;
  readonly session: any;
  readonly status: () => Promise<any>;
  readonly resolve: (code?: string) => Promise<Answer>;
  readonly complete: () => Promise<Answer>;
  readonly reject: () => Promise<Answer>;
  readonly claim: (code?: string) => Promise<Answer>;
}

const key = (): string => base64UrlEncode(x25519PublicKey(new Uint8Array(randomBytes(32))));

function enforcerSide() {
  return {
    deviceId: 'dev-1',
    enforcerId: 'enf-1',
    enforcerLabel: 'Airlock',
    workspaceName: 'widgets',
    x25519PublicKey: key(),
  };
}

function scene(user: Party, session: any): Scene {
  const { nonce, code } = session;
  // Outlives the access token of the device when a test lets time pass.
  const headers = user.console;
  return {
    user,
    nonce,
    code,
    session,
    status: async () => (await h.call('GET', `/v1/pairing/${nonce}/status`, { headers: user.enforcer })).body,
    resolve: (given = code) => h.call('GET', `/v1/pairing/resolve/${given}`, { headers }),
    complete: () => user.complete({ ...enforcerSide(), ...session }, { ...user.device, headers }),
    reject: () => h.call('POST', '/v1/pairing/reject', { headers, body: { nonce } }),
    claim: (given = code) =>
      h.call('POST', '/v1/pairing/claim', {
        headers: user.enforcer,
        body: { ...enforcerSide(), pairingCode: given },
      }),
  };
}

/** Brings a new session into a state of table 9.3. */
const into: Record<string, () => Promise<Scene>> = {
  Pending: async () => {
    const user = await h.party();
    return scene(user, await user.initiate());
  },
  unclaimed: async () => {
    const user = await h.party();
    const answer = await h.call('POST', '/v1/pairing/pre-generate', {
      headers: user.console,
      body: { approverId: user.device.approverId, note: 'build server' },
    });
    expect(answer.status, answer.text).toBe(201);
    const { pairingCode, pairingNonce } = answer.body;
    return scene(user, { ...answer.body, code: pairingCode, nonce: pairingNonce });
  },
  Completed: async () => {
    const made = await into['Pending']!();
    expect((await made.complete()).status).toBe(200);
    return made;
  },
  Expired: async () => {
    const made = await into['Pending']!();
    await h.clock.advance(10 * MINUTE);
    return made;
  },
  Revoked: async () => {
    const made = await into['Pending']!();
    expect((await made.reject()).status).toBe(200);
    return made;
  },
};

describe(rules('PAIR-270', 'PAIR-090', 'PAIR-030', 'PAIR-060')`pairing sessions, table 9.3`, () => {
  it.each([
    ['Pending', 'resolve', 200, undefined, 'Pending'],
    ['Pending', 'complete', 200, undefined, 'Completed'],
    ['Pending', 'reject', 200, undefined, 'Revoked'],
    ['Pending', 'claim', 404, 'pairing_code_invalid', 'Pending'],
    ['unclaimed', 'claim', 200, undefined, 'Pending'],
    ['unclaimed', 'complete', 404, 'NotFound', undefined],
    ['unclaimed', 'resolve', 404, 'pairing_code_invalid', undefined],
    ['unclaimed', 'reject', 200, undefined, undefined],
    ['Completed', 'resolve', 404, 'pairing_code_invalid', 'Completed'],
    ['Completed', 'complete', 409, 'pairing_already_completed', 'Completed'],
    ['Completed', 'reject', 409, 'pairing_already_completed', 'Completed'],
    ['Completed', 'claim', 404, 'pairing_code_invalid', 'Completed'],
    ['Expired', 'resolve', 404, 'pairing_code_invalid', 'Expired'],
    ['Expired', 'complete', 404, 'NotFound', 'Expired'],
    ['Expired', 'reject', 404, 'NotFound', 'Expired'],
    ['Expired', 'claim', 404, 'pairing_code_invalid', 'Expired'],
    ['Revoked', 'resolve', 404, 'pairing_code_invalid', 'Revoked'],
    ['Revoked', 'complete', 404, 'NotFound', 'Revoked'],
    ['Revoked', 'reject', 200, undefined, 'Revoked'],
    ['Revoked', 'claim', 404, 'pairing_code_invalid', 'Revoked'],
  ] as const)('%s, %s: %i %s, then %s', async (state, event, status, code, next) => {
    const made = await into[state]!();
    const answer = await made[event]();
    expect([answer.status, answer.body?.code], answer.text).toEqual([status, code]);
    if (next !== undefined) expect((await made.status()).state).toBe(next);
  });
});

describe(rules('PAIR-010', 'PAIR-020', 'ID-050', 'ID-080')`initiate`, () => {
  it('answers 201 with everything under both names', async () => {
    const user = await h.party();
    const session = await user.initiate();
    expect(session.status).toBe(201);
    expect(session.pairingCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/);
    expect(session.pairingNonce).toMatch(/^[A-Za-z0-9_-]{22,86}$/);
    expect(session.code).toBe(session.pairingCode);
    expect(session.nonce).toBe(session.pairingNonce);
    expect(session.gatewayUrl).toBe('https://gateway.example');
    expect(Date.parse(session.expiresAt)).toBe(h.clock.now() + 10 * MINUTE);
  });

  it('reads publicKey as x25519PublicKey, in the forms published clients send, and emits raw b64u', async () => {
    const user = await h.party();
    const raw = x25519PublicKey(new Uint8Array(randomBytes(32)));
    const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), raw]);
    const body = { deviceId: 'd', enforcerId: 'e', publicKey: spki.toString('base64') };
    const { body: session } = await h.call('POST', '/v1/pairing/initiate', { headers: user.enforcer, body });
    const resolved = await scene(user, session).resolve();
    expect(resolved.body.x25519PublicKey).toBe(base64UrlEncode(raw));
    expect(resolved.body.publicKey).toBe(base64UrlEncode(raw));
    expect(resolved.body.enforcerLabel).toBe('');
  });

  it.each([
    ['no deviceId', { deviceId: null }],
    ['no enforcerId', { enforcerId: undefined }],
    ['a label of 129 characters', { enforcerLabel: 'x'.repeat(129) }],
    ['a key that is none', { x25519PublicKey: 'AAAA' }],
  ])('is 400 with %s', async (_name, over) => {
    const user = await h.party();
    const answer = await h.call('POST', '/v1/pairing/initiate', {
      headers: user.enforcer,
      body: { ...enforcerSide(), ...over },
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });
});

describe(rules('ID-060', 'PAIR-030')`codes`, () => {
  it.each([
    ['in lower case', (code: string) => code.toLowerCase()],
    ['with dash and spaces', (code: string) => ` ${code.slice(0, 3)}-${code.slice(3)} `],
    ['with look-alikes', (code: string) => code.replaceAll('1', 'l').replaceAll('0', 'O')],
  ])('are read %s', async (_name, typed) => {
    const made = await into['Pending']!();
    expect((await made.resolve(encodeURIComponent(typed(made.code)))).status).toBe(200);
  });

  it('resolve by nonce too', async () => {
    const made = await into['Pending']!();
    expect((await made.resolve(made.nonce)).body.pairingNonce).toBe(made.nonce);
  });

  it('that were pre-generated work for one claim, within 30 minutes', async () => {
    const made = await into['unclaimed']!();
    await h.clock.advance(29 * MINUTE);
    const first = await made.claim(made.code.toLowerCase());
    expect([first.status, first.body.pairingNonce]).toEqual([200, made.nonce]);
    expect((await made.claim()).status).toBe(404);
    expect((await made.complete()).status).toBe(200);
    const late = await into['unclaimed']!();
    await h.clock.advance(30 * MINUTE);
    expect((await late.claim()).status).toBe(404);
  });

  it(rules('PAIR-040')`work for the user who made them only, and not after too many wrong ones`, async () => {
    const made = await into['Pending']!();
    const other = await h.party();
    const resolve = (code: string): Promise<Answer> =>
      h.call('GET', `/v1/pairing/resolve/${code}`, { headers: other.device.headers });
    for (let wrong = 0; wrong < 5; wrong += 1) {
      expect((await resolve(made.code)).body.code).toBe('pairing_code_invalid');
    }
    const own = await other.initiate();
    const refused = await resolve(own.code);
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await made.resolve()).status).toBe(200);
  });
});

describe(rules('PAIR-050', 'PAIR-070')`status`, () => {
  it('serves key material for 10 minutes after its first reading, and itself for a day', async () => {
    const made = await into['Completed']!();
    await h.clock.advance(5 * MINUTE);
    const first = await made.status();
    expect(first.routingToken).toMatch(/^rt-[A-Za-z0-9_-]{43,}$/);
    expect(JSON.parse(first.responseJson).pairingNonce).toBe(made.nonce);
    await h.clock.advance(10 * MINUTE - 1);
    expect(await made.status()).toEqual(first);
    await h.clock.advance(1);
    expect(await made.status()).toEqual({ ...first, responseJson: null, routingToken: null });
    await h.clock.advance(23 * 60 * MINUTE);
    expect((await made.status()).state).toBe('Completed');
  });

  it('is null before completion and after the end, never absent', async () => {
    for (const state of ['Pending', 'Expired', 'Revoked']) {
      const status = await (await into[state]!()).status();
      expect(status).toMatchObject({ state, responseJson: null, routingToken: null });
    }
  });

  it('is for the principal that initiated', async () => {
    const made = await into['Pending']!();
    const other = await h.party();
    const path = `/v1/pairing/${made.nonce}/status`;
    expect((await h.call('GET', path, { headers: other.enforcer })).status).toBe(404);
    expect((await h.call('GET', path, { headers: made.user.device.headers })).status).toBe(403);
    const body = { nonces: [made.nonce, 'pn-unknown'] };
    const batch = await h.call('POST', '/v1/pairing/status-batch', { headers: made.user.enforcer, body });
    expect(batch.body.items).toEqual([await made.status()]);
    const many = { nonces: Array.from({ length: 51 }, () => 'x') };
    const tooMany = await h.call('POST', '/v1/pairing/status-batch', { headers: made.user.enforcer, body: many });
    expect(tooMany.status).toBe(400);
  });
});

describe(rules('PAIR-080')`completion`, () => {
  const send = async (change: (parts: any) => Promise<any> | any): Promise<Answer> => {
    const made = await into['Pending']!();
    const { device } = made.user;
    const { responseJson } = await pairingResponse({ now: h.clock.now }, made.session, device);
    const parts = {
      nonce: made.nonce,
      approverId: device.approverId,
      publicKey: device.publicKey,
      responseJson,
    };
    return await h.call('POST', '/v1/pairing/complete', {
      headers: device.headers,
      body: await change(parts),
    });
  };
  const edited = (parts: any, change: object): any => ({
    ...parts,
    responseJson: JSON.stringify({ ...JSON.parse(parts.responseJson), ...change }),
  });

  it.each([
    ['no JSON', (parts: any) => ({ ...parts, responseJson: '{' }), 400],
    ['an array', (parts: any) => ({ ...parts, responseJson: '[]' }), 400],
    ['another nonce', (parts: any) => edited(parts, { pairingNonce: 'pn-x' }), 400],
    ['another key', (parts: any) => edited(parts, { publicKey: key() }), 400],
    ['a key that is not registered', (parts: any) => edited({ ...parts, publicKey: 'A' }, {}), 400],
    ['no signer key id', (parts: any) => edited(parts, { signerKeyId: undefined }), 400],
    ['another device', (parts: any) => ({ ...parts, approverId: 'app-x' }), 403],
    ['an unknown session', (parts: any) => ({ ...edited(parts, { pairingNonce: 'pn-y' }), nonce: 'pn-y' }), 404],
  ])('is refused with %s', async (_name, change, status) => {
    expect((await send(change)).status).toBe(status);
  });

  it('keeps the response byte for byte', async () => {
    const made = await into['Pending']!();
    const { device } = made.user;
    const made2 = await pairingResponse({ now: h.clock.now }, made.session, device);
    const responseJson = ` ${made2.responseJson.replace('{', '{ "extra" : 1.50 , ')}\n`;
    const body = {
      nonce: made.nonce,
      approverId: device.approverId,
      publicKey: device.publicKey,
      responseJson,
    };
    const answer = await h.call('POST', '/v1/pairing/complete', { headers: device.headers, body });
    expect(answer.status, answer.text).toBe(200);
    expect((await made.status()).responseJson).toBe(responseJson);
  });

  it('has one winner', async () => {
    const made = await into['Pending']!();
    const answers = await Promise.all(Array.from({ length: 10 }, () => made.complete()));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array(9).fill(409)]);
  });
});

describe(rules('PAIR-100', 'PAIR-110', 'ID-090')`replacing and revoking`, () => {
  const state = async (user: Party, pairingId: string): Promise<string> => {
    const { body } = await h.call('GET', '/v1/pairings', { headers: user.device.headers });
    return body.items.find((item: any) => item.pairingId === pairingId).state;
  };
  const submitState = async (user: Party, paired: any): Promise<unknown> => {
    const body = user.submission(paired);
    return (await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body })).body.code;
  };

  it('a new pairing of the same device replaces the old one, one of another device does not', async () => {
    const user = await h.party();
    const first = await user.pair({ enforcerId: 'cli', deviceId: 'a' });
    const other = await user.pair({ enforcerId: 'cli', deviceId: 'b' });
    const second = await user.pair({ enforcerId: 'cli', deviceId: 'a' });
    expect(second.routingToken).not.toBe(first.routingToken);
    expect(await Promise.all([first, other, second].map((one) => state(user, one.pairingId)))).toEqual([
      'Revoked',
      'Completed',
      'Completed',
    ]);
    expect(await submitState(user, first)).toBe('pairing_revoked');
    expect(await submitState(user, second)).toBeUndefined();
  });

  it('the enforcer revokes by token, again and again', async () => {
    const user = await h.party();
    const paired = await user.pair();
    const pending = user.submission(paired);
    await h.call('POST', '/v1/artifacts', { headers: user.enforcer, body: pending });
    const revoke = (routingToken: string): Promise<Answer> =>
      h.call('POST', '/v1/pairing/revoke', { headers: user.enforcer, body: { routingToken } });
    for (let time = 0; time < 2; time += 1) {
      const answer = await revoke(paired.routingToken);
      expect([answer.status, answer.body]).toEqual([200, { status: 'revoked', enforcerId: paired.enforcerId }]);
    }
    expect((await revoke('rt-unknown')).body).toEqual({ status: 'revoked' });
    expect(await submitState(user, paired)).toBe('pairing_revoked');
    const exchange = await h.call('GET', `/v1/exchanges/${pending.requestId}`, { headers: user.enforcer });
    expect(exchange.body.body.state).toBe('Cancelled');
    const status = await h.call('GET', `/v1/pairing/${paired.nonce}/status`, { headers: user.enforcer });
    expect(status.body).toMatchObject({ state: 'Revoked', responseJson: null, routingToken: null });
  });

  it(rules('APPR-030')`the approver revokes one pairing, or all by deleting its device`, async () => {
    const user = await h.party();
    const [one, two] = [await user.pair(), await user.pair()];
    const headers = user.console;
    const remove = (path: string): Promise<Answer> => h.call('DELETE', path, { headers });
    expect((await remove(`/v1/pairings/${one.pairingId}`)).status).toBe(204);
    expect((await remove('/v1/pairings/pair-unknown')).status).toBe(404);
    expect(await submitState(user, one)).toBe('pairing_revoked');
    expect(await submitState(user, two)).toBeUndefined();
    expect((await remove(`/v1/approvers/${user.device.approverId}`)).status).toBe(204);
    expect(await submitState(user, two)).toBe('pairing_revoked');
    const lost = await h.call('GET', '/v1/pairings', { headers: user.device.headers });
    expect([lost.status, lost.body.code]).toEqual([401, 'unauthorized']);
    expect((await remove(`/v1/approvers/${user.device.approverId}`)).status).toBe(404);
  });
});
