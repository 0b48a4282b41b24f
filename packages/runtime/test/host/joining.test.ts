import { toolAction } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import { canonicalize } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { callFor, describedCommand, entriesOf, hostScene } from '../support/host.js';
import { commandFacts } from '../support/policy-scene.js';

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

  it('that only read in the workspace pass without a human, are claimed once, and pass every layer', SLOW, async () => {
    const made = await hostScene();
    const inputJson = canonicalize({ file_path: `${made.workspace}/a.txt` });
    const facts = commandFacts({ reads: [`${made.workspace}/a.txt`] });
    const action = toolAction({ tool: 'Read', inputJson, description: 'Read a.txt', cwd: made.workspace });
    const describe = async () => ({ ...describedCommand(made.workspace, inputJson), action: { ...action }, facts });
    const layer = (name: string) =>
      made.desk.decide(callFor(made.workspace, { layer: name, tool: 'Read', inputJson, describe }));
    const first = await layer('PreToolUse');
    expect(first).toMatchObject({ permission: 'pass', basis: { kind: 'read' } });
    expect([await layer('tool.check'), await layer('tool.run')]).toEqual([first, first]);
    expect(made.relay.artifacts.size).toBe(0);
    const kinds = entriesOf(made, 'requestId' in first ? String(first.requestId) : '');
    expect(kinds).toEqual(['policy.passed', 'execution.granted']);
  });
});
