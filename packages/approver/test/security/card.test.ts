import { rules } from '@airlock/conformance';
import { contentSha256 } from '@airlock/crypto';
import type { ApproverId } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import {
  type ApproverMemory,
  groupRequests,
  openRequest,
  type OpenedRequest,
  readMemory,
  type RequestGroup,
  signCard,
} from '../../src/index.js';
import { EXAMPLE, KEYS, memoryOf, NOW, requestFor } from '../device.js';

/** A signer that counts, and must not be asked where nothing may be signed. */
function counting() {
  const signer = { ...KEYS.signer, asked: 0 };
  signer.sign = (message) => {
    signer.asked += 1;
    return KEYS.signer.sign(message);
  };
  return signer;
}

function sign(card: RequestGroup, signer = counting(), nonces?: number) {
  let number = 0;
  const fresh = () => {
    number += 1;
    return { nonce: new Uint8Array(16).fill(nonces ?? number), msgId: `msg-${number}` };
  };
  const approverId = 'app-b61fd519ca3db78c' as ApproverId;
  return signCard(memoryOf(), { card, decision: 'approve', approverId, at: NOW, fresh }, signer);
}

const copy = (requestId: string, change: Record<string, unknown> = {}, memory: ApproverMemory = memoryOf()) => {
  const value = { ...EXAMPLE, requestId, ...change };
  const request = requestFor(
    { ...value, contentSha256: contentSha256(value) },
    { body: { pairingId: memory.pairings.at(-1)?.pairingId } },
  );
  return openRequest(memory, request, NOW).opened;
};

const grow = (card: RequestGroup, ...more: OpenedRequest[]): RequestGroup => ({
  ...card,
  requests: [...card.requests, ...more],
});

describe(rules('APPR-185', 'APPR-200')`one yes for several requests`, () => {
  const counted = groupRequests([copy('req-1'), copy('req-2')])[0]!;

  it('covers no later request that was smuggled into the counted card', async () => {
    const later = groupRequests([...counted.requests, copy('req-3')])[0]!;
    expect(later.id).toBe(counted.id);
    const { entries } = await sign(counted);
    expect(entries.map(({ opened }) => opened.request.requestId)).toEqual(['req-1', 'req-2']);
  });

  it.each<[string, () => OpenedRequest]>([
    ['other content', () => copy('req-3', { argv: ['rm', '-rf', '/'] })],
    [
      'other content that claims the same hash',
      () => {
        const value = { ...EXAMPLE, requestId: 'req-3', argv: ['rm', '-rf', '/'] };
        return openRequest(memoryOf(), requestFor(value), NOW).opened;
      },
    ],
    ['a request twice', () => copy('req-1')],
    [
      'the plaintext of one under the id of another',
      () => {
        const request = requestFor(EXAMPLE, { envelope: { requestId: 'req-3' } });
        return openRequest(memoryOf(), request, NOW).opened;
      },
    ],
  ])('signs nothing at all when it holds %s', async (_, other) => {
    const signer = counting();
    await expect(sign(grow(counted, other()), signer)).rejects.toThrow(TypeError);
    expect(signer.asked).toBe(0);
  });

  it('signs nothing twice under one nonce', async () => {
    await expect(sign(counted, counting(), 7)).rejects.toThrow(TypeError);
  });

  it('takes two pairings with the same content for two cards', async () => {
    const [pairing] = memoryOf().pairings;
    const both = readMemory({
      ...memoryOf(),
      pairings: [pairing, { ...pairing, pairingId: 'pair-other', workspaceName: 'gadgets' }],
    });
    const here = copy('req-1');
    const there = copy('req-2', {}, both);
    expect([here.canApprove, there.canApprove]).toEqual([true, true]);
    expect(groupRequests([here, there]).map(({ count }) => count)).toEqual([1, 1]);
    await expect(sign(grow(groupRequests([here])[0]!, there))).rejects.toThrow(TypeError);
  });
});
