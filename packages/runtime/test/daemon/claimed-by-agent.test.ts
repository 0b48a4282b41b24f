import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf, paired } from '../support/daemon.js';
import { gitAction } from '../support/git-actions.js';
import { callFor, describedCommand, hostScene } from '../support/host.js';

const SLOW = { timeout: 30_000 };

describe(rules('ART-145')`a card says who runs what is approved`, () => {
  it.each([
    { isClaimed: true, notices: ['claimed-by-agent'] },
    { isClaimed: undefined, notices: undefined },
  ] as const)('asked with isClaimed $isClaimed', SLOW, async ({ isClaimed, notices }) => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const over = { action: gitAction(), ...(isClaimed === undefined ? {} : { isClaimed }) };
    const { requestId } = lastOf(await ask(made, over));
    expect(made.human.read(made.relay.artifacts.get(requestId)!)['notices']).toEqual(notices);
  });

  it('is bound: what is claimed and what is executed by us is not the same content', SLOW, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const content = async (over: { isClaimed?: true }) => {
      const { requestId } = lastOf(await ask(made, { action: gitAction(), ...over }));
      return made.human.read(made.relay.artifacts.get(requestId)!)['contentSha256'];
    };
    expect(await content({})).toEqual(await content({}));
    expect(await content({ isClaimed: true })).not.toEqual(await content({}));
  });

  it('is passed on for the call of a host that says so', SLOW, async () => {
    const made = await hostScene();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const call = callFor(made.workspace);
    const describe = async () => describedCommand(made.workspace, call.inputJson, { isClaimed: true });
    const verdict = await made.desk.decide({ ...call, describe });
    if (verdict.permission !== 'allow') throw new Error('not approved');
    expect(made.human.read(made.relay.artifacts.get(verdict.requestId)!)['notices']).toEqual(['claimed-by-agent']);
  });
});
