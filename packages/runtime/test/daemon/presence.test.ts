import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf, paired } from '../support/daemon.js';

describe(rules('PRES-010', 'PRES-030')`presence`, () => {
  it('falls back to heartbeats where there is no channel, and nothing depends on it', { timeout: 30_000 }, async () => {
    const made = await paired();
    for (let n = 0; n < 300 && !made.relay.seen.includes('POST /v1/presence/heartbeat'); n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(made.relay.seen).toContain('POST /v1/presence/heartbeat');
    expect((await made.client.status()).presence).not.toBe('online');
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });
});
