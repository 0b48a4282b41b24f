import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf, launch, paired } from '../support/daemon.js';

const SLOW = { timeout: 30_000 };

/** From now on the state file cannot be replaced, as on a full or write-protected disk. */
function jam(file: string): { readonly release: () => void } {
  const before = readFileSync(file);
  rmSync(file);
  mkdirSync(file);
  return {
    release: () => {
      rmdirSync(file);
      writeFileSync(file, before, { mode: 0o600 });
    },
  };
}

describe(rules('LOC-065', 'INV-22')`a state file that an agent keeps from being written`, () => {
  it('unpair denies at once and fails with the file, for a restart would bring the pairing back', SLOW, async () => {
    const made = await paired();
    const { stateFile } = made.paths;
    const { release } = jam(stateFile);
    const failure = { code: 'state_unavailable', fix: 'airlock unpair' };
    await expect(made.client.unpair(made.workspace)).rejects.toMatchObject({
      ...failure,
      message: expect.stringContaining(stateFile),
    });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'not_paired' });
    expect((await made.client.status()).problems).toMatchObject([{ ...failure, file: stateFile }]);
    release();
    expect(await made.client.unpair(made.workspace)).toMatchObject({ unpaired: true });
    expect((await made.client.status()).problems).toEqual([]);
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect((await made.client.status()).workspaces).toMatchObject([{ paired: false }]);
  });

  it('sign-out denies at once and fails with the file', SLOW, async () => {
    const made = await paired();
    const { stateFile } = made.paths;
    const { release } = jam(stateFile);
    const failure = { code: 'state_unavailable', fix: 'airlock sign-out' };
    await expect(made.client.signOut()).rejects.toMatchObject({
      ...failure,
      message: expect.stringContaining(stateFile),
    });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'not_signed_in' });
    expect((await made.client.status()).problems).toMatchObject([{ ...failure, file: stateFile }]);
    release();
    expect(await made.client.signOut()).toEqual({ signedOut: true });
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect((await made.client.status()).signedIn).toBe(false);
  });

  it('a revocation by the other side denies at once and is shown until it is stored', SLOW, async () => {
    const made = await paired();
    const { stateFile } = made.paths;
    const { release } = jam(stateFile);
    made.relay.intercept = (path, response) => {
      if (!path.includes('/artifacts')) return false;
      response.writeHead(403, { 'content-type': 'application/json' });
      const code = 'pairing_revoked';
      const fields = { error: code, code, message: code, retryable: false };
      response.end(JSON.stringify({ ...fields, msgType: 'error', body: { code, message: code } }));
      return true;
    };
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'pairing_revoked' });
    expect((await made.client.status()).problems).toMatchObject([{ code: 'state_unavailable', file: stateFile }]);
    release();
    await made.client.unpair(made.workspace);
    expect((await made.client.status()).problems).toEqual([]);
  });
});
