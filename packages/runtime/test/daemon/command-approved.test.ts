import { commandAction } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, bodyFor, collect, lastOf, paired } from '../support/daemon.js';
import { gitAction } from '../support/git-actions.js';
import { callFor, describedCommand, hostScene, inputOf } from '../support/host.js';
import { commandFor, openSession, policyScene, standing, untilVerdict } from '../support/policy-scene.js';
import { inHours, type Paired, signed } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

/** A command line, as a shell of a host would run it or as `airlock run` does. */
function command(made: Paired, line = 'git commit -m x', over: { readonly shell?: string } = {}) {
  const argv = over.shell === undefined ? line.split(' ') : [over.shell, '-c', line];
  const { cwd, program } = { cwd: made.workspace, program: over.shell ?? '/usr/bin/git' };
  const facts = { argv, cwd, program, programSha256: 'e'.repeat(64), environment: {}, stdin: 'none' } as const;
  return { ...commandAction(over.shell === undefined ? facts : { ...facts, shell: over.shell, commandText: line }) };
}

async function approveAll(): Promise<Paired> {
  const made = await paired();
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
  return made;
}

/** Runs a command as far as its claim. */
async function started(made: Paired, action = command(made), verdict = 'allow'): Promise<string> {
  const decided = lastOf(await ask(made, { action }));
  expect(decided).toMatchObject({ verdict });
  expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
  return decided.requestId;
}

/** What the human sees of a commit that is asked about now: the notices in the plaintext that was hashed. */
async function notices(made: Paired, action = gitAction()): Promise<unknown> {
  const events = await collect(made.client.request(bodyFor(made.workspace, { action })));
  const submitted = made.relay.artifacts.get(lastOf(events).requestId)!;
  return made.human.read(submitted)['notices'] ?? [];
}

describe(rules('LOC-148', 'ART-145')`a commit while its command line runs`, () => {
  it.each([
    ['git-commit', {}],
    ['git-push', {}],
    ['git-commit', { shell: '/bin/bash' }],
  ] as const)(
    '%s is asked about all the same, and the card says that the command was approved',
    SLOW,
    async (kind, shell) => {
      const made = await approveAll();
      expect(await notices(made, gitAction(kind))).toEqual([]);
      const running = await started(made, command(made, 'git commit -m x', shell));
      expect(await notices(made, gitAction(kind))).toEqual(['command-approved']);
      await made.client.outcome(running, { result: 'exited', exitCode: 0 });
      expect(await notices(made, gitAction(kind))).toEqual([]);
    },
  );

  it('says so of a command that a signed policy approved', SLOW, async () => {
    const made = await policyScene();
    const argv = ['/bin/echo', 'git'];
    made.relay.policies = () => [standing(made, { actionSelector: { argv } })];
    const action = { ...commandFor(made.workspace, argv) };
    await openSession(made);
    await untilVerdict(made, 'allow', { action });
    made.relay.onArtifact = (artifact) => {
      if (artifact.requestId.startsWith('req-')) made.human.decide(artifact, 'approve');
    };
    await started(made, action);
    expect(await notices(made)).toEqual(['command-approved']);
  });

  it('says so of the call of a host, until its end is told', SLOW, async () => {
    const made = await hostScene();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const { workspace, desk } = made;
    const call = callFor(workspace, { inputJson: inputOf('git commit -m x') });
    const { inputJson } = call;
    const action = { ...command(made, 'git commit -m x', { shell: '/bin/bash' }), tool: 'Bash', inputJson };
    const describe = async () => describedCommand(workspace, inputJson, { action });
    expect(await desk.decide({ ...call, describe })).toMatchObject({ permission: 'allow' });
    expect(await notices(made)).toEqual(['command-approved']);
    desk.ended({ ...call, toolUseId: 'toolu_1', result: 'succeeded' });
    expect(await notices(made)).toEqual([]);
  });

  it.each<[string, (made: Paired) => Promise<unknown>]>([
    ['a command without the word', (made) => started(made, command(made, 'make gitignore'))],
    ['one that was approved and is not claimed', (made) => ask(made, { action: command(made) })],
    [
      'one that was given back',
      async (made) => made.client.withdraw(lastOf(await ask(made, { action: command(made) })).requestId),
    ],
    [
      'one that was rejected',
      async (made) => {
        made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
        const { requestId } = lastOf(await ask(made, { action: command(made) }));
        await made.client.claim(requestId);
        made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
      },
    ],
  ])('says nothing of %s', SLOW, async (_, before) => {
    const made = await approveAll();
    await before(made);
    expect(await notices(made)).toEqual([]);
  });

  it('says nothing to anything but a git action', SLOW, async () => {
    const made = await approveAll();
    await started(made);
    expect(await notices(made, command(made, 'git status'))).toEqual([]);
  });

  it('says nothing of a command that auto mode let pass', SLOW, async () => {
    const made = await approveAll();
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    await started(made, command(made), 'pass');
    await made.client.restrictPolicy({ workspace: made.workspace, restriction: { kind: 'auto-off' } });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(await notices(made)).toEqual([]);
  });
});
