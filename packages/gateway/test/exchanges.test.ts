import { rules } from '@airlock/conformance';
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

const submit = (body: unknown, headers = user.enforcer): Promise<Answer> =>
  h.call('POST', '/v1/artifacts', { headers, body });
const decide = (body: unknown, headers = paired.device.headers): Promise<Answer> =>
  h.call('POST', '/v1/decisions', { headers, body });
const withdraw = (id: string, body: unknown = {}): Promise<Answer> =>
  h.call('POST', `/v1/exchanges/${id}/withdraw`, { headers: user.enforcer, body });
const stateOf = async (id: string): Promise<string> =>
  (await h.call('GET', `/v1/exchanges/${id}`, { headers: user.enforcer })).body.body.state;
const inbox = async (): Promise<string[]> => {
  const path = `/v1/approvers/${paired.device.approverId}/inbox`;
  const page = await h.call('GET', path, { headers: paired.device.headers });
  return page.body.body.items.map((item: any) => item.requestId);
};
const ack = (requestId: string, msgId: unknown, over: Record<string, unknown> = {}): Promise<Answer> =>
  h.call('POST', '/v1/acks', {
    headers: user.enforcer,
    body: {
      msgId: 'ack-1',
      msgType: 'ack.submit',
      requestId,
      createdAt: '2026-03-02T14:00:00Z',
      sender: {},
      body: { msgId, status: 'processed', ackAt: '2026-03-02T14:00:00Z' },
      ...over,
    },
  });

async function accepted(over?: Record<string, unknown>): Promise<Submission> {
  const sent = user.submission(paired, over);
  const answer = await submit(sent);
  expect(answer.status, answer.text).toBe(202);
  return sent;
}
async function decided(): Promise<{ sent: Submission; decision: any; msgId: string }> {
  const sent = await accepted();
  const decision = user.decision(paired, sent);
  expect((await decide(decision)).status).toBe(200);
  const wait = await h.call('GET', `/v1/exchanges/${sent.requestId}/wait`, { headers: user.enforcer });
  return { sent, decision, msgId: wait.body.msgId };
}

/** Brings a new exchange into a state of EXCH-010. */
const into: Record<string, () => Promise<{ sent: Submission; decision?: any }>> = {
  PendingApproval: async () => ({ sent: await accepted() }),
  Decided: decided,
  Delivered: async () => {
    const made = await decided();
    await ack(made.sent.requestId, made.msgId);
    return made;
  },
  Expired: async () => {
    const expiresAt = new Date(h.clock.now() + 6000).toISOString();
    const sent = await accepted({ body: { expiresAt } });
    await h.clock.advance(6000);
    return { sent };
  },
  Withdrawn: async () => {
    const sent = await accepted();
    await withdraw(sent.requestId);
    return { sent };
  },
  Cancelled: async () => {
    const old = paired;
    const sent = await accepted();
    const token = { routingToken: old.routingToken };
    await h.call('POST', '/v1/pairing/revoke', { headers: user.enforcer, body: token });
    paired = await user.pair({ enforcerId: old.enforcerId });
    return { sent };
  },
};

