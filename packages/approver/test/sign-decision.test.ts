import { rules } from '@airlock/conformance';
import {
  contentSha256,
  nobleVerifier,
  sha256Hex,
  verifyHarpSignature,
  verifyPipeSignature,
  verifyPolicySignature,
} from '@airlock/crypto';
import { type ApproverId, base64UrlDecode, dndPolicySchema, utf8Encode } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApproverMemory,
  type DecisionInput,
  openRequest,
  readMemory,
  signDecision,
  signGrant,
} from '../src/index.js';
import { DECISION, EXAMPLE, endpoint, KEYS, memoryOf, message, NOW, REQUEST, requestFor } from './device.js';

const SUBMITTED = message('decision.submit');
const CONTEXT = { verifier: nobleVerifier, publicKey: KEYS.signer.publicKey };
const NONCE = base64UrlDecode(SUBMITTED.body.nonce);
const open = (request = REQUEST, memory: ApproverMemory = memoryOf()) => openRequest(memory, request, NOW).opened;

const input = (change: Partial<DecisionInput> = {}): DecisionInput => ({
  opened: open(),
  decision: 'approve',
  approverId: 'app-b61fd519ca3db78c' as ApproverId,
  nonce: NONCE,
  msgId: SUBMITTED.msgId,
  at: NOW,
  ...change,
});

const sign = (change: Partial<DecisionInput> = {}, memory: ApproverMemory = memoryOf()) =>
  signDecision(memory, input(change), KEYS.signer);

/** A signer that must not be asked. */
const NEVER = {
  publicKey: KEYS.signer.publicKey,
  sign: () => Promise.reject(new Error('signed')),
};

