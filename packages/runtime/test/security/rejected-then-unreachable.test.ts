import { rules } from '@airlock/conformance';
import { STRICTEST_POLICY } from '@airlock/policy';
import { describe, expect, it } from 'vitest';
import type { Asked } from '../../src/service/asked.js';
import type { Core } from '../../src/service/core.js';
import { failOpenUntil } from '../../src/service/judge.js';

const NOW = 1_790_000_000_000;
const UNTIL = NOW + 60_000;

/** Until when fail mode open covers a call with this content, after these rejections. */
function coveredUntil(contentSha256: string, rejections: readonly { contentSha256: string; at: number }[]) {
  const core = {
    host: { state: { rejections } },
    ports: { now: () => NOW, mono: () => 0 },
    policies: { inForce: () => ({ ...STRICTEST_POLICY, failOpenUntil: UNTIL }) },
  } as unknown as Core;
  const action = { kind: 'command' };
  const asked = { workspace: { workspaceId: 'ws' }, plaintext: { contentSha256, action } } as unknown as Asked;
  return failOpenUntil(core, asked);
}

describe(rules('ENF-155')`what the human keeps rejecting waits for the gateway to be out of reach`, () => {
  const thrice = [3, 2, 1].map((seconds) => ({ contentSha256: 'c', at: NOW - seconds * 1000 }));

  it('does not pass while it is denied here; something else does', () => {
    expect(coveredUntil('c', thrice)).toBeNull();
    expect(coveredUntil('other', thrice)).toBe(UNTIL);
    expect(coveredUntil('c', thrice.slice(1))).toBe(UNTIL);
    expect(
      coveredUntil(
        'c',
        thrice.map((one) => ({ ...one, at: NOW - 600_000 })),
      ),
    ).toBe(UNTIL);
  });
});