describe(rules('EXCH-010', 'EXCH-110', 'ART-110')`the exchange state machine, table 12.1`, () => {
  it.each([
    ['PendingApproval', 'duplicate', 202, undefined, 'PendingApproval'],
    ['PendingApproval', 'other hash', 409, 'AlreadyExistsConflict', 'PendingApproval'],
    ['PendingApproval', 'decision', 200, undefined, 'Decided'],
    ['PendingApproval', 'withdraw', 200, undefined, 'Withdrawn'],
    ['Decided', 'duplicate', 202, undefined, 'Decided'],
    ['Decided', 'other hash', 409, 'AlreadyExistsConflict', 'Decided'],
    ['Decided', 'same decision', 200, undefined, 'Decided'],
    ['Decided', 'decision', 409, 'AlreadyDecidedConflict', 'Decided'],
    ['Decided', 'withdraw', 409, 'already_resolved', 'Decided'],
    ['Delivered', 'duplicate', 202, undefined, 'Delivered'],
    ['Delivered', 'other hash', 409, 'AlreadyExistsConflict', 'Delivered'],
    ['Delivered', 'same decision', 200, undefined, 'Delivered'],
    ['Delivered', 'decision', 409, 'AlreadyDecidedConflict', 'Delivered'],
    ['Delivered', 'withdraw', 409, 'already_resolved', 'Delivered'],
    ['Expired', 'duplicate', 202, undefined, 'Expired'],
    ['Expired', 'other hash', 409, 'AlreadyExistsConflict', 'Expired'],
    ['Expired', 'decision', 409, 'already_resolved', 'Expired'],
    ['Expired', 'withdraw', 409, 'already_resolved', 'Expired'],
    ['Withdrawn', 'duplicate', 202, undefined, 'Withdrawn'],
    ['Withdrawn', 'other hash', 409, 'AlreadyExistsConflict', 'Withdrawn'],
    ['Withdrawn', 'decision', 409, 'already_resolved', 'Withdrawn'],
    ['Withdrawn', 'withdraw', 409, 'already_resolved', 'Withdrawn'],
    ['Cancelled', 'duplicate', 202, undefined, 'Cancelled'],
    ['Cancelled', 'other hash', 409, 'AlreadyExistsConflict', 'Cancelled'],
    ['Cancelled', 'decision', 409, 'already_resolved', 'Cancelled'],
    ['Cancelled', 'withdraw', 409, 'already_resolved', 'Cancelled'],
  ])('%s, %s: %i %s, then %s', async (state, event, status, code, next) => {
    const { sent, decision } = await into[state]!();
    expect(await stateOf(sent.requestId)).toBe(state);
    const events: Record<string, () => Promise<Answer>> = {
      duplicate: () => submit(sent),
      'other hash': () => submit({ ...sent, body: { ...sent.body, artifactHash: 'other' } }),
      decision: () => decide(user.decision(paired, sent)),
      'same decision': () => decide(decision),
      withdraw: () => withdraw(sent.requestId),
    };
    const answer = await events[event]!();
    expect(answer.status, answer.text).toBe(status);
    expect(answer.body.code).toBe(code);
    if (event === 'duplicate') expect(answer.body.body).toMatchObject({ duplicate: true, state });
    if (code === 'already_resolved') expect(answer.body.body.details).toEqual({ state });
    expect(await stateOf(sent.requestId)).toBe(next);
  });
});

describe(rules('ART-010', 'ART-020', 'ART-120')`submission`, () => {
  it('answers 202 with state and expiry, and has the inbox item by then', async () => {
    const sent = user.submission(paired);
    const answer = await submit(sent);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ msgType: 'artifact.accepted', requestId: sent.requestId });
    expect(answer.body.body).toEqual({
      state: 'PendingApproval',
      expiresAt: sent.body['expiresAt'],
      duplicate: false,
    });
    expect(await inbox()).toContain(sent.requestId);
  });

  it.each([
    ['msgType', { msgType: 'decision.submit' }],
    ['requestId missing', { requestId: undefined }],
    ['requestId with a space', { requestId: 'a b' }],
    ['requestId ..', { requestId: '..' }],
    ['requestId too long', { requestId: 'x'.repeat(201) }],
    ['createdAt', { createdAt: 'yesterday' }],
    ['sender', { sender: {} }],
    ['enforcerId too long', { sender: { enforcerId: 'x'.repeat(129) } }],
    ['artifactType', { body: { artifactType: '' } }],
    ['artifactHash missing', { body: { artifactHash: null } }],
    ['artifactHash with the separator', { body: { artifactHash: 'a|b' } }],
    ['ciphertext', { body: { ciphertext: 'x' } }],
    ['ciphertext nonce of 24 bytes', { body: { ciphertext: cipher({ nonce: 'A'.repeat(32) }) } }],
    ['ciphertext tag', { body: { ciphertext: cipher({ tag: 'AAAA' }) } }],
    ['ciphertext of mixed alphabets', { body: { ciphertext: cipher({ data: '-_+/' }) } }],
    ['expiresAt', { body: { expiresAt: '2026-13-01T00:00:00Z' } }],
    ['metadata value', { body: { metadata: { a: 1 } } }],
    ['metadata entries', { body: { metadata: Object.fromEntries([...Array(33).keys()].map((n) => [`k${n}`, ''])) } }],
    ['metadata value size', { body: { metadata: { a: 'x'.repeat(1025) } } }],
  ])('400 invalid_request: %s', async (_name, over) => {
    const answer = await submit(user.submission(paired, over));
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });

  it.each(['none', 'AES-128-GCM', 'aes'])('422 for the algorithm %s', async (alg) => {
    const answer = await submit(user.submission(paired, { body: { ciphertext: cipher({ alg }) } }));
    expect([answer.status, answer.body.code]).toEqual([422, 'HARP_ERR_UNSUPPORTED']);
  });

  it(rules('ART-030')`accepts both algorithms in any case`, async () => {
    await accepted({ body: { ciphertext: cipher({ alg: 'aes-256-gcm' }) } });
    await accepted({ body: { ciphertext: cipher({ alg: 'XCHACHA20-poly1305', nonce: 'A'.repeat(32) }) } });
  });

  it(rules('ART-050', 'GW-010')`keeps hash and ciphertext as they came`, async () => {
    const artifactHash = `sha256:${'Ab'.repeat(32)}~!`;
    const ciphertext = cipher({ data: 'not=canonical'.replace('=', ''), aad: 'e30' });
    const sent = await accepted({ body: { artifactHash, ciphertext, expiresAt: undefined } });
    const path = `/v1/approvers/${paired.device.approverId}/inbox?limit=200`;
    const { body } = await h.call('GET', path, { headers: paired.device.headers });
    const item = body.body.items.find((candidate: any) => candidate.requestId === sent.requestId);
    expect(item.body.artifactHash).toBe(artifactHash);
    expect(item.body.ciphertextRef).toEqual({ kind: 'inline', ...ciphertext });
  });
});

