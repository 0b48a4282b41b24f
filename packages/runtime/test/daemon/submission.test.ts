import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, paired } from '../support/daemon.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

describe('what is submitted', () => {
  it(rules('ID-170', 'ART-160')`carries ids of our forms, an explicit expiry and nothing of the action`, async () => {
    const made = await paired();
    const seen: Record<string, unknown>[] = [];
    made.relay.onArtifact = (artifact) => {
      seen.push(artifact.envelope);
      made.human.decide(artifact, 'approve');
    };
    await ask(made, { label: 'build' });
    const [envelope] = seen as [{ msgId: string; requestId: string; body: Record<string, unknown> }];
    expect(envelope.requestId).toMatch(new RegExp(`^req-${UUID}$`));
    expect(envelope.msgId).toMatch(new RegExp(`^msg-${UUID}$`));
    expect(Object.keys(envelope.body).sort()).toEqual([
      'artifactHash',
      'artifactType',
      'ciphertext',
      'expiresAt',
      'metadata',
    ]);
    const metadata = envelope.body['metadata'] as Record<string, string>;
    expect(metadata['routingToken']).toMatch(/^rt-/);
    const display = ['repoName', 'requestLabel', 'workspaceName'];
    expect(Object.keys(metadata).filter((key) => key !== 'routingToken' && !display.includes(key))).toEqual([]);
    expect(JSON.stringify(envelope)).not.toContain('/bin/echo');
  }, 30_000);
});
