import { rules } from '@airlock/conformance';
import { ed25519PublicKey, ed25519Sign, enrollmentSignable } from '@airlock/crypto';
import { base64UrlEncode, formatTime } from '@airlock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, bearer, bench, deviceTokens, user } from './support.js';

let b: Bench;
let alice: Awaited<ReturnType<typeof user>>;

beforeEach(async () => {
  b = await bench();
  alice = await user(b, 'alice');
});
afterEach(() => b.close());

const seedOf = (device: number): Uint8Array => new Uint8Array(32).fill(device);

interface Registration {
  readonly device?: number;
  readonly enrollmentCode?: string;
  readonly at?: number;
  /** Members put in place of the right ones after signing. */
  readonly changed?: Record<string, unknown>;
}

function registration({ device = 1, enrollmentCode, at = b.clock.now, changed = {} }: Registration = {}) {
  const publicKey = base64UrlEncode(ed25519PublicKey(seedOf(device)));
  const timestamp = formatTime(at);
  const signable = enrollmentSignable({ enrollmentCode: enrollmentCode ?? '', publicKey, timestamp });
  return {
    ...(enrollmentCode !== undefined && { enrollmentCode }),
    approverLabel: 'Phone',
    publicKey,
    timestamp,
    signature: base64UrlEncode(ed25519Sign(seedOf(device), signable)),
    ...changed,
  };
}

const register = (body: object, headers: Record<string, string> = {}) =>
  b.request('POST', '/v1/approvers', { headers, body });
const enroll = async () =>
  (await b.request('POST', '/v1/approvers/enrollment', { headers: alice.approver })).body.enrollmentCode as string;

describe(rules('APPR-010', 'AUTH-070', 'AUTH-110')`registering a device`, () => {
  it('by an approver credential: tokens bound to the device', async () => {
    const answer = await register(registration(), alice.approver);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      approverId: expect.stringMatching(/^app-[0-9a-f]{24}$/),
      userId: alice.userId,
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^rft-/),
      expiresIn: 300,
    });
    const principal = await b.identity.authenticate(
      { get: (name) => bearer(answer.body.accessToken)[name === 'authorization' ? 'Authorization' : name] },
      b.clock.now,
    );
    expect(principal).toEqual({ role: 'approver', userId: alice.userId, approverId: answer.body.approverId });
    const again = await b.request('POST', '/v1/auth/refresh', { body: { refreshToken: answer.body.refreshToken } });
    const refreshed = await b.identity.authenticate(
      { get: (name) => (name === 'authorization' ? `Bearer ${again.body.accessToken}` : undefined) },
      b.clock.now,
    );
    expect(refreshed).toEqual(principal);
  });

  it('by a code of an existing approver, and of the operator', async () => {
    const byApprover = await enroll();
    expect(byApprover).toMatch(/^enr-[0-9a-f]{32}$/);
    const one = await register(registration({ enrollmentCode: byApprover }));
    expect(one).toMatchObject({ status: 201, body: { userId: alice.userId } });
    const { enrollmentCode } = await b.identity.admin.enrollApprover('alice');
    const two = await register(registration({ device: 2, enrollmentCode }));
    expect(two).toMatchObject({ status: 201, body: { userId: alice.userId } });
    const byDevice = await b.request('POST', '/v1/approvers/enrollment', { headers: bearer(two.body.accessToken) });
    expect(byDevice.status).toBe(201);
  });

  it('a code lives ten minutes', async () => {
    const made = await b.request('POST', '/v1/approvers/enrollment', { headers: alice.approver, body: {} });
    expect(made.body.expiresAt).toBe(formatTime(b.clock.now + 600_000));
    b.clock.now += 600_000;
    expect((await register(registration({ enrollmentCode: made.body.enrollmentCode }))).status).toBe(404);
  });

  it('a code works once, also when two devices race', async () => {
    const enrollmentCode = await enroll();
    const answers = await Promise.all([1, 2, 3].map((device) => register(registration({ device, enrollmentCode }))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404, 404]);
  });

  it('a failed proof does not spend the code', async () => {
    const enrollmentCode = await enroll();
    const forged = registration({ enrollmentCode, changed: { signature: registration({ device: 2 }).signature } });
    expect((await register(forged)).status).toBe(422);
    expect((await register(registration({ enrollmentCode }))).status).toBe(201);
  });

  it('needs an approver credential or a code', async () => {
    expect((await register(registration())).status).toBe(401);
    expect((await register(registration(), alice.enforcer)).status).toBe(403);
    const { accessToken } = await deviceTokens(b, alice.approver);
    expect((await register(registration(), bearer(accessToken))).status).toBe(403);
    const code = await b.request('POST', '/v1/approvers/enrollment', { headers: alice.enforcer });
    expect(code.status).toBe(403);
    expect((await register(registration({ enrollmentCode: 'enr-unknown' }))).status).toBe(404);
  });

  const late: [string, number, number][] = [
    ['five minutes ago', -300_000, 201],
    ['longer ago', -300_001, 422],
    ['in five minutes', 300_000, 201],
    ['later', 300_001, 422],
  ];
  it.each(late)('a timestamp %s', async (_what, offset, status) => {
    const answer = await register(registration({ at: b.clock.now + offset }), alice.approver);
    expect(answer.status).toBe(status);
  });

  const defects: [string, Record<string, unknown>, number][] = [
    ['a signature by another key', { publicKey: base64UrlEncode(ed25519PublicKey(new Uint8Array(32).fill(9))) }, 422],
    ['a signature of zeros', { signature: 'A'.repeat(86) }, 422],
    ['a short signature', { signature: 'AAAA' }, 422],
    ['a code that was not signed', { enrollmentCode: 'enr-x' }, 422],
    ['no key', { publicKey: undefined }, 400],
    ['no label', { approverLabel: undefined }, 400],
    ['a timestamp that is none', { timestamp: 'yesterday' }, 400],
  ];
  it.each(defects)('refuses %s', async (_what, changed, status) => {
    expect((await register(registration({ changed }), alice.approver)).status).toBe(status);
  });
});