function cipher(over: Record<string, string>) {
  return { alg: 'AES-256-GCM', data: 'AAAA', nonce: 'A'.repeat(16), tag: `${'A'.repeat(22)}==`, ...over };
}

describe(rules('ART-060', 'ART-070', 'GW-120')`expiry`, () => {
  const T = '2026-03-02T14:00:00';
  it.each([
    ['absent', undefined, '+600'],
    ['null', null, '+600'],
    ['the creation time', `${T}.000000+00:00`, '+600'],
    ['5 s after creation', `${T}.000Z`.replace(':00.', ':05.'), '+600'],
    ['6 s after creation', `${T}Z`.replace(':00Z', ':06Z'), '+6'],
    ['another offset', '2026-03-02T16:30:00.123456789+02:00', '+1800.123'],
    ['in two days', '2026-03-04T14:00:00Z', '+86400'],
  ])('%s', async (_name, expiresAt, offset) => {
    const fresh = await harness();
    const one = await fresh.party();
    const pair = await one.pair();
    const body = one.submission(pair, { createdAt: `${T}Z`, body: { expiresAt } });
    const answer = await fresh.call('POST', '/v1/artifacts', { headers: one.enforcer, body });
    const expected = new Date(fresh.clock.now() + Number(offset) * 1000).toISOString();
    expect(answer.body.body.expiresAt).toBe(expected);
    await fresh.close();
  });

  it('refuses what expired on its way', async () => {
    const at = (seconds: number): string => new Date(h.clock.now() + seconds * 1000).toISOString();
    const over = { createdAt: at(-60), body: { expiresAt: at(-1) } };
    const answer = await submit(user.submission(paired, over));
    expect([answer.status, answer.body.code]).toEqual([422, 'artifact_expired']);
  });
});

