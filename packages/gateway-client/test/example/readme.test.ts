import { readFileSync } from 'node:fs';
import { artifactHash } from '@airlock/crypto';
import { base64UrlDecode, utf8Encode } from '@airlock/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createGatewayClient, NO_RETRY } from '../../src/index.js';
import { memoryTransport } from '../memory-transport.js';
import { ask, pair, type Pairing, type Question } from './enforcer.js';
import { GATEWAY_MESSAGES } from '../vectors/gateway-messages.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const vectors = (name: string): any => JSON.parse(read(`../../../testkit/vectors/${name}.json`));
const DECISION = vectors('decision-signature');
const PAIRING = vectors('pairing-response');
const vector = (id: string) => GATEWAY_MESSAGES.endpoints.find((each) => each.id === id)!.response;

const paired: Pairing = {
  enforcerId: PAIRING.session.enforcerId,
  routingToken: 'rt-1',
  pairingKey: base64UrlDecode(GATEWAY_MESSAGES.context['pairingKey'] ?? ''),
  signerKeyId: DECISION.context.signer.signerKeyId,
  publicKey: base64UrlDecode(DECISION.context.signer.publicKey),
};
const question: Question = {
  requestId: DECISION.context.requestId,
  plaintext: utf8Encode(DECISION.plaintext.canonical),
  createdAt: DECISION.plaintext.value.createdAt,
  expiresAt: DECISION.plaintext.value.expiresAt,
  nonce: new Uint8Array(12),
  withinMs: 60_000,
  record: async () => true,
};

function gateway(delivered: unknown) {
  const memory = memoryTransport(({ url, init }) => {
    if (init.method === 'POST' && url.endsWith('/initiate')) return vector('post-v1-pairing-initiate');
    if (url.endsWith('/status')) return vector('get-v1-pairing-nonce-status-completed');
    if (url.endsWith('/artifacts')) return vector('post-v1-artifacts');
    if (url.includes('/wait')) return { status: 200, body: delivered };
    return { status: 404, body: {} };
  });
  return createGatewayClient({ origin: 'https://gateway.example', transport: memory.transport, retry: NO_RETRY });
}

const DELIVERED: any = vector('get-v1-exchanges-requestId-wait').body;

afterEach(() => {
  vi.useRealTimers();
});

describe('the enforcer of the README', () => {
  it('is printed there as it is tested here', () => {
    const example = read('./enforcer.ts');
    expect(read('../../README.md')).toContain(example.trim());
  });

  it('pairs by the split code, and not when the secret is another', async () => {
    vi.useFakeTimers({ now: Date.parse(PAIRING.session.now), toFake: ['Date'] });
    const attempt = {
      enforcerId: PAIRING.session.enforcerId,
      deviceId: 'dev-1',
      enforcerLabel: 'Airlock',
      workspaceName: 'widgets',
      x25519PrivateKey: Buffer.from(PAIRING.session.enforcerX25519.privateRawHex, 'hex'),
      x25519PublicKey: PAIRING.session.enforcerX25519.publicKey,
      secret: PAIRING.session.secret,
      show: vi.fn(),
    };
    const result = await pair(gateway(undefined), attempt);
    expect(attempt.show).toHaveBeenCalledWith('K7M2QX');
    expect(result?.signerKeyId).toBe(paired.signerKeyId);
    expect(await pair(gateway(undefined), { ...attempt, secret: 'A'.repeat(16) })).toBeUndefined();
  });

  it.each<[string, (delivered: any) => unknown, boolean, Partial<Question>?]>([
    ['the approval of the vectors', (delivered) => delivered, true],
    ['a decision that was used', (delivered) => delivered, false, { record: async () => false }],
    ['a rejection', (delivered) => ({ ...delivered, body: { ...delivered.body, decision: 'reject' } }), false],
    ['another request', (delivered) => ({ ...delivered, requestId: 'req-2' }), false],
    ['no second form', ({ body: { harpDecision: _harp, ...body }, ...delivered }) => ({ ...delivered, body }), false],
    ['other bytes', (delivered) => delivered, false, { plaintext: utf8Encode('{}') }],
    ['nonsense', () => ({ status: 'approved' }), false],
  ])('answers %s with %s', async (_, change, expected, questionChange = {}) => {
    vi.useFakeTimers({ now: Date.parse('2026-03-02T14:00:31.000Z'), toFake: ['Date'] });
    expect(await ask(gateway(change(DELIVERED)), paired, { ...question, ...questionChange })).toBe(expected);
  });

  it('hashes the bytes it encrypts', () => {
    expect(artifactHash(question.plaintext)).toBe(DECISION.context.artifactHash);
  });
});
