import { rules } from '@airlock/conformance';
import { contentSha256 } from '@airlock/crypto';
import { type ApproverId, canonicalize } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { type ApproverMemory, openRequest, signDecision } from '../../src/index.js';
import { DECISION, EXAMPLE, KEYS, memoryOf, NOW, requestFor } from '../device.js';

const CHANGE = DECISION.plaintexts.find(({ id }: any) => id === 'policy-change').value;

function changeTo(policy: Record<string, unknown>) {
  const value = { ...CHANGE, policy: canonicalize(policy) };
  return requestFor({ ...value, contentSha256: contentSha256(value) });
}

async function approved(memory: ApproverMemory, request: ReturnType<typeof requestFor>): Promise<ApproverMemory> {
  const { memory: opened, opened: asked } = openRequest(memory, request, NOW);
  const decided = await signDecision(
    opened,
    {
      opened: asked,
      decision: 'approve',
      approverId: 'app-b61fd519ca3db78c' as ApproverId,
      nonce: new Uint8Array(16).fill(4),
      msgId: 'msg-1',
      at: NOW,
    },
    KEYS.signer,
  );
  return decided.memory;
}

const VERSION = Math.floor(NOW / 1000);

describe(rules('PAIR-260', 'APPR-155')`an approver that agreed to its successor`, () => {
  it('can still approve while it is the approver: naming a key puts no policy in force', async () => {
    const memory = await approved(memoryOf(), changeTo({ approverKey: 'A'.repeat(43), version: VERSION }));
    expect(memory.policies).toEqual([]);
    expect(openRequest(memory, requestFor(EXAMPLE), NOW).opened.obstacles).toEqual([]);
  });

  it('and one that signed a policy still refuses what is older', async () => {
    const memory = await approved(memoryOf(), changeTo({ version: VERSION }));
    expect(memory.policies).toMatchObject([{ version: VERSION }]);
    const older = { ...EXAMPLE, policyVersion: VERSION - 1 };
    const request = requestFor({ ...older, contentSha256: contentSha256(older) });
    expect(openRequest(memory, request, NOW).opened.obstacles).toEqual(['policy-rolled-back']);
  });
});