describe(rules('CRYP-170', 'CRYP-180', 'CRYP-190', 'CRYP-200', 'APPR-210', 'CRYP-220')`a decision`, () => {
  it('is byte for byte the one of the vectors', async () => {
    const { envelope } = await sign();
    expect(envelope).toEqual(SUBMITTED);
    expect('decisionHash' in envelope.body).toBe(false);
  });

  it('verifies in both forms, for either word and any nonce', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('approve', 'reject'),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        async (decision, nonce) => {
          const { body } = (await sign({ decision, nonce } as any)).envelope;
          const harp: any = body.harpDecision;
          expect(verifyPipeSignature(CONTEXT, body)).toBe(true);
          expect(verifyHarpSignature(CONTEXT, harp)).toBe(true);
          for (const name of ['decision', 'nonce', 'signerKeyId', 'artifactHash'] as const)
            expect(harp[name]).toBe(body[name]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('carries the reason twice, signed once, and the chosen action', async () => {
    const extensions = {
      'org.harp.requestedActions': { version: 1, actions: [{ id: 'Later', caption: 'Not now', decision: 'reject' }] },
    };
    const value = { ...EXAMPLE, extensions };
    const opened = open(requestFor({ ...value, contentSha256: contentSha256(value) }));
    const { body } = (await sign({ opened, decision: 'reject', reason: 'no', choiceId: 'Later' })).envelope;
    expect(body.reason).toBe('no');
    expect((body.harpDecision as any).policyHints).toEqual({ reason: 'no', actionId: 'Later' });
  });

  it.each([
    ['an early end of the exchange', '2026-03-02T14:02:00.000Z', '2026-03-02T14:02:00.000Z'],
    ['a late end of the exchange', '2026-03-02T14:10:00.000Z', '2026-03-02T14:05:30.000Z'],
  ])('ends at %s', async (_, expiresAt, expected) => {
    const opened = open(requestFor({ ...EXAMPLE, expiresAt }));
    expect(((await sign({ opened })).envelope.body.harpDecision as any).expiresAt).toBe(expected);
  });

  it('of foreign content has no repository and, without a hex hash, no second form', async () => {
    const memory = memoryOf({ assurance: 'gateway-trusted', signerKeyId: 'key-m2pCJAG3tV0o-l8P' });
    const foreign = { requestId: EXAMPLE.requestId, expiresAt: EXAMPLE.expiresAt };
    const bound = open(requestFor(foreign, { aad: false }), memory);
    expect(((await sign({ opened: bound }, memory)).envelope.body.harpDecision as any).repoRef).toBe('-');
    const odd = open(requestFor(foreign, { aad: false, body: { artifactHash: 'QUJD' } }), memory);
    expect((await sign({ opened: odd }, memory)).envelope.body.harpDecision).toBeUndefined();
    const prefixed = open(
      requestFor(foreign, { aad: false, body: { artifactHash: `sha256:${'ab'.repeat(32)}` } }),
      memory,
    );
    const { body } = (await sign({ opened: prefixed }, memory)).envelope;
    expect(body.artifactHash).toBe(`sha256:${'ab'.repeat(32)}`);
    expect((body.harpDecision as any).artifactHash).toBe('ab'.repeat(32));
  });
});

describe(rules('APPR-200', 'APPR-140', 'PAIR-250')`nothing is signed`, () => {
  const undecryptable = (memory?: ApproverMemory) => open(requestFor(EXAMPLE, { key: 'A'.repeat(43) }), memory);
  it.each<[string, () => Partial<DecisionInput>, string]>([
    ['for an approval of what does not open', () => ({ opened: undecryptable() }), 'approval_impossible'],
    [
      'in a pairing that waits for proof',
      () => ({ opened: undecryptable(memoryOf({ proven: false })), decision: 'reject' }),
      'rejection_impossible',
    ],
    [
      'in an unknown pairing',
      () => ({ opened: open(requestFor(EXAMPLE, { body: { pairingId: 'x' } })), decision: 'reject' }),
      'rejection_impossible',
    ],
    ['after the request expired', () => ({ at: Date.parse(EXAMPLE.expiresAt) }), 'request_expired'],
    ['with a reason that is too long', () => ({ reason: 'ü'.repeat(1001) }), 'reason_too_long'],
    ['for a choice that was not offered', () => ({ choiceId: 'x' }), 'unknown_choice'],
  ])('%s', async (_, change, code) => {
    await expect(signDecision(memoryOf(), input(change()), NEVER)).rejects.toMatchObject({ code });
  });

  it('with a nonce of another length', async () => {
    await expect(signDecision(memoryOf(), input({ nonce: new Uint8Array(15) }), NEVER)).rejects.toThrow(TypeError);
  });

  it('and rejecting what does not open stays possible', async () => {
    const { envelope } = await sign({ opened: undecryptable(), decision: 'reject' });
    expect(verifyPipeSignature(CONTEXT, envelope.body)).toBe(true);
  });
});

describe(rules('APPR-200')`a request that was decided`, () => {
  it('gives the same envelope again, without another signature', async () => {
    const { memory, envelope } = await sign();
    const again = await signDecision(memory, input({ nonce: new Uint8Array(16).fill(9), at: NOW + 1000 }), NEVER);
    expect(again.envelope).toEqual(envelope);
  });

  it('is not decided otherwise', async () => {
    const { memory } = await sign();
    await expect(signDecision(memory, input({ decision: 'reject' }), NEVER)).rejects.toMatchObject({
      code: 'already_decided',
    });
  });

  it('is not decided again when it comes back with another content', async () => {
    const { memory } = await sign();
    const value = { ...EXAMPLE, argv: ['rm', '-rf', '/'] };
    const opened = open(requestFor({ ...value, contentSha256: contentSha256(value) }));
    expect(opened.canApprove).toBe(true);
    await expect(signDecision(memory, input({ opened }), NEVER)).rejects.toMatchObject({ code: 'already_decided' });
  });

  it('survives storage', async () => {
    const { memory } = await sign();
    expect(readMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
  });

  it('is forgotten when its decision has run out', async () => {
    const { memory } = await sign();
    const later = NOW + 6 * 60_000 + 1;
    const next = await signDecision(memory, input({ at: later, decision: 'reject' }), KEYS.signer);
    expect(next.memory.decided).toHaveLength(1);
  });
});

describe(rules('APPR-155')`an approved policy change`, () => {
  it('becomes the newest policy of its workspace, a rejected one does not', async () => {
    const { value } = DECISION.plaintexts.find(({ id }: any) => id === 'policy-change');
    const opened = open(requestFor(value));
    const approved = (await sign({ opened })).memory;
    expect(approved.policies).toEqual([
      {
        enforcerId: value.enforcerId,
        workspaceId: value.workspaceId,
        version: 1772460000,
        sha256: sha256Hex(utf8Encode(value.policy)),
        text: value.policy,
      },
    ]);
    expect((await sign({ opened, decision: 'reject' })).memory.policies).toEqual([]);
    expect(openRequest(approved, requestFor(EXAMPLE), NOW).opened.obstacles).toEqual(['policy-rolled-back']);
  });
});

describe(rules('APPR-220', 'APPR-225', 'DND-050')`a grant`, () => {
  const grant = endpoint('post-v1-policy-dnd-grant').request.body;
  const make = (change: Partial<Parameters<typeof signGrant>[0]> = {}) =>
    signGrant(
      { opened: open(), forSession: true, forMs: 30 * 60_000, policyId: grant.requestId, at: NOW, ...change },
      KEYS.signer,
    );

  it('is byte for byte the one of the vectors', async () => {
    expect(await make()).toEqual(grant);
  });

  it('without a session names the content only', async () => {
    const policy = await make({ forSession: false });
    expect(policy.actionSelector).toEqual({ contentSha256: EXAMPLE.contentSha256 });
    expect(verifyPolicySignature(CONTEXT, policy)).toBe(true);
    expect(dndPolicySchema.safeParse(policy).success).toBe(true);
  });

  const withoutSession = () => {
    const { sessionId: _, ...value } = EXAMPLE;
    return open(requestFor({ ...value, contentSha256: contentSha256(value) }));
  };
  const touching = () => {
    const value = { ...EXAMPLE, notices: ['touches-gate'] };
    return open(requestFor({ ...value, contentSha256: contentSha256(value) }));
  };
  it.each<[string, () => Partial<Parameters<typeof signGrant>[0]>]>([
    ['longer than a day', () => ({ forMs: 24 * 3_600_000 + 1 })],
    ['no time', () => ({ forMs: 0 })],
    ['a session that the action has not', () => ({ opened: withoutSession() })],
    ['an action on the gate', () => ({ opened: touching() })],
    ['what cannot be approved', () => ({ opened: open(requestFor(EXAMPLE, { aad: false })) })],
    [
      'a gateway-trusted pairing',
      () => ({ opened: open(requestFor(EXAMPLE, { aad: false }), memoryOf({ assurance: 'gateway-trusted' })) }),
    ],
  ])('is refused for %s', async (_, change) => {
    await expect(make(change())).rejects.toMatchObject({ code: 'grant_impossible' });
  });
});
