import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { paired } from '../support/daemon.js';
import { hostScene, incidents } from '../support/host.js';
import { approving, authorize } from '../support/outside.js';
import { signed } from '../support/signing.js';

const SLOW = { timeout: 60_000 };

const GATES = [
  'airlock',
  'approve',
  'claude-code',
  'claude',
  'gateway',
  'gateway-resources',
  'git',
  'git-push',
  'hook',
  'mcp',
  'mcp-elicitation',
  'mcp-prompts',
  'mcp-resources',
  'mcp-sampling',
  'mcp-something-new',
  'run',
];

describe(rules('LOC-045', 'LOC-145')`an agent that asks under the name of one of our own gates`, () => {
  it('is refused, also where the approver has switched that gate off, and it is on record', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'gate-off', gate: 'mcp' });
    approving(made);
    const asked = made.relay.artifacts.size;
    for (const source of GATES) {
      const { status, answer } = await authorize(made, { source });
      expect({ source, status, answer }).toMatchObject({
        source,
        status: 403,
        answer: { error: { code: 'source_reserved' } },
      });
    }
    expect(made.relay.artifacts.size).toBe(asked);
    expect(incidents(made).map(({ code, host }) => [code, host])).toEqual(
      GATES.map((source) => ['source_reserved', source]),
    );
  });

  it('cannot collect what a host asked, whatever host is installed', SLOW, async () => {
    const made = await hostScene();
    expect(await authorize(made, { source: 'test-host', callId: 'toolu_1' })).toMatchObject({ status: 403 });
  });

  it('may go by a name that only resembles one', SLOW, async () => {
    const made = await paired();
    approving(made);
    for (const source of ['mcpx', 'runner', 'my-git', 'gatewayd', 'agent']) {
      expect((await authorize(made, { source })).answer).toMatchObject({ decision: 'allow' });
    }
  });
});
