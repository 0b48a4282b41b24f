import { describe, expect, it } from 'vitest';
import { ask, launch, lastOf, paired, scene } from '../support/daemon.js';
import { inHours, signed } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

describe('GET /v1/decisions', () => {
  it(
    'lists decisions of the human and of the policy and those about the policy, and forgets them at a start',
    SLOW,
    async () => {
      const made = await paired();
      made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
      const approved = lastOf(await ask(made));
      made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject', { reason: 'not today' });
      const rejected = lastOf(await ask(made));
      made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
      await signed(made, { kind: 'auto-on', until: inHours(1) });
      const passed = lastOf(await ask(made));
      const { decisions } = await made.client.decisions();
      const seen = decisions.map(({ requestId, kind, outcome }) => [requestId, kind, outcome]);
      expect(seen).toEqual([
        [passed.requestId, 'command', 'passed'],
        [expect.stringMatching(/^req-/), 'policy.change', 'approved'],
        [rejected.requestId, 'command', 'rejected'],
        [approved.requestId, 'command', 'approved'],
      ]);
      expect(decisions[2]).toMatchObject({ workspace: made.workspace, source: 'run', reason: 'not today' });
      expect(JSON.stringify(decisions)).not.toContain('echo');
      await made.daemon.close();
      made.daemon = await launch(made.paths);
      expect(await made.client.decisions()).toEqual({ decisions: [] });
    },
  );

  it('lists refusals where nobody can be asked', SLOW, async () => {
    const made = await scene();
    const { requestId, code } = lastOf(await ask(made));
    expect((await made.client.decisions()).decisions).toMatchObject([
      { requestId, workspace: made.workspace, kind: 'command', verdict: 'deny', outcome: 'failed', code },
    ]);
  });
});
