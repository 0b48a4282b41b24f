import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CommandArgs, type ReadName, reads, writes } from '../../src/store/commands.js';
import type { StoreEngine } from '../../src/store/engine.js';
import { executeRead } from '../../src/store/executor.js';
import { type OpenedDatabase, openReadOnly } from '../../src/store/open-database.js';
import { openStore } from '../../src/store/open-store.js';
import { builtWorker } from '../support/built-worker.js';
import { NOW, seed } from './seed.js';

const dirs: string[] = [];
const tempDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'airlock-reads-'));
  dirs.push(dir);
  return dir;
};
const open: StoreEngine[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

const page = { userId: 'usr-1', approverId: 'apr-1', after: 0, limit: 10 };
const exchange = { requestId: 'req-1', now: NOW };
const later = NOW + 1_000_000;

/** Every read, with arguments that make it find something in the seeded store. */
const rows: { readonly [N in ReadName]: readonly [args: CommandArgs<N>, found: unknown] } = {
  approverExists: [{ userId: 'usr-1', approverId: 'apr-1' }, true],
  countUsage: [{ userId: 'usr-1' }, { exchanges: 1, workspaces: 1 }],
  effectivePolicies: [{ userId: 'usr-1', enforcerId: 'enf-1', workspaceId: 'ws-1', sessionId: '', now: NOW }, ['{}']],
  expiredInboxPage: [{ ...page, now: later }, { items: [{ requestId: 'req-1' }] }],
  findConsentState: [{ userId: 'usr-1', appId: 'app-1' }, 'Pending'],
  findCredentials: [
    { patHash: 'pat-hash', familyId: 'fam-1', clientId: 'client-1', now: NOW },
    {
      pat: { tokenId: 'pat-1' },
      family: { familyId: 'fam-1' },
      app: { appId: 'app-1' },
      due: { tokenId: 'pat-1', approverId: 'apr-1' },
    },
  ],
  findFamily: [{ familyId: 'fam-1', now: NOW }, { userId: 'usr-1' }],
  findForWait: [{ userId: 'usr-1', appId: '', ...exchange }, { state: 'PendingApproval' }],
  findLogin: [{ name: 'anna' }, { userId: 'usr-1' }],
  findOidcRecord: [{ model: 'Grant', idHash: 'oidc-1' }, { payload: '{}' }],
  findOidcRecordByUid: [{ model: 'Grant', uid: 'uid-1' }, { payload: '{}' }],
  findPendingDevice: [{ userCode: 'ABCD-EFGH', now: NOW }, { clientLabel: 'a terminal' }],
  findPolicySigner: [
    { userId: 'usr-1', approverId: 'apr-1', enforcerId: 'enf-1' },
    { publicKey: 'key-1', signerKeyIds: ['signer-1'] },
  ],
  findRefreshToken: [{ tokenHash: 'refresh-1', now: NOW }, { family: { familyId: 'fam-1' } }],
  findUser: [{ userId: 'usr-1' }, { name: 'anna' }],
  findUserByName: [{ name: 'anna' }, { userId: 'usr-1' }],
  getExchange: [{ viewer: { userId: 'usr-1' }, ...exchange }, { artifactHash: 'hash-1' }],
  historyPage: [{ userId: 'usr-1', before: 1000, limit: 10, now: later }, { items: [{ requestId: 'req-1' }] }],
  inboxPage: [{ ...page, now: NOW }, { items: [{ requestId: 'req-1' }] }],
  isAppOrigin: [{ origin: 'https://app.example' }, true],
  listApps: [{ ownerId: 'usr-1' }, [{ appId: 'app-1' }]],
  listApprovers: [{ userId: 'usr-1' }, [{ approverId: 'apr-1' }]],
  listAudit: [{ limit: 1 }, [{ kind: 'policy.created' }]],
  listConsents: [{ userId: 'usr-1' }, [{ consentId: 'cns-1' }]],
  listPairings: [{ userId: 'usr-1' }, [{ pairingId: 'pair-1' }]],
  listPats: [{ userId: 'usr-1' }, [{ tokenId: 'pat-1' }]],
  listPolicies: [{ userId: 'usr-1', now: NOW }, ['{}']],
  listUsers: [{}, [{ userId: 'usr-1' }]],
  resolvePairing: [{ userId: 'usr-1', code: 'BBBBBB', now: NOW }, { nonce: 'pn-2' }],
  verifyAudit: [{}, { ok: true }],
};

describe('a declared read', () => {
  let database: OpenedDatabase;
  beforeAll(async () => {
    const dataDir = tempDir();
    const store = await openStore({ dataDir, use: 'serve', thread: 'inline' });
    await seed(store);
    await store.close();
    database = await openReadOnly(dataDir);
  });
  afterAll(() => database.close());

  it('is never declared a write as well', () => {
    expect(Object.keys(reads).filter((name) => name in writes)).toEqual([]);
    expect(Object.keys(rows).sort()).toEqual(Object.keys(reads).sort());
  });

  it.each(Object.entries(rows))('%s finds what is there on a connection that cannot write', (name, [args, found]) => {
    expect(executeRead(database.db, { id: 1, name, args })).toMatchObject({ ok: true, value: found });
  });

  it('fails where it writes after all', () => {
    const note = { tokenId: 'pat-1', now: NOW };
    expect(() => writes.noteCredentialUse(database.db, note)).toThrow('readonly');
    expect(executeRead(database.db, { id: 1, name: 'noteCredentialUse', args: note })).toMatchObject({ ok: false });
  });
});

describe.each(['inline', 'worker'] as const)('a read of the store, %s', (thread) => {
  let workerUrl: URL;
  beforeAll(() => {
    workerUrl = builtWorker();
  });
  const store = async (dataDir = tempDir()): Promise<StoreEngine> => {
    const engine = await openStore({ dataDir, use: 'serve', thread, workerUrl });
    open.push(engine);
    return engine;
  };
  const entries = async (engine: StoreEngine): Promise<number> => (await engine.run('verifyAudit', {})).entries;
  const entry = { at: 1, kind: 'policy.created' } as const;

  it('sees every write that was answered before it', async () => {
    const engine = await store();
    for (let n = 1; n <= 50; n += 1) {
      await engine.run('appendAudit', entry);
      expect(await entries(engine)).toBe(n);
    }
  });

  it('does not wait for a write that was not', async () => {
    const engine = await store();
    const order: string[] = [];
    const write = engine.run('appendAudit', entry).then(() => order.push('write'));
    await engine.run('listUsers', {}).then(() => order.push('read'));
    await write;
    expect(order).toEqual(['read', 'write']);
  });

  it(rules('AUTH-080')`sees what another process revoked`, async () => {
    const dataDir = tempDir();
    const engine = await store(dataDir);
    await seed(engine);
    const found = async (): Promise<boolean> =>
      (await engine.run('findCredentials', { patHash: 'pat-hash', now: NOW })).pat !== undefined;
    expect(await found()).toBe(true);
    const admin = await openStore({ dataDir, use: 'shared', thread: 'inline' });
    await admin.run('revokePat', { tokenId: 'pat-1', now: NOW });
    expect(await found()).toBe(false);
    await admin.close();
  });

  it('is refused with the code of its command, and with unavailable once the store is closed', async () => {
    const engine = await store();
    await expect(
      engine.run('getExchange', { viewer: { userId: 'usr-1' }, requestId: 'req-1', now: NOW }),
    ).rejects.toMatchObject({ code: 'NotFound' });
    open.splice(open.indexOf(engine), 1);
    await engine.close();
    await expect(engine.run('listUsers', {})).rejects.toMatchObject({ code: 'unavailable' });
  });
});
