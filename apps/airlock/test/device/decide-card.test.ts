import { readFileSync } from 'node:fs';
import { type ApproverMemory, EMPTY_MEMORY, groupRequests, openRequest, readMemory } from '@airlock/approver';
import { rules } from '@airlock/conformance';
import { artifactAad, artifactHash, contentSha256, ed25519PublicKey, ed25519Sign, seal } from '@airlock/crypto';
import { GatewayError } from '@airlock/gateway-client';
import {
  type ApprovalRequest,
  approvalRequestSchema,
  base64UrlDecode,
  base64UrlEncode,
  canonicalize,
  type DecisionSubmit,
  formatTime,
  utf8Encode,
} from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { decideCard } from '../../src/device/decide-card.js';
import type { Device } from '../../src/device/device.js';

const vectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../packages/testkit/vectors/${name}.json`, import.meta.url), 'utf8'));
const EXAMPLE = vectors('decision-signature').plaintext.value;
const REQUEST = vectors('gateway-messages').messages.find(
  (each: { id: string }) => each.id === 'approval.request',
).value;
const KEY = base64UrlEncode(new Uint8Array(32).fill(3));
const SEED = new Uint8Array(32).fill(5);
const EXPIRES = formatTime(Date.now() + 300_000);

const MEMORY = readMemory({
  ...EMPTY_MEMORY,
  pairings: [
    {
      pairingId: REQUEST.body.pairingId,
      pairingNonce: 'pn-aaaaaaaaaaaaaaaaaaaaaa',
      enforcerId: EXAMPLE.enforcerId,
      deviceId: 'd',
      enforcerLabel: 'laptop',
      workspaceName: 'widgets',
      signerKeyId: 'key-1',
      assurance: 'verified',
      capabilities: ['signed-dnd/1'],
      safetyNumber: '0',
      pairingKey: KEY,
      proven: true,
      pairedAt: 1,
      workspaceId: null,
    },
  ],
});

function requestOf(requestId: string, change: object = {}): ApprovalRequest {
  const value = { ...EXAMPLE, requestId, expiresAt: EXPIRES, ...change };
  const plaintext = utf8Encode(canonicalize({ ...value, contentSha256: contentSha256(value) }));
  const hash = artifactHash(plaintext);
  const aad = artifactAad({ artifactHash: hash, expiresAt: EXPIRES, requestId });
  const sealed = seal({ key: base64UrlDecode(KEY, 32), nonce: new Uint8Array(12).fill(7), plaintext, aad });
  return approvalRequestSchema.parse({
    ...REQUEST,
    requestId,
    expiresAt: EXPIRES,
    body: { ...REQUEST.body, artifactHash: hash, ciphertextRef: { kind: 'inline', ...sealed } },
  });
}

/** A device whose inbox and gateway a test plays. */
function deviceWith(inbox: readonly ApprovalRequest[], refuse: (id: string) => Error | undefined = () => undefined) {
  const log: string[] = [];
  const sent: DecisionSubmit[] = [];
  let memory: ApproverMemory = MEMORY;
  const device = {
    account: { approverId: 'app-1', gatewayUrl: 'https://gateway.example' },
    store: {
      memory: () => memory,
      changeMemory: async (
        change: (before: ApproverMemory) => Promise<{ memory: ApproverMemory; result: unknown }>,
      ) => {
        const { memory: next, result } = await change(memory);
        memory = next;
        log.push(`stored ${next.decided.map(({ requestId }) => requestId).join(' ')}`);
        return result;
      },
    },
    gateway: {
      requests: {
        allPending: async function* () {
          yield* inbox;
        },
        decide: async (envelope: DecisionSubmit) => {
          log.push(`sent ${envelope.requestId}`);
          sent.push(envelope);
          const error = refuse(envelope.requestId);
          if (error !== undefined) throw error;
        },
      },
    },
  } as unknown as Device;
  return { device, log, sent };
}

const refusal = (kind: 'rejected' | 'unreachable', status?: number) =>
  new GatewayError({ kind, code: 'some_code', message: 'm', ...(status === undefined ? {} : { status }) } as never);

/** Decides the card of these requests, as it was counted, naming one of them. */
async function decide(counted: readonly ApprovalRequest[], at: ReturnType<typeof deviceWith>, named = 0) {
  const [card] = groupRequests(counted.map((request) => openRequest(MEMORY, request, Date.now()).opened));
  const opened = card?.requests[named];
  if (card === undefined || opened === undefined) throw new Error('no card');
  const keys = {
    signer: { publicKey: ed25519PublicKey(SEED), sign: async (text: Uint8Array) => ed25519Sign(SEED, text) },
  } as never;
  return await decideCard({ device: at.device, card, opened, keys, decision: 'approve' });
}

const codes = ({ requests }: Awaited<ReturnType<typeof decide>>) =>
  requests.map(({ requestId, accepted, refusal: why }) => [requestId, accepted ? 'accepted' : why?.code]);

const [A, B, C] = [requestOf('req-a'), requestOf('req-b'), requestOf('req-c')];

describe(rules('APPR-185', 'APPR-200')`a decided card`, () => {
  test('is stored as a whole before anything is sent, the named request first', async () => {
    const at = deviceWith([A, B]);
    expect(codes(await decide([A, B], at, 1))).toEqual([
      ['req-b', 'accepted'],
      ['req-a', 'accepted'],
    ]);
    expect(at.log.slice(-3)).toEqual(['stored req-b req-a', 'sent req-b', 'sent req-a']);
    expect(new Set(at.sent.map(({ body }) => body.nonce)).size).toBe(2);
  });

  test('a later request with the same content is named, and nothing is signed for it', async () => {
    const at = deviceWith([A, B, C]);
    const decided = await decide([A, B], at);
    expect(decided.joined.map(({ request }) => request.requestId)).toEqual(['req-c']);
    expect(at.sent.map(({ requestId }) => requestId)).toEqual(['req-a', 'req-b']);
    expect(at.device.store.memory().decided).toHaveLength(2);
  });

  test('nothing is signed for a request that no longer waits', async () => {
    const at = deviceWith([B]);
    expect(codes(await decide([A, B], at))).toEqual([
      ['req-a', 'not_found'],
      ['req-b', 'accepted'],
    ]);
    expect(at.device.store.memory().decided.map(({ requestId }) => requestId)).toEqual(['req-b']);
  });

  test('what is signed is what was shown, whatever the gateway lists under the id now', async () => {
    const swapped = requestOf('req-a', { argv: ['rm', '-rf', '/'] });
    const at = deviceWith([swapped]);
    await decide([A], at);
    expect(at.sent.map(({ body }) => body.artifactHash)).toEqual([A.body.artifactHash]);
  });

  test('one that the gateway refuses does not stop the others', async () => {
    const at = deviceWith([A, B, C], (id) => (id === 'req-b' ? refusal('rejected', 409) : undefined));
    expect(codes(await decide([A, B, C], at))).toEqual([
      ['req-a', 'accepted'],
      ['req-b', 'some_code'],
      ['req-c', 'accepted'],
    ]);
  });

  test('when the gateway is gone the rest is signed, not sent, and can be sent by the same command', async () => {
    const at = deviceWith([A, B, C], (id) => (id === 'req-b' ? refusal('unreachable') : undefined));
    const decided = await decide([A, B, C], at);
    expect(codes(decided)).toEqual([
      ['req-a', 'accepted'],
      ['req-b', 'some_code'],
      ['req-c', 'not_sent'],
    ]);
    expect(decided.requests.map(({ refusal: why }) => why?.isOpen)).toEqual([undefined, true, true]);
    expect(at.device.store.memory().decided).toHaveLength(3);
  });
});
