import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './support/call.js';
import { type Harness, harness } from './support/harness.js';
import { pairingResponse, type Paired, type Party, type Submission } from './support/party.js';

interface Example {
  readonly id: string;
  readonly request: { method: string; path: string; body?: any };
  readonly response: { status: number; headers: Record<string, string>; body?: any };
}
interface ErrorExample {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: any;
}

const FILE = new URL('../../testkit/vectors/gateway-messages.json', import.meta.url);
const vectors: { endpoints: Example[]; errors: ErrorExample[] } = JSON.parse(readFileSync(FILE, 'utf8'));
const example = (id: string): Example => vectors.endpoints.find((one) => one.id === id)!;

/** Kinds of values instead of values, so that two answers of one form are equal. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, member]) => [key, shape(member)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return 'time';
  return value === null ? 'null' : typeof value;
}

let h: Harness;
let user: Party;
let paired: Paired;
beforeAll(async () => {
  h = await harness();
  user = await h.party();
  paired = await user.pair();
});
afterAll(() => h.close());

function matches(answer: Answer, expected: { status: number; headers: Record<string, string>; body?: any }): void {
  expect(answer.status, answer.text).toBe(expected.status);
  for (const [name, value] of Object.entries(expected.headers)) {
    expect([name, answer.headers.get(name)]).toEqual([name, value]);
  }
  expect(shape(answer.body)).toEqual(shape(expected.body));
}

const as = (headers: Record<string, string>, method: string, path: string, body?: unknown): Promise<Answer> =>
  h.call(method, path, { headers, ...(body === undefined ? {} : { body }) });

async function accepted(over?: Record<string, unknown>): Promise<Submission> {
  const sent = user.submission(paired, over);
  expect((await as(user.enforcer, 'POST', '/v1/artifacts', sent)).status).toBe(202);
  return sent;
}
/** The submission of an example, made valid here: its identities are replaced. */
function ours(id: string): Submission {
  const body = structuredClone(example(id).request.body);
  const routingToken = paired.routingToken;
  return {
    ...body,
    sender: { enforcerId: paired.enforcerId },
    body: { ...body.body, metadata: { ...body.body.metadata, routingToken } },
  };
}
async function decidedExchange(): Promise<Submission> {
  const sent = await accepted();
  const harpDecision = example('post-v1-decisions').request.body.body.harpDecision;
  const body = user.decision(paired, sent, { body: { harpDecision } });
  await as(paired.device.headers, 'POST', '/v1/decisions', body);
  return sent;
}
const approver = (): Record<string, string> => paired.device.headers;
const inbox = (): string => `/v1/approvers/${paired.device.approverId}/inbox`;