describe(rules('APPR-020')`keys that are refused`, () => {
  const bad: [string, string][] = [
    ['the neutral point', base64UrlEncode(Uint8Array.from({ length: 32 }, (_none, index) => (index === 0 ? 1 : 0)))],
    ['a point of order four', base64UrlEncode(new Uint8Array(32))],
    ['a non-canonical encoding', base64UrlEncode(new Uint8Array(32).fill(255))],
    ['31 bytes', base64UrlEncode(new Uint8Array(31).fill(7))],
    ['an X25519 SPKI', Buffer.from(`302a300506032b656e032100${'09'.repeat(32)}`, 'hex').toString('base64')],
  ];
  it.each(bad)('%s', async (_what, publicKey) => {
    const answer = await register(registration({ changed: { publicKey } }), alice.approver);
    expect(answer).toMatchObject({ status: 422, body: { code: 'HARP_ERR_SIGNATURE_INVALID' } });
  });

  it('the same key twice within one user, in any encoding', async () => {
    expect((await register(registration(), alice.approver)).status).toBe(201);
    expect((await register(registration(), alice.approver)).status).toBe(422);
    const enrollmentCode = await enroll();
    expect((await register(registration({ enrollmentCode }))).status).toBe(422);
    expect((await register(registration({ device: 2, enrollmentCode }))).status).toBe(201);
    const bob = await user(b, 'bob');
    expect((await register(registration(), bob.approver)).status).toBe(201);
  });
});

describe(rules('APPR-030')`a deleted device`, () => {
  it('loses its tokens at once', async () => {
    const { body } = await register(registration(), alice.approver);
    const pats = () => b.request('GET', '/v1/pats', { headers: bearer(body.accessToken) });
    expect((await pats()).status).toBe(200);
    await b.store.run('deleteApprover', { userId: alice.userId, approverId: body.approverId, now: b.clock.now });
    expect((await pats()).status).toBe(401);
    const refreshed = await b.request('POST', '/v1/auth/refresh', { body: { refreshToken: body.refreshToken } });
    expect(refreshed.status).toBe(401);
  });

  it('may be registered again, as a new device', async () => {
    const { body } = await register(registration(), alice.approver);
    await b.store.run('deleteApprover', { userId: alice.userId, approverId: body.approverId, now: b.clock.now });
    const again = await register(registration(), alice.approver);
    expect(again.status).toBe(201);
    expect(again.body.approverId).not.toBe(body.approverId);
  });
});

describe(rules('APPR-010')`a code that could move the borders of the signed text`, () => {
  it.each(['a|b', '|', 'enr-00|AAAA|2026-01-01T00:00:00Z'])('%s is refused, not failed on', async (enrollmentCode) => {
    const answer = await register(registration({ changed: { enrollmentCode } }));
    expect([answer.status, answer.body.code]).toEqual([422, 'HARP_ERR_SIGNATURE_INVALID']);
  });
});
