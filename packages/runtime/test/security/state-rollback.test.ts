import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import type { Standing } from '@airlock/enforcer';
import { describe, expect, it } from 'vitest';
import { nodeFs } from '../../src/files/fs-port.js';
import { integrityWithKey } from '../../src/files/integrity.js';
import { nodePorts } from '../../src/ports/ports.js';
import { fileSecretStore } from '../../src/secrets/file-store.js';
import { repairStorage } from '../../src/state/repair.js';
import { StateStore } from '../../src/state/state-store.js';
import { ask, lastOf, launch, pairUp, scene, signIn } from '../support/daemon.js';
import { temporaryFolder } from '../support/temporary.js';

const IDENTITY = {
  workspaceId: 'ws-1',
  enforcerId: 'enf-1',
  enforcerLabel: 'computer',
  workspaceName: 'project',
};

const WORKSPACE = { path: '/project', ...IDENTITY };

const pinned: Standing = {
  ...IDENTITY,
  active: null,
  revoked: false,
  pin: { publicKey: 'pk', signerKeyId: 'al1.x.y', assurance: 'verified', pinnedAt: 2 },
  recovery: 'scrypt$new',
  recoveryUsedAt: 7,
  revokedKeys: [{ signerKeyId: 'al1.old', publicKey: 'old', revokedAt: 2 }],
};

function opening(folder: string, initialised = true) {
  return StateStore.open({
    stateFile: join(folder, 'state.json'),
    openRequestsFile: join(folder, 'open.json'),
    secrets: fileSecretStore(join(folder, 'secrets')),
    integrity: integrityWithKey(new Uint8Array(32).fill(3), initialised),
    ports: nodePorts,
    fs: nodeFs,
  });
}

describe(rules('PAIR-260', 'INV-38')`an older state file put back, sealed by us`, () => {
  const older: ReadonlyArray<readonly [string, Partial<Standing>]> = [
    ['without the pin', { pin: null }],
    ['with the pin of a replaced approver', { pin: { ...pinned.pin!, publicKey: 'old' } }],
    ['with a recovery code that was used', { recovery: 'scrypt$used', recoveryUsedAt: null }],
    ['that forgets a revoked key', { revokedKeys: [] }],
  ];

  it.each(older)('%s is refused, named and left alone', async (_, before) => {
    const folder = temporaryFolder();
    const file = join(folder, 'state.json');
    const store = await opening(folder, false);
    await store.addWorkspace(WORKSPACE);
    await store.persist({ kind: 'workspace', workspaceId: 'ws-1', value: { ...pinned, ...before } });
    const old = readFileSync(file);
    await store.persist({ kind: 'workspace', workspaceId: 'ws-1', value: pinned });
    expect((await (await opening(folder)).durable()).workspaces).toMatchObject([{ pin: pinned.pin }]);
    writeFileSync(file, old);
    await expect(opening(folder)).rejects.toMatchObject({
      code: 'state_corrupt',
      file,
      fix: 'airlock doctor --repair',
      message: expect.stringContaining('older'),
    });
    expect(readFileSync(file)).toEqual(old);
  });

  it('is refused also with the record of the pins removed, and is not to be repaired by forgetting them', async () => {
    const folder = temporaryFolder();
    const store = await opening(folder, false);
    await store.addWorkspace(WORKSPACE);
    const secrets = fileSecretStore(join(folder, 'secrets'));
    await secrets.delete('trust');
    await expect(opening(folder)).rejects.toMatchObject({ code: 'secret_store_unavailable' });
  });

  it('denies everything until a repair brings the pins back', { timeout: 30_000 }, async () => {
    const made = await scene();
    await signIn(made);
    const { stateFile } = made.paths;
    const unpinned = readFileSync(stateFile);
    const { human } = await pairUp(made);
    await made.daemon.close();
    writeFileSync(stateFile, unpinned);
    made.daemon = await launch(made.paths);
    const [problem] = (await made.client.status()).problems;
    expect(problem).toMatchObject({ code: 'state_corrupt', file: stateFile, fix: 'airlock doctor --repair' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'state_corrupt' });
    expect((await pairUp(made)).events).toMatchObject([{ event: 'error', code: 'state_corrupt' }]);
    await made.daemon.close();
    expect(readFileSync(stateFile)).toEqual(unpinned);
    expect((await repairStorage(made.paths)).remaining).toEqual([]);
    made.daemon = await launch(made.paths);
    await signIn(made);
    expect((await pairUp(made)).events.at(-1)?.event).toBe('refused');
    expect((await pairUp(made, human)).events.at(-1)?.event).toBe('paired');
  });
});