const replays: Record<string, () => Promise<Answer>> = {
  'get-echo': () => as({}, 'GET', '/echo'),
  'get-v1-status': () => as({}, 'GET', '/v1/status'),
  'get-v1-subscription': () => as(user.enforcer, 'GET', '/v1/subscription/'),
  'post-v1-pairing-initiate': () =>
    as(user.enforcer, 'POST', '/v1/pairing/initiate', example('post-v1-pairing-initiate').request.body),
  'post-v1-pairing-pre-generate': () =>
    as(approver(), 'POST', '/v1/pairing/pre-generate', {
      approverId: paired.device.approverId,
      note: 'build server',
    }),
  'post-v1-pairing-claim': async () => {
    const made = await replays['post-v1-pairing-pre-generate']!();
    const pairingCode = made.body.pairingCode.toLowerCase();
    const { body } = example('post-v1-pairing-claim').request;
    return await as(user.enforcer, 'POST', '/v1/pairing/claim', { ...body, pairingCode });
  },
  'get-v1-pairing-resolve-code': async () => {
    const session = await user.initiate();
    return await as(approver(), 'GET', `/v1/pairing/resolve/${session.code}`);
  },
  'post-v1-pairing-complete': async () => await user.complete(await user.initiate()),
  'post-v1-pairing-reject': async () =>
    as(approver(), 'POST', '/v1/pairing/reject', { nonce: (await user.initiate()).nonce }),
  'get-v1-pairing-nonce-status-pending': async () =>
    as(user.enforcer, 'GET', `/v1/pairing/${(await user.initiate()).nonce}/status`),
  'get-v1-pairing-nonce-status-completed': async () =>
    as(user.enforcer, 'GET', `/v1/pairing/${(await user.pair()).nonce}/status`),
  'post-v1-pairing-status-batch': async () => {
    const nonces = [(await user.initiate()).nonce, 'pn-unknown'];
    return await as(user.enforcer, 'POST', '/v1/pairing/status-batch', { nonces });
  },
  'post-v1-pairing-revoke': async () => {
    const { routingToken } = await user.pair();
    return await as(user.enforcer, 'POST', '/v1/pairing/revoke', { routingToken });
  },
  'post-v1-pairing-revoke-unknown': () =>
    as(user.enforcer, 'POST', '/v1/pairing/revoke', { routingToken: 'rt-unknown' }),
  'get-v1-pairings': () => as(approver(), 'GET', '/v1/pairings'),
  'delete-v1-pairings-pairingId': async () => as(approver(), 'DELETE', `/v1/pairings/${(await user.pair()).pairingId}`),
  'post-v1-presence-heartbeat': () =>
    as(user.enforcer, 'POST', '/v1/presence/heartbeat', example('post-v1-presence-heartbeat').request.body),
  'post-v1-ws-ticket': () => as(approver(), 'POST', '/v1/ws/ticket', {}),
  'post-v1-artifacts': () => as(user.enforcer, 'POST', '/v1/artifacts', ours('post-v1-artifacts')),
  'post-v1-artifacts-duplicate': () => as(user.enforcer, 'POST', '/v1/artifacts', ours('post-v1-artifacts-duplicate')),
  'post-v1-artifacts-expiry-repair': () =>
    as(user.enforcer, 'POST', '/v1/artifacts', ours('post-v1-artifacts-expiry-repair')),
  'post-v1-artifacts-audit': () => as(user.enforcer, 'POST', '/v1/artifacts', ours('post-v1-artifacts-audit')),
  'post-v1-decisions': async () => {
    const sent = await accepted();
    return await as(approver(), 'POST', '/v1/decisions', user.decision(paired, sent));
  },
  'get-v1-exchanges-requestId-pending': async () =>
    as(user.enforcer, 'GET', `/v1/exchanges/${(await accepted()).requestId}`),
  'get-v1-exchanges-requestId-decided': async () =>
    as(user.enforcer, 'GET', `/v1/exchanges/${(await decidedExchange()).requestId}`),
  'get-v1-exchanges-requestId-wait': async () =>
    as(user.enforcer, 'GET', `/v1/exchanges/${(await decidedExchange()).requestId}/wait?timeout=25`),
  'post-v1-exchanges-requestId-withdraw': async () =>
    as(user.enforcer, 'POST', `/v1/exchanges/${(await accepted()).requestId}/withdraw`),
  'post-v1-acks-noop': () => as(user.enforcer, 'POST', '/v1/acks', example('post-v1-acks-noop').request.body),
  'get-v1-policy-dnd-effective-empty': () =>
    as(user.enforcer, 'GET', '/v1/policy/dnd/effective?enforcerId=e&workspaceId=w'),
  'get-v1-approvers': () => as(approver(), 'GET', '/v1/approvers'),
  'get-v1-approvers-approverId-inbox': async () => {
    const ciphertext = example('post-v1-artifacts').request.body.body.ciphertext;
    const metadata = { routingToken: paired.routingToken, workspaceName: 'w', repoName: 'r', requestLabel: 'l' };
    const fresh = await user.register();
    paired = await user.pair({ device: fresh });
    await accepted({ body: { ciphertext, metadata: { ...metadata, routingToken: paired.routingToken } } });
    return await as(approver(), 'GET', inbox());
  },
  'get-v1-approvers-approverId-inbox-expired': () => as(approver(), 'GET', `${inbox()}/expired`),
  'delete-v1-approvers-approverId-inbox-requestId': async () =>
    as(approver(), 'DELETE', `${inbox()}/${(await accepted()).requestId}`),
};

describe(rules('GW-250', 'GW-260', 'GW-270', 'GW-100', 'GW-110')`the examples of every route`, () => {
  it.each(Object.keys(replays))('%s', async (id) => {
    const answer = await replays[id]!();
    matches(answer, example(id).response);
    const mayBeNull = /"(?:nextCursor|responseJson|routingToken)":null/g;
    expect(answer.text.replaceAll(mayBeNull, '')).not.toContain(':null');
  });

  it('leaves no example of these routes out without a reason', () => {
    const elsewhere =
      /^(get-base|get-jwks|post-device|get-authorization|post-token|post-revocation|post-v1-auth|get-v1-auth|get-v1-consent|post-v1-consent|get-v1-pats|post-v1-pats|delete-v1-pats|get-v1-apps|post-v1-apps|patch-v1-apps|delete-v1-apps|post-v1-approvers)/;
    const channels = /^(get-v1-ws|get-v1-sse)/;
    const left = vectors.endpoints
      .map(({ id }) => id)
      .filter((id) => !(id in replays) && !elsewhere.test(id) && !channels.test(id));
    expect(left).toEqual([
      // The push key of discovery, and push subscriptions: there is no push yet.
      'get-v1-integrations-discovery',
      // States and pages that other tests reach.
      'get-v1-pairing-nonce-status-expired',
      'get-v1-pairing-nonce-status-revoked',
      'get-v1-presence-enforcers',
      'get-v1-presence-enforcers-enforcerDeviceId',
      'get-v1-exchanges-requestId-wait-none',
      'post-v1-exchanges-requestId-withdraw-null-body',
      'post-v1-requests-requestId-refresh',
      'post-v1-acks',
      'get-v1-policy-dnd-effective',
      'post-v1-policy-dnd',
      'post-v1-policy-dnd-grant',
      'get-v1-policy-dnd',
      'delete-v1-policy-dnd-policyId',
      'delete-v1-approvers-approverId',
      'delete-v1-approvers-approverId-push-pushId',
      'get-v1-history',
    ]);
  });
});

