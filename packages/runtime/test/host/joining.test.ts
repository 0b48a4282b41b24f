import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { callFor, entriesOf, hostScene } from '../support/host.js';

const SLOW = { timeout: 30_000 };

describe(rules('LOC-145', 'ENF-140')`layers of one call`, () => {
  it('share one request, one question and one claim, and each collects once', SLOW, async () => {
    const made = await hostScene();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    let described = 0;
    const layer = (name: string) => {
      const call = callFor(made.workspace, { layer: name });
      return made.desk.decide({
        ...call,
        describe: async () => {
          described += 1;
          return await call.describe();
        },
      });
    };
    const first = await layer('PreToolUse');
    expect(first).toMatchObject({ permission: 'allow', basis: null });
    const later = [await layer('tool.check'), await layer('tool.run')];
    expect(later).toEqual([first, first]);
    expect(described).toBe(1);
    expect(made.relay.artifacts.size).toBe(1);
    made.desk.ended({ host: 'test-host', sessionId: 's-1', toolUseId: 'toolu_1', result: 'succeeded' });
    const requestId = 'requestId' in first ? String(first.requestId) : '';
    const kinds = entriesOf(made, requestId);
    expect(kinds.filter((kind) => kind === 'execution.granted')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'execution.outcome')).toHaveLength(1);
  });
});
