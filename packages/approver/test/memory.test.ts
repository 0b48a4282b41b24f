import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { EMPTY_MEMORY, forgetExpired, openRequest, readMemory, rememberGrant } from '../src/index.js';
import { EXAMPLE, memoryOf, NOW, REQUEST } from './device.js';

/** A memory as it was stored before texts of documents, names of workspaces and grants were kept. */
const { grants: _, ...SECOND } = memoryOf();
const FIRST = {
  ...SECOND,
  version: 1,
  pairings: SECOND.pairings.map(({ workspaceId: __, ...pairing }) => pairing),
  policies: [
    {
      enforcerId: EXAMPLE.enforcerId,
      workspaceId: EXAMPLE.workspaceId,
      version: EXAMPLE.policyVersion + 1,
      sha256: 'ab'.repeat(32),
    },
  ],
};

describe(rules('APPR-155')`memory in its first form`, () => {
  it('is read with everything in it', () => {
    const memory = readMemory(JSON.parse(JSON.stringify(FIRST)));
    expect(memory).toEqual({
      ...FIRST,
      version: 2,
      pairings: FIRST.pairings.map((pairing) => ({ ...pairing, workspaceId: null })),
      policies: FIRST.policies.map((policy) => ({ ...policy, text: null })),
      grants: [],
    });
    expect(readMemory(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
  });

  it('still notices a rollback', () => {
    expect(openRequest(readMemory(FIRST), REQUEST, NOW).opened.obstacles).toEqual(['policy-rolled-back']);
  });
});

describe('words of a grant', () => {
  const granted = (requestId: string) =>
    rememberGrant(EMPTY_MEMORY, { requestId, expiresAt: new Date(NOW).toISOString() } as any, 'npm test');

  it('are kept until it ends', () => {
    const memory = granted('dnd-1');
    expect(memory.grants).toEqual([{ policyId: 'dnd-1', what: 'npm test', expiresAt: NOW }]);
    expect(forgetExpired(memory, NOW - 1).grants).toHaveLength(1);
    expect(forgetExpired(memory, NOW).grants).toEqual([]);
  });
});