describe(rules('ART-080', 'ART-090', 'ID-110')`routing`, () => {
  it.each([
    ['an unknown token', { routingToken: 'rt-unknown' }, 403, 'pairing_revoked'],
    ['an unknown approver', { approverId: 'app-unknown' }, 422, 'no_approver'],
    ['nothing', {}, 202, undefined],
  ])('by %s', async (_name, metadata, status, code) => {
    const answer = await submit(user.submission(paired, { body: { metadata } }));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses a token under another enforcerId, and an enforcer that nobody paired', async () => {
    const other = { sender: { enforcerId: 'enf-other' } };
    expect((await submit(user.submission(paired, other))).body.code).toBe('pairing_revoked');
    const unpaired = await submit(user.submission(paired, { ...other, body: { metadata: {} } }));
    expect(unpaired.body.code).toBe('no_approver');
  });

  it('takes the newest pairing when nothing is named', async () => {
    const second = await user.register();
    await h.clock.advance(1);
    const enforcerId = 'enf-two-devices';
    await user.pair({ enforcerId });
    await h.clock.advance(1);
    const newest = await user.pair({ enforcerId, device: second });
    const sent = user.submission(newest, { body: { metadata: {} } });
    await submit(sent);
    const page = await h.call('GET', `/v1/approvers/${second.approverId}/inbox`, { headers: second.headers });
    expect(page.body.body.items.map((item: any) => item.requestId)).toEqual([sent.requestId]);
  });
});

describe(rules('ART-100')`metadata by kind`, () => {
  it('forwards display keys only, under the labels of the pairing', async () => {
    const metadata = {
      routingToken: paired.routingToken,
      tenantId: 't',
      workspaceName: 'w',
      repoName: 'r',
      requestLabel: 'l',
      dndAudit: 'false',
      enforcerLabel: 'forged',
      other: 'x',
    };
    const sent = await accepted({ body: { metadata } });
    const path = `/v1/approvers/${paired.device.approverId}/inbox?limit=200`;
    const { body } = await h.call('GET', path, { headers: paired.device.headers });
    const item = body.body.items.find((candidate: any) => candidate.requestId === sent.requestId);
    expect(item.body.metadata).toEqual({ workspaceName: 'w', repoName: 'r', requestLabel: 'l' });
    expect(item.body.enforcerLabel).toBe('Airlock');
    expect(item.body.pairingId).toBe(paired.pairingId);
  });

  it('leaves metadata out when there is nothing to show', async () => {
    const sent = await accepted({ body: { metadata: { routingToken: paired.routingToken } } });
    const path = `/v1/approvers/${paired.device.approverId}/inbox?limit=200`;
    const { body } = await h.call('GET', path, { headers: paired.device.headers });
    const item = body.body.items.find((candidate: any) => candidate.requestId === sent.requestId);
    expect('metadata' in item.body).toBe(false);
  });
});

describe(rules('DND-140')`audit submissions`, () => {
  it.each([
    ['with its routing token', (): object => ({ routingToken: paired.routingToken })],
    ['without one', (): object => ({})],
    ['with a revoked one', (): object => ({ routingToken: 'rt-gone' })],
  ])('go straight to history %s', async (_name, routing) => {
    const metadata = { ...routing(), dndAudit: 'true', dndDecision: 'approve', dndPolicyId: 'dnd-1' };
    const sent = user.submission(paired, { body: { metadata } });
    const answer = await submit(sent);
    expect([answer.status, answer.body.body.state]).toEqual([202, 'Expired']);
    expect(await inbox()).not.toContain(sent.requestId);
    expect((await decide(user.decision(paired, sent))).status).not.toBe(200);
    const history = await h.call('GET', '/v1/history', { headers: paired.device.headers });
    const item = history.body.body.items.find((row: any) => row.requestId === sent.requestId);
    expect(item).toMatchObject({ state: 'Expired', audit: { decision: 'approve', policyId: 'dnd-1' } });
  });
});

