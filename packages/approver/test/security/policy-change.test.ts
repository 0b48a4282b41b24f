import { rules } from '@airlock/conformance';
import { contentSha256 } from '@airlock/crypto';
import { type ApproverId, canonicalize } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { type ApproverMemory, openRequest, signDecision, signDenial, signGrant } from '../../src/index.js';
import { DECISION, EXAMPLE, KEYS, memoryOf, NOW, requestFor } from '../device.js';

const CHANGE = DECISION.plaintexts.find(({ id }: any) => id === 'policy-change').value;
const VERSION = Math.floor(NOW / 1000);

/** A signer that must not be asked. */
const NEVER = { ...KEYS.signer, sign: () => Promise.reject(new Error('signed')) };

function openChange(policy: string, memory: ApproverMemory = memoryOf(), change: Record<string, unknown> = {}) {
  const value = { ...CHANGE, policy, ...change };
  return openRequest(memory, requestFor({ ...value, contentSha256: contentSha256(value) }), NOW).opened;
}

const approve = (memory: ApproverMemory, opened: ReturnType<typeof openChange>, signer = KEYS.signer) =>
  signDecision(
    memory,
    {
      opened,
      decision: 'approve',
      approverId: 'app-b61fd519ca3db78c' as ApproverId,
      nonce: new Uint8Array(16).fill(4),
      msgId: 'msg-1',
      at: NOW,
    },
    signer,
  );

describe(rules('APPR-155')`a policy that this approver cannot judge`, () => {
  const UNTIL = { until: '2026-03-02T22:00:00.000Z' };
  it.each<[string, string]>([
    ['an unknown member', canonicalize({ version: VERSION, allowEverything: true })],
    ['an unknown member of a part', canonicalize({ version: VERSION, auto: { ...UNTIL, silently: true } })],
    ['a member of another type', canonicalize({ version: VERSION, auto: true })],
    ['a member twice', `{"version":${VERSION},"version":${VERSION + 1}}`],
    ['another order of the same members', `{"version":${VERSION},"auto":{"until":"${UNTIL.until}"}}`],
    ['no version', '{}'],
    ['no document', 'auto on'],
  ])('is never signed: %s', async (_, policy) => {
    const opened = openChange(policy);
    expect(opened.obstacles).toEqual(['policy-unreadable']);
    expect(opened.content).not.toHaveProperty('policy');
    await expect(approve(memoryOf(), opened, NEVER)).rejects.toMatchObject({ code: 'approval_impossible' });
    expect(opened.canReject).toBe(true);
  });
});

describe(rules('APPR-155')`an older document, shown again to be signed again`, () => {
  const older = canonicalize({ auto: { until: '2026-03-02T22:00:00.000Z' }, version: VERSION });

  it('is refused once a newer one was signed, also where the enforcer says it has none', async () => {
    const { memory } = await approve(memoryOf(), openChange(canonicalize({ version: VERSION + 1 })));
    for (const policyVersion of [CHANGE.policyVersion, 0]) {
      const opened = openChange(older, memory, { policyVersion, requestId: 'req-2' });
      expect(opened.obstacles).toEqual(['policy-version']);
      await expect(approve(memory, opened, NEVER)).rejects.toMatchObject({ code: 'approval_impossible' });
    }
  });

  it('and everything that is asked under it', async () => {
    const { memory } = await approve(memoryOf(), openChange(canonicalize({ version: VERSION + 1 })));
    const value = { ...EXAMPLE, policyVersion: VERSION };
    const request = requestFor({ ...value, contentSha256: contentSha256(value) });
    expect(openRequest(memory, request, NOW).opened.obstacles).toEqual(['policy-rolled-back']);
  });

  it('lets only a newer one through, with the warning', async () => {
    const { memory } = await approve(memoryOf(), openChange(canonicalize({ version: VERSION + 1 })));
    const renewed = openChange(canonicalize({ version: VERSION + 2 }), memory, {
      policyVersion: 0,
      requestId: 'req-2',
    });
    expect(renewed).toMatchObject({ obstacles: [], warnings: ['policy-rolled-back'] });
  });
});

describe(rules('APPR-220', 'APPR-225', 'LOC-090')`a grant that would loosen what always needs the human`, () => {
  const spec = { forSession: false, forMs: 60_000, policyId: 'dnd-1', at: NOW };
  const touching = { ...EXAMPLE, notices: ['touches-gate'] };
  it.each([
    [
      'a protected target',
      openRequest(memoryOf(), requestFor({ ...touching, contentSha256: contentSha256(touching) }), NOW).opened,
    ],
    ['a change of the policy', openChange(canonicalize({ version: VERSION }))],
    [
      'an approver that announced no signed policies',
      openRequest(memoryOf({ capabilities: ['harp-decision/1'] }), requestFor(EXAMPLE), NOW).opened,
    ],
  ])('is not signed: %s', async (_, opened) => {
    expect(opened.canApprove).toBe(true);
    await expect(signGrant({ opened, ...spec }, NEVER)).rejects.toMatchObject({ code: 'grant_impossible' });
  });
});

describe('a denial in a pairing that has ended', () => {
  it('is not signed', async () => {
    const [pairing] = memoryOf({ pairingKey: null }).pairings;
    const denial = { pairing: pairing!, workspaceId: 'w', forMs: 60_000, policyId: 'dnd-1', at: NOW };
    await expect(signDenial(denial, NEVER)).rejects.toMatchObject({ code: 'denial_impossible' });
  });
});
