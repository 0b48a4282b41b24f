import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, bodyFor, collect, lastOf, paired, pairUp, scene, signIn } from '../support/daemon.js';
import { Human } from '../support/human.js';

const SLOW = { timeout: 60_000 };

function folderIn(parent: string, ...names: readonly string[]): string {
  const folder = join(parent, ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

describe(rules(
  'PAIR-260',
  'INV-38',
)`an agent that pairs a folder inside a paired workspace with an approver of its own`, () => {
  it.each([
    ['below it', ['packages', 'x']],
    ['right in it', ['x']],
  ])('%s is refused, and the approver of the workspace goes on deciding there', SLOW, async (_name, names) => {
    const made = await paired();
    const inner = folderIn(made.workspace, ...names);
    const { events: refused } = await pairUp({ ...made, workspace: inner }, new Human(made.relay));
    const message = expect.stringContaining(`lies in ${made.workspace}`);
    expect(refused).toMatchObject([{ event: 'error', code: 'bad_request', message }]);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const events = await collect(made.client.request(bodyFor(inner)));
    expect(lastOf(events)).toMatchObject({ verdict: 'allow', signerKeyId: made.human.signerKeyId });
  });

  it('is refused after unpairing too: the pin covers what lies inside', SLOW, async () => {
    const made = await paired();
    await made.client.unpair(made.workspace);
    const inner = folderIn(made.workspace, 'x');
    expect((await pairUp({ ...made, workspace: inner })).events).toMatchObject([
      { event: 'error', code: 'bad_request' },
    ]);
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny' });
  });

  it('a folder that was paired before the one around it keeps its own approver', SLOW, async () => {
    const made = await scene();
    await signIn(made);
    const inner = folderIn(made.workspace, 'x');
    const { human, events } = await pairUp({ ...made, workspace: inner });
    expect(events.at(-1)?.event).toBe('paired');
    expect((await pairUp(made)).events.at(-1)?.event).toBe('paired');
    expect((await pairUp({ ...made, workspace: inner }, human)).events.at(-1)?.event).toBe('paired');
  });
});
