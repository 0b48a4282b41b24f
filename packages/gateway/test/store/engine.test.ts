import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, openAdmin, StartupError } from '../../src/index.js';
import type { StoreEngine } from '../../src/store/engine.js';
import { executeBatch } from '../../src/store/executor.js';
import { databasePath, openDatabase } from '../../src/store/open-database.js';
import { openStore } from '../../src/store/open-store.js';
import { builtWorker } from '../support/built-worker.js';

let workerUrl: URL;
beforeAll(() => {
  workerUrl = builtWorker();
});

const open: StoreEngine[] = [];
const dirs: string[] = [];
const tempDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'airlock-store-'));
  dirs.push(dir);
  return dir;
};
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

type Thread = 'inline' | 'worker';
async function store(thread: Thread, dataDir = tempDir()): Promise<StoreEngine> {
  const engine = await openStore({ dataDir, use: 'serve', thread, workerUrl });
  open.push(engine);
  return engine;
}
const closed = async (engine: StoreEngine): Promise<void> => {
  open.splice(open.indexOf(engine), 1);
  await engine.close();
};

const session = (nonce: string, code: string) => ({
  userId: 'usr-1',
  nonce,
  codes: [code],
  now: 1_000,
  expiresAt: 2_000,
  approverId: 'app-1',
});
const entry = (n: number) => ({ at: n, kind: 'policy.created' as const, details: { n: String(n) } });

describe.each<Thread>(['inline', 'worker'])('the store, %s', (thread) => {
  it(rules('GW-180')`keeps what it answered, over a reopening`, async () => {
    const dataDir = tempDir();
    const first = await store(thread, dataDir);
    const id = await first.run('getOrSetSetting', { name: 'x', initial: 'one' });
    await closed(first);
    const second = await store(thread, dataDir);
    expect(await second.run('getOrSetSetting', { name: 'x', initial: 'two' })).toBe(id);
  });

  it('commits a group in order, and rolls back a refused command alone', async () => {
    const engine = await store(thread);
    const results = await Promise.allSettled([
      engine.run('preGeneratePairing', session('n1', 'AAAAAA')),
      engine.run('preGeneratePairing', session('n2', 'AAAAAA')),
      engine.run('preGeneratePairing', session('n3', 'BBBBBB')),
      engine.run('preGeneratePairing', session('n1', 'CCCCCC')),
      engine.run('appendAudit', entry(1)),
    ]);
    expect(results.map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code))).toEqual([
      'ok',
      'unavailable',
      'ok',
      'internal_error',
      'ok',
    ]);
    const claim = (code: string, maxWorkspaces = 10) =>
      engine.run('claimPairing', {
        userId: 'usr-1',
        code,
        now: 1_500,
        maxWorkspaces,
        enforcer: {
          appId: '',
          deviceId: 'd',
          enforcerId: 'e',
          enforcerLabel: '',
          workspaceName: '',
          gatewayUrl: '',
        },
      });
    const refused = await Promise.allSettled([claim('BBBBBB', 0), engine.run('appendAudit', entry(2))]);
    expect(refused.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
    await expect(claim('BBBBBB', 0)).rejects.toMatchObject({ code: 'workspace_limit_exceeded' });
    // Whatever the refused command had written before it refused is gone, in company and alone.
    expect((await claim('BBBBBB')).nonce).toBe('n3');
    await expect(claim('CCCCCC')).rejects.toMatchObject({ code: 'pairing_code_invalid' });
  });

  it('answers thousands of callers', async () => {
    const engine = await store(thread);
    await Promise.all(Array.from({ length: 2_000 }, (_, n) => engine.run('appendAudit', entry(n))));
    expect(await engine.run('verifyAudit', {})).toEqual({ ok: true, entries: 2_000 });
  });

  it('rejects with unavailable once it is closed, and finishes what was queued before', async () => {
    const engine = await store(thread);
    const last = engine.run('appendAudit', entry(1));
    const closing = closed(engine);
    await closing;
    await last;
    await expect(engine.run('appendAudit', entry(2))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says which file is broken and leaves it alone', async () => {
    const dataDir = tempDir();
    await closed(await store(thread, dataDir));
    writeFileSync(databasePath(dataDir), 'this is no database, but it is long enough to look at');
    const before = statSync(databasePath(dataDir)).size;
    await expect(store(thread, dataDir)).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('gateway.sqlite'),
    });
    expect(statSync(databasePath(dataDir)).size).toBe(before);
  });
});