describe(rules('APPR-050', 'APPR-040')`what makes a decision acceptable`, () => {
  it.each([
    ['another word', { decision: 'allow' }, 400, 'invalid_request'],
    ['another case', { decision: 'Approve' }, 400, 'invalid_request'],
    ['a short nonce', { body: { nonce: 'abc' } }, 400, 'invalid_request'],
    ['no signature', { body: { signature: undefined } }, 400, 'invalid_request'],
    ['a long reason', { body: { reason: 'x'.repeat(1001) } }, 400, 'invalid_request'],
    ['another hash', { body: { artifactHash: 'f'.repeat(64) } }, 422, 'HARP_ERR_HASH_MISMATCH'],
    ['another key', { seed: new Uint8Array(32).fill(7) }, 422, 'HARP_ERR_SIGNATURE_INVALID'],
    ['another key id', { body: { signerKeyId: 'key-x' } }, 422, 'HARP_ERR_SIGNATURE_INVALID'],
    ['another nonce', { body: { nonce: 'A'.repeat(22) } }, 422, 'HARP_ERR_SIGNATURE_INVALID'],
    ['the other word', { body: { decision: 'reject' } }, 422, 'HARP_ERR_SIGNATURE_INVALID'],
    ['a malformed signature', { body: { signature: '*' } }, 422, 'HARP_ERR_SIGNATURE_INVALID'],
    ['another device', { approverId: 'app-other' }, 403, 'forbidden'],
  ])('refuses %s', async (_name, over, status, code) => {
    const sent = await accepted();
    const answer = await decide(user.decision(paired, sent, over));
    expect([answer.status, answer.body.code], answer.text).toEqual([status, code]);
    expect(await stateOf(sent.requestId)).toBe('PendingApproval');
    if (status !== 400) expect(answer.body.body.requestId).toBe(sent.requestId);
  });

  it('accepts standard and padded base64 of the signature', async () => {
    const sent = await accepted();
    const decision = user.decision(paired, sent);
    const signature = Buffer.from(decision.body.signature, 'base64url').toString('base64');
    expect((await decide({ ...decision, body: { ...decision.body, signature } })).status).toBe(200);
  });

  it('hides the exchange from a device it was not routed to', async () => {
    const sent = await accepted();
    const other = await user.register();
    const over = { approverId: other.approverId, seed: other.seed };
    const answer = await decide(user.decision(paired, sent, over), other.headers);
    expect([answer.status, answer.body.code]).toEqual([404, 'NotFound']);
  });

  it(rules('AUTH-020')`refuses an enforcer credential`, async () => {
    const sent = await accepted();
    const answer = await decide(user.decision(paired, sent), user.enforcer);
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });
});

describe(rules('APPR-060', 'APPR-070', 'EXCH-100', 'EXCH-090')`delivery of the decision`, () => {
  it('hands out the body as it came, unknown members included', async () => {
    const sent = await accepted();
    const extra = {
      reason: 'because',
      harpDecision: { z: null, a: [1.5, 'ü'] },
      unknown: { deep: { value: 12 } },
      absent: null,
    };
    const decision = user.decision(paired, sent, { body: extra });
    expect((await decide(decision)).status).toBe(200);
    const { absent: _absent, ...body } = decision.body;
    const wait = await h.call('GET', `/v1/exchanges/${sent.requestId}/wait`, { headers: user.enforcer });
    expect(wait.body.body).toEqual(body);
    expect(wait.body.msgType).toBe('decision.deliver');
    expect('status' in wait.body || 'decision' in wait.body).toBe(false);
    const status = await h.call('GET', `/v1/exchanges/${sent.requestId}`, { headers: user.enforcer });
    expect(status.body.body.decision).toEqual(body);
  });

  it.each([
    ['another reason', { reason: 'other' }],
    ['one member more', { extra: 1 }],
  ])('is 409 under the same nonce with %s', async (_name, change) => {
    const { decision } = await decided();
    const answer = await decide({ ...decision, body: { ...decision.body, ...change } });
    expect([answer.status, answer.body.code]).toEqual([409, 'AlreadyDecidedConflict']);
  });

  it('has one winner among many decisions at the same time', async () => {
    const sent = await accepted();
    const words = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'approve' : 'reject'));
    const answers = await Promise.all(words.map((decision) => decide(user.decision(paired, sent, { decision }))));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  });
});

