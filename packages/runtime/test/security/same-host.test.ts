import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { base64UrlEncode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import type { RuntimePaths } from '../../src/paths/paths.js';
import { ask, pairUp, scene, signIn } from '../support/daemon.js';
import { Human } from '../support/human.js';

const SLOW = { timeout: 30_000 };

/** A key file as the terminal approver leaves it; the private half stays out of it here. */
function keyFile(paths: RuntimePaths, content: string, mode = 0o600): void {
  const folder = join(paths.data, 'approver');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'keys.json'), content, { mode });
}

async function pairedWith(prepare: (paths: RuntimePaths, human: Human) => void) {
  const made = await scene();
  await signIn(made);
  const human = new Human(made.relay);
  prepare(made.paths, human);
  const { events } = await pairUp(made, human);
  expect(events.at(-1)?.event).toBe('paired');
  return { made, human, paired: events.at(-1) };
}

const keysOf = (publicKey: Uint8Array) =>
  JSON.stringify({ version: 1, signerPublicKey: base64UrlEncode(publicKey), keys: { protection: 'passphrase' } });

describe(rules('PAIR-225')`an approver on this computer that does not say so`, () => {
  it('is labelled same-host in the answer, in the status and in every request', SLOW, async () => {
    const { made, human, paired } = await pairedWith((paths, { publicKey }) => keyFile(paths, keysOf(publicKey)));
    expect(paired).toMatchObject({ capabilities: ['same-host'] });
    expect((await made.client.status()).workspaces).toMatchObject([{ capabilities: ['same-host'] }]);
    let notices: unknown;
    made.relay.onArtifact = (artifact) => {
      notices = human.read(artifact).notices;
      human.decide(artifact, 'reject');
    };
    await ask(made);
    expect(notices).toContain('same-host');
  });

  it.each<[string, (paths: RuntimePaths, human: Human) => void]>([
    ['another key here', (paths) => keyFile(paths, keysOf(new Uint8Array(32).fill(9)))],
    ['no key here', () => undefined],
    ['a damaged key file', (paths) => keyFile(paths, '{')],
    ['a key file without a public key', (paths) => keyFile(paths, '{"signerPublicKey":7}')],
    ['a key file that others can change', (paths, { publicKey }) => keyFile(paths, keysOf(publicKey), 0o666)],
  ])('%s labels nothing and keeps nobody from pairing', SLOW, async (_, prepare) => {
    const { made } = await pairedWith(prepare);
    expect((await made.client.status()).workspaces).toMatchObject([{ capabilities: [] }]);
  });
});