const withdrawTwice = async (): Promise<Answer> => {
  const path = `/v1/exchanges/${(await accepted()).requestId}/withdraw`;
  await as(user.enforcer, 'POST', path, {});
  return await as(user.enforcer, 'POST', path, {});
};
const decideWith = async (over: object): Promise<Answer> => {
  const sent = await accepted();
  return await as(approver(), 'POST', '/v1/decisions', user.decision(paired, sent, over));
};
const refusals: Record<string, () => Promise<Answer>> = {
  'error-invalid_json': () => h.call('POST', '/v1/presence/heartbeat', { headers: user.enforcer, raw: '{' }),
  'error-unauthorized': () => as({}, 'GET', '/v1/subscription'),
  'error-forbidden': () => as(user.enforcer, 'POST', '/v1/decisions', {}),
  'error-pairing_revoked': () =>
    as(
      user.enforcer,
      'POST',
      '/v1/artifacts',
      user.submission(paired, { body: { metadata: { routingToken: 'rt-x' } } }),
    ),
  'error-NotFound': () => as(user.enforcer, 'GET', '/v1/exchanges/req-unknown'),
  'error-pairing_code_invalid': () => as(approver(), 'GET', '/v1/pairing/resolve/AAAAAA'),
  'error-method_not_allowed': () => as({}, 'GET', '/v1/artifacts'),
  'error-unsupported_media_type': () =>
    h.call('POST', '/v1/presence/heartbeat', {
      headers: { ...user.enforcer, 'Content-Type': 'text/plain' },
      raw: '{}',
    }),
  'error-AlreadyExistsConflict': async () => {
    const sent = await accepted();
    const body = { ...sent, body: { ...sent.body, artifactHash: 'x' } };
    return await as(user.enforcer, 'POST', '/v1/artifacts', body);
  },
  'error-already_resolved': withdrawTwice,
  'error-pairing_already_completed': async () => {
    const session = await user.initiate();
    const { responseJson } = await pairingResponse({ now: h.clock.now }, session, paired.device);
    const { approverId, publicKey } = paired.device;
    const body = { nonce: session.nonce, approverId, publicKey, responseJson };
    await as(approver(), 'POST', '/v1/pairing/complete', body);
    return await as(approver(), 'POST', '/v1/pairing/complete', body);
  },
  'error-no_approver': () =>
    as(
      user.enforcer,
      'POST',
      '/v1/artifacts',
      user.submission(paired, { sender: { enforcerId: 'x' }, body: { metadata: {} } }),
    ),
  'error-HARP_ERR_HASH_MISMATCH': () => decideWith({ body: { artifactHash: 'x' } }),
  'error-HARP_ERR_SIGNATURE_INVALID': () => decideWith({ body: { signerKeyId: 'x' } }),
  'error-HARP_ERR_UNSUPPORTED': () => {
    const sent = user.submission(paired);
    const ciphertext = { ...sent.body['ciphertext'], alg: 'none' };
    return as(user.enforcer, 'POST', '/v1/artifacts', { ...sent, body: { ...sent.body, ciphertext } });
  },
  'error-unsupported_version': () => as({ 'X-HARP-Version': '1.0' }, 'GET', '/v1/status'),
  'error-enforcer_offline': async () =>
    as(
      approver(),
      'POST',
      `/v1/requests/${(await accepted()).requestId}/refresh?enforcerDeviceId=${paired.enforcerId}`,
    ),
};

describe(rules('ERR-010', 'ERR-030')`the examples of the errors`, () => {
  it.each(Object.keys(refusals))('%s', async (id) => {
    const expected = vectors.errors.find((one) => one.id === id)!;
    const answer = await refusals[id]!();
    matches(answer, expected);
    expect(answer.body.code).toBe(expected.body.code);
    expect(answer.body.retryable).toBe(expected.body.retryable);
    expect('requestId' in answer.body.body).toBe('requestId' in expected.body.body);
  });
});
