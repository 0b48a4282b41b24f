import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import type { DurableAuth, Standing } from '@airlock/enforcer';
import { describe, expect, it } from 'vitest';
import { integrityWithKey } from '../../src/files/integrity.js';
import { nodePorts } from '../../src/ports/ports.js';
import { fileSecretStore } from '../../src/secrets/file-store.js';
import type { SecretStore } from '../../src/secrets/secret-store.js';
import { StateStore, type Workspace } from '../../src/state/state-store.js';
import { faultyFs, ioError, type Faulty } from '../support/faulty-fs.js';
import { temporaryFolder } from '../support/temporary.js';

const WORKSPACE: Workspace = {
  path: '/project',
  workspaceId: 'ws-1',
  enforcerId: 'enf-1',
  enforcerLabel: 'computer',
  workspaceName: 'project',
};

const auth = (token: string): DurableAuth => ({
  gatewayUrl: 'https://gateway.example',
  credential: {
    kind: 'oidc',
    idp: { baseUrl: 'https://gateway.example', clientId: 'airlock-integrations' },
    accessToken: `access-${token}`,
    refreshToken: `refresh-${token}`,
    expiresAt: 1,
  },
});

const standing = (key: string): Standing => ({
  workspaceId: 'ws-1',
  enforcerId: 'enf-1',
  enforcerLabel: 'computer',
  workspaceName: 'project',
  active: {
    gatewayUrl: 'https://gateway.example',
    routingToken: `rt-${key}`,
    pairingKey: key,
    signerKeyId: 'al1.x.y',
    publicKey: 'pk',
    capabilities: [],
    assurance: 'verified',
    approverDeviceId: '',
    safetyNumber: '',
    pairedAt: 1,
  },
  revoked: false,
  pin: { publicKey: 'pk', signerKeyId: 'al1.x.y', assurance: 'verified', pinnedAt: 1 },
  recovery: null,
  recoveryUsedAt: null,
  revokedKeys: [],
});

interface Opening {
  readonly folder: string;
  readonly fs?: Faulty;
  readonly secrets?: SecretStore;
  readonly initialised?: boolean;
}

async function open({ folder, fs = faultyFs(), secrets, initialised = true }: Opening): Promise<StateStore> {
  return await StateStore.open({
    stateFile: join(folder, 'state.json'),
    openRequestsFile: join(folder, 'open.json'),
    secrets: secrets ?? fileSecretStore(join(folder, 'secrets'), fs),
    integrity: integrityWithKey(new Uint8Array(32).fill(3), initialised),
    ports: nodePorts,
    fs,
  });
}

describe(rules('AUTH-120')`a new token`, () => {
  it('is on stable storage before the save answers; a failure at any call keeps the old one whole', async () => {
    const folder = temporaryFolder();
    const fs = faultyFs();
    const store = await open({ folder, fs, initialised: false });
    await store.persist({ kind: 'auth', value: auth('0') });
    for (let failAt = 1, done = false; !done; failAt += 1) {
      fs.calls = 0;
      fs.before = (_, call) => {
        if (call === failAt) throw ioError('ENOSPC');
      };
      const answer = await store.persist({ kind: 'auth', value: auth(String(failAt)) }).then(
        () => 'saved',
        () => 'failed',
      );
      fs.before = null;
      done = fs.calls < failAt;
      const { auth: stored } = await (await open({ folder })).durable();
      const token = stored?.credential.kind === 'oidc' ? stored.credential.refreshToken : '';
      if (answer === 'saved') expect(token).toBe(`refresh-${failAt}`);
      expect(token).toMatch(/^refresh-\d+$/);
      await store.persist({ kind: 'auth', value: auth('0') });
      expect(failAt).toBeLessThan(40);
    }
  });
});

describe(rules('PAIR-260', 'ENF-180')`a pairing`, () => {
  it('comes back whole after any failure: the old one or the new one', async () => {
    const folder = temporaryFolder();
    const fs = faultyFs();
    const store = await open({ folder, fs, initialised: false });
    await store.addWorkspace(WORKSPACE);
    await store.persist({ kind: 'workspace', workspaceId: 'ws-1', value: standing('old') });
    for (let failAt = 1, done = false; !done; failAt += 1) {
      fs.calls = 0;
      fs.before = (_, call) => {
        if (call === failAt) throw ioError('EIO');
      };
      await store
        .persist({ kind: 'workspace', workspaceId: 'ws-1', value: standing(`new${failAt}`) })
        .catch(() => null);
      fs.before = null;
      done = fs.calls < failAt;
      const { workspaces } = await (await open({ folder })).durable();
      const active = workspaces[0]?.active;
      expect(active?.routingToken).toBe(`rt-${active?.pairingKey}`);
      expect(active?.pairingKey).toMatch(/^(old|new\d+)$/);
      await store.persist({ kind: 'workspace', workspaceId: 'ws-1', value: standing('old') });
      expect(failAt).toBeLessThan(60);
    }
  });

  it('round-trips every member', async () => {
    const folder = temporaryFolder();
    const store = await open({ folder, initialised: false });
    await store.addWorkspace(WORKSPACE);
    await store.persist({ kind: 'workspace', workspaceId: 'ws-1', value: standing('k') });
    await store.persist({ kind: 'auth', value: { ...auth('t'), app: { clientId: 'c', clientSecret: 's' } } });
    await store.persist({ kind: 'rejections', value: [{ contentSha256: 'a'.repeat(64), at: 5 }] });
    await store.persist({ kind: 'open-requests', value: [{ requestId: 'req-1', workspaceId: 'ws-1' }] });
    const again = await open({ folder });
    expect(await again.durable()).toEqual({
      auth: { ...auth('t'), app: { clientId: 'c', clientSecret: 's' } },
      workspaces: [standing('k')],
      openRequests: [{ requestId: 'req-1', workspaceId: 'ws-1' }],
      rejections: [{ contentSha256: 'a'.repeat(64), at: 5 }],
    });
    expect(again.workspaces).toMatchObject([WORKSPACE]);
  });

  it('is not in force when its keys are gone from the secret store', async () => {
    const folder = temporaryFolder();
    const store = await open({ folder, initialised: false });
    await store.addWorkspace(WORKSPACE);
    await store.persist({ kind: 'workspace', workspaceId: 'ws-1', value: standing('k') });
    const kept = fileSecretStore(join(folder, 'secrets'), faultyFs());
    const empty: SecretStore = {
      kind: 'file',
      get: async (name) => (name === 'trust' ? await kept.get(name) : null),
      set: async () => undefined,
      delete: async () => undefined,
    };
    const again = await open({ folder, secrets: empty });
    await expect(again.durable()).rejects.toThrow(expect.objectContaining({ code: 'state_corrupt' }));
  });
});