describe(rules('ACK-010', 'ACK-020', 'ACK-030', 'ACK-050')`acknowledgement`, () => {
  it('of the served decision ends its delivery, once and for all', async () => {
    const { sent, msgId } = await decided();
    for (let time = 0; time < 2; time += 1) {
      const answer = await ack(sent.requestId, msgId);
      expect([answer.status, answer.body.msgType, answer.body.body]).toEqual([200, 'ack.accepted', {}]);
      expect(await stateOf(sent.requestId)).toBe('Delivered');
    }
  });

  it.each([
    ['an unknown msgId', (id: string) => ack(id, 'msg-unknown')],
    ['its own msgId', (id: string) => ack(id, 'ack-1')],
    ['an empty msgId', (id: string) => ack(id, '')],
    ['a null msgId', (id: string) => ack(id, null)],
    ['no body', (id: string) => ack(id, '', { body: undefined })],
    ['no sender', (id: string) => ack(id, 'x', { sender: undefined })],
    ['a number for msgId', (id: string) => ack(id, 5)],
  ])('with %s is 200 and changes nothing', async (_name, send) => {
    const { sent } = await decided();
    expect((await send(sent.requestId)).status).toBe(200);
    expect(await stateOf(sent.requestId)).toBe('Decided');
  });

  it('with an unknown status is a no-op', async () => {
    const { sent, msgId } = await decided();
    const body = { msgId, status: 'seen', ackAt: '2026-03-02T14:00:00Z' };
    expect((await ack(sent.requestId, msgId, { body })).status).toBe(200);
    expect(await stateOf(sent.requestId)).toBe('Decided');
  });

  it(rules('ACK-040')`of the request by its approver leaves the inbox alone`, async () => {
    const sent = await accepted();
    const body = {
      msgType: 'ack.submit',
      requestId: sent.requestId,
      body: { msgId: sent.msgId, status: 'received', ackAt: '2026-03-02T14:00:00Z' },
    };
    const answer = await h.call('POST', '/v1/acks', { headers: paired.device.headers, body });
    expect(answer.status).toBe(200);
    expect(await inbox()).toContain(sent.requestId);
  });
});

describe(rules('ID-040', 'AUTH-030')`visibility`, () => {
  it('is 404 for other users, on every route of the exchange', async () => {
    const sent = await accepted();
    const other = await h.party();
    const id = sent.requestId;
    const answers = await Promise.all([
      h.call('GET', `/v1/exchanges/${id}`, { headers: other.enforcer }),
      h.call('GET', `/v1/exchanges/${id}`, { headers: other.device.headers }),
      h.call('POST', `/v1/exchanges/${id}/withdraw`, { headers: other.enforcer, body: {} }),
      h.call('POST', `/v1/requests/${id}/refresh?enforcerDeviceId=x`, { headers: other.device.headers }),
    ]);
    expect(answers.map((answer) => [answer.status, answer.body.code])).toEqual(answers.map(() => [404, 'NotFound']));
    expect((await h.call('GET', `/v1/exchanges/${id}`, { headers: paired.device.headers })).status).toBe(200);
  });

  it('lets two users use one request id', async () => {
    const sent = await accepted();
    const other = await h.party();
    const theirs = await other.pair();
    const body = other.submission(theirs, { requestId: sent.requestId });
    expect((await submit(body, other.enforcer)).status).toBe(202);
  });
});

describe(rules('EXCH-130')`refresh`, () => {
  it('needs the enforcer to be named and connected', async () => {
    const sent = await accepted();
    const path = `/v1/requests/${sent.requestId}/refresh`;
    const headers = paired.device.headers;
    const missing = await h.call('POST', path, { headers });
    expect([missing.status, missing.body.code]).toEqual([400, 'invalid_request']);
    const offline = await h.call('POST', `${path}?enforcerDeviceId=${paired.enforcerId}`, { headers });
    expect([offline.status, offline.body.code]).toEqual([503, 'enforcer_offline']);
  });
});

describe(rules('ID-020', 'ID-030')`request ids in paths`, () => {
  it.each(['a|b', "it's", 'a/b', 'a?b', 'a%2Fb', '%zz', 'a+b&c=d', '{x}', 'a;b', '~'.repeat(200)])(
    '%s, escaped and as it is',
    async (requestId) => {
      await accepted({ requestId });
      const escaped = await h.call('GET', `/v1/exchanges/${encodeURIComponent(requestId)}`, {
        headers: user.enforcer,
      });
      expect(escaped.body.body?.requestId).toBe(requestId);
      if (/%[0-9a-f]{2}|[/?]/i.test(requestId)) return;
      const bare = await h.call('GET', `/v1/exchanges/${requestId}`, { headers: user.enforcer });
      expect(bare.body.body?.requestId).toBe(requestId);
    },
  );
});