describe(rules('GW-230')`the audit log`, () => {
  it('is chained and append-only', async () => {
    const dataDir = tempDir();
    const engine = await store('inline', dataDir);
    for (let n = 1; n <= 3; n += 1) await engine.run('appendAudit', entry(n));
    await closed(engine);
    const { db, close } = await openDatabase(dataDir);
    expect(() => db.exec("UPDATE audit_log SET details = '{}' WHERE seq = 2")).toThrow('append-only');
    expect(() => db.exec('DELETE FROM audit_log WHERE seq = 2')).toThrow('append-only');
    db.exec('DROP TRIGGER audit_log_no_update; DROP TRIGGER audit_log_no_delete');
    db.exec("UPDATE audit_log SET details = '{}' WHERE seq = 2");
    close();
    const admin = await openAdmin(dataDir);
    expect(await admin.verifyAudit()).toEqual({ ok: false, entries: 2, brokenAt: 2 });
    await admin.close();
  });

  it('misses no entry that was cut out', async () => {
    const dataDir = tempDir();
    const engine = await store('inline', dataDir);
    for (let n = 1; n <= 3; n += 1) await engine.run('appendAudit', entry(n));
    await closed(engine);
    const { db, close } = await openDatabase(dataDir);
    db.exec('DROP TRIGGER audit_log_no_delete; DELETE FROM audit_log WHERE seq = 2');
    close();
    const again = await store('inline', dataDir);
    expect(await again.run('verifyAudit', {})).toMatchObject({ ok: false, brokenAt: 3 });
  });
});

describe('when the storage fails', () => {
  it('answers unavailable for the whole group and goes on afterwards', async () => {
    const { db, close } = await openDatabase(tempDir());
    db.exec('PRAGMA max_page_count = 1');
    const big = { name: 'x', initial: 'y'.repeat(100_000) };
    const full = executeBatch(db, [
      { id: 1, name: 'appendAudit', args: entry(1) },
      { id: 2, name: 'getOrSetSetting', args: big },
    ]);
    expect(full).toMatchObject([
      { id: 1, ok: false, code: 'unavailable' },
      { id: 2, ok: false, code: 'unavailable' },
    ]);
    db.exec('PRAGMA max_page_count = 1000000');
    const after = executeBatch(db, [
      { id: 3, name: 'appendAudit', args: entry(1) },
      { id: 4, name: 'appendAudit', args: entry(2) },
    ]);
    expect(after).toMatchObject([
      { id: 3, ok: true },
      { id: 4, ok: true },
    ]);
    close();
  });

  it('is unavailable while somebody else holds the write lock for long', async () => {
    const dataDir = tempDir();
    const one = await openDatabase(dataDir);
    const two = await openDatabase(dataDir);
    two.db.exec('PRAGMA busy_timeout = 10');
    one.db.exec('BEGIN IMMEDIATE');
    const call = { id: 1, name: 'appendAudit', args: entry(1) };
    expect(executeBatch(two.db, [call])).toMatchObject([{ ok: false, code: 'unavailable' }]);
    one.db.exec('COMMIT');
    expect(executeBatch(two.db, [call])).toMatchObject([{ ok: true }]);
    one.close();
    two.close();
  });
});

describe('the data directory', () => {
  const options = (dataDir: string) => ({ dataDir, logLevel: 'silent' as const });

  it('belongs to one gateway, and to administrative commands beside it', async () => {
    const dataDir = tempDir();
    const gateway = await createGateway(options(dataDir));
    await expect(createGateway(options(dataDir))).rejects.toMatchObject({ code: 'data_dir_in_use' });
    const admin = await openAdmin(dataDir);
    await admin.identity.addUser('anna');
    await admin.close();
    expect(await gateway.admin.listUsers()).toHaveLength(1);
    await gateway.close();
    await (await createGateway(options(dataDir))).close();
  });

  it('is private, and so is everything in it', async () => {
    const dataDir = tempDir();
    chmodSync(dataDir, 0o755);
    const gateway = await createGateway(options(dataDir));
    await gateway.admin.addUser('anna');
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dataDir)) {
      expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    await gateway.close();
  });

  it('is left as it was when its database is cut short', async () => {
    const dataDir = tempDir();
    await (await createGateway(options(dataDir))).close();
    truncateSync(databasePath(dataDir), 5_000);
    await expect(createGateway(options(dataDir))).rejects.toBeInstanceOf(StartupError);
    expect(statSync(databasePath(dataDir)).size).toBe(5_000);
  });
});

describe(rules('GW-030')`plain HTTP`, () => {
  it.each([
    ['0.0.0.0', {}, 'tls_required'],
    ['192.0.2.1', {}, 'tls_required'],
    ['0.0.0.0', { publicUrl: 'http://gateway.example' }, 'tls_required'],
    ['0.0.0.0', { publicUrl: 'https://gateway.example' }, undefined],
    ['0.0.0.0', { trustProxy: ['10.0.0.1'] }, undefined],
    ['127.0.0.1', {}, undefined],
    ['localhost', {}, undefined],
    ['::1', {}, undefined],
  ])('on %s with %j: %s', async (host, more, code) => {
    const made = createGateway({ dataDir: tempDir(), host, logLevel: 'silent', ...more });
    if (code === undefined) await (await made).close();
    else await expect(made).rejects.toMatchObject({ code });
  });
});
