import { rules } from '@airlock/conformance';
import { contentSha256, nobleVerifier, verifyHarpSignature, verifyPipeSignature } from '@airlock/crypto';
import type { ApproverId } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApproverMemory,
  type CardInput,
  groupRequests,
  openRequest,
  type RequestGroup,
  signCard,
  signDecision,
} from '../src/index.js';
import { EXAMPLE, KEYS, memoryOf, NOW, requestFor } from './device.js';

const CONTEXT = { verifier: nobleVerifier, publicKey: KEYS.signer.publicKey };

const copy = (requestId: string, change: Record<string, unknown> = {}, memory: ApproverMemory = memoryOf()) => {
  const value = { ...EXAMPLE, requestId, ...change };
  return openRequest(memory, requestFor({ ...value, contentSha256: contentSha256(value) }), NOW).opened;
};

/** A memory in which the policy of the example is not the newest that was signed. */
const ROLLED_BACK: ApproverMemory = {
  ...memoryOf(),
  policies: [
    {
      enforcerId: EXAMPLE.enforcerId,
      workspaceId: EXAMPLE.workspaceId,
      version: EXAMPLE.policyVersion + 1,
      sha256: 'ab'.repeat(32),
      text: null,
    } as any,
  ],
};

function input(card: RequestGroup, change: Partial<CardInput> = {}): CardInput {
  let number = 0;
  return {
    card,
    decision: 'approve',
    approverId: 'app-b61fd519ca3db78c' as ApproverId,
    at: NOW,
    fresh: () => {
      number += 1;
      return { nonce: new Uint8Array(16).fill(number), msgId: `msg-${number}` };
    },
    ...change,
  };
}

const cardOf = (...ids: string[]): RequestGroup => groupRequests(ids.map((id) => copy(id)))[0]!;

describe(rules('APPR-185')`pending requests with the same content`, () => {
  it('are one card with their count and an id of their own', () => {
    const other = { argv: ['x'] };
    const groups = groupRequests([copy('req-1'), copy('req-2', other), copy('req-3'), copy('req-4', other)]);
    expect(groups.map(({ count, requests }) => [count, requests.map(({ request }) => request.requestId)])).toEqual([
      [2, ['req-1', 'req-3']],
      [2, ['req-2', 'req-4']],
    ]);
    expect(new Set(groups.map(({ id }) => id)).size).toBe(2);
    for (const { id } of groups) expect(id).toMatch(/^card-[0-9a-f]{16}$/);
    expect(groupRequests([copy('req-9')])[0]?.id).toBe(groups[0]?.id);
  });

  it('that can only be rejected are one card as well', () => {
    const groups = groupRequests([copy('req-1', {}, ROLLED_BACK), copy('req-2', {}, ROLLED_BACK)]);
    expect(groups.map(({ count }) => count)).toEqual([2]);
  });

  it.each([
    ['one cannot be approved', copy('req-2', {}, ROLLED_BACK)],
    ['one has expired', { ...copy('req-2'), canApprove: false, obstacles: ['expired'] } as const],
    ['one is not bound to its hash', { ...copy('req-2'), bound: false }],
    ['the hash of its content is wrong', { ...copy('req-2'), obstacles: ['content-hash-mismatch'] } as const],
  ])('stay apart when %s', (_, other) => {
    expect(groupRequests([copy('req-1'), other]).map(({ count }) => count)).toEqual([1, 1]);
  });

  it('stay apart in different pairings', () => {
    const one = copy('req-1');
    const body = { ...one.request.body, pairingId: 'pair-other' as any };
    const other = { ...one, request: { ...one.request, requestId: 'req-2' as any, body } };
    expect(groupRequests([one, other]).map(({ count }) => count)).toEqual([1, 1]);
  });

  it('lose nobody', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 6 });
    fc.assert(
      fc.property(ids, (numbers) => {
        const opened = numbers.map((number) => copy(`req-${number}`, { argv: [String(number % 3)] }));
        const grouped = groupRequests(opened).flatMap(({ requests }) => requests);
        expect(new Set(grouped)).toEqual(new Set(opened));
        expect(grouped).toHaveLength(opened.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe(rules('APPR-185', 'APPR-200')`a decision on a card`, () => {
  it.each(['approve', 'reject'] as const)(
    '%s signs once per request, each with its own nonce and hash',
    async (word) => {
      const { entries, memory } = await signCard(
        memoryOf(),
        input(cardOf('req-1', 'req-2', 'req-3'), { decision: word, reason: 'x' }),
        KEYS.signer,
      );
      const envelopes = entries.map((entry) => ('envelope' in entry ? entry.envelope : undefined));
      expect(envelopes.map((each) => each?.requestId)).toEqual(['req-1', 'req-2', 'req-3']);
      for (const name of ['nonce', 'artifactHash', 'signature'] as const)
        expect(new Set(envelopes.map((each) => each?.body[name])).size, name).toBe(3);
      for (const each of envelopes) {
        expect(each?.body).toMatchObject({ decision: word, reason: 'x' });
        expect(verifyPipeSignature(CONTEXT, each?.body as any)).toBe(true);
        expect(verifyHarpSignature(CONTEXT, each?.body.harpDecision as any)).toBe(true);
        expect(each?.body.harpDecision).toMatchObject({ scope: 'once', requestId: each?.requestId });
      }
      expect(memory.decided.map(({ requestId }) => requestId)).toEqual(['req-1', 'req-2', 'req-3']);
    },
  );

  it('again gives the same envelopes', async () => {
    const card = cardOf('req-1', 'req-2');
    const first = await signCard(memoryOf(), input(card), KEYS.signer);
    const again = await signCard(first.memory, input(card, { at: NOW + 1000 }), KEYS.signer);
    expect(again.entries).toEqual(first.entries);
  });

  it('says for which request nothing was signed, and signs the others', async () => {
    const card = cardOf('req-1', 'req-2', 'req-3');
    const rejection = {
      opened: card.requests[1]!,
      decision: 'reject',
      approverId: 'app-b61fd519ca3db78c' as ApproverId,
      nonce: new Uint8Array(16).fill(77),
      msgId: 'msg-0',
      at: NOW,
    } as const;
    const { memory } = await signDecision(memoryOf(), rejection, KEYS.signer);
    const { entries } = await signCard(memory, input(card), KEYS.signer);
    expect(entries.map((entry) => ('refusal' in entry ? entry.refusal.code : 'signed'))).toEqual([
      'signed',
      'already_decided',
      'signed',
    ]);
  });

  it('after its time signs nothing', async () => {
    const at = Date.parse(EXAMPLE.expiresAt);
    const { entries, memory } = await signCard(memoryOf(), input(cardOf('req-1', 'req-2'), { at }), KEYS.signer);
    expect(entries.map((entry) => 'refusal' in entry && entry.refusal.code)).toEqual([
      'request_expired',
      'request_expired',
    ]);
    expect(memory.decided).toEqual([]);
  });

  it('that cannot be approved signs no approval', async () => {
    const [card] = groupRequests([copy('req-1', {}, ROLLED_BACK), copy('req-2', {}, ROLLED_BACK)]);
    const { entries } = await signCard(ROLLED_BACK, input(card!), KEYS.signer);
    expect(entries.map((entry) => 'refusal' in entry && entry.refusal.code)).toEqual([
      'approval_impossible',
      'approval_impossible',
    ]);
  });
});
