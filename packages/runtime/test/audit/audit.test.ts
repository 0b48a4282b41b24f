import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditLog, type AuditRecord } from '../../src/audit/audit-log.js';
import { listAudit, showAudit, verifyAudit } from '../../src/audit/read-audit.js';
import { redact } from '../../src/audit/redact.js';
import { openIntegrity } from '../../src/files/integrity.js';
import { ensureSecureDirectory } from '../../src/files/secure-directory.js';
import { openLock } from '../../src/lock/lock.js';
import { resolvePaths, type RuntimePaths } from '../../src/paths/paths.js';
import { nodePorts } from '../../src/ports/ports.js';
import { openSecretStore } from '../../src/secrets/open.js';
import { temporaryFolder } from '../support/temporary.js';

const AT = Date.UTC(2026, 0, 1);

async function withLog(paths: RuntimePaths, work: (log: AuditLog) => void): Promise<void> {
  ensureSecureDirectory(paths.state);
  const integrity = await openIntegrity(await openSecretStore(paths), nodePorts);
  const lock = openLock(join(paths.state, 'audit.lock'));
  const log = new AuditLog({ file: paths.auditFile, lock, integrity });
  try {
    work(log);
  } finally {
    log.close();
    lock.close();
  }
}

async function written(records: readonly AuditRecord[]): Promise<RuntimePaths> {
  const paths = resolvePaths({ fixedHome: temporaryFolder() });
  await withLog(paths, (log) => {
    for (const record of records) log.append(record);
  });
  return paths;
}

const granted: AuditRecord = {
  kind: 'execution.granted',
  at: AT,
  requestId: 'req-1',
  workspaceId: 'ws-1',
  artifactHash: 'a'.repeat(64),
  signerKeyId: 'al1.x.y',
  assurance: 'verified',
};

describe(rules('ENF-190')`the audit log`, () => {
  it('says what was approved: hash, signer, assurance, outcome', async () => {
    const paths = await written([
      granted,
      { kind: 'execution.outcome', at: AT + 1, requestId: 'req-1', outcome: 'succeeded' },
    ]);
    const items = listAudit(paths);
    expect(items.map((item) => item.entry)).toEqual([
      { ...granted, at: '2026-01-01T00:00:00.000Z', prev: '0'.repeat(64) },
      {
        kind: 'execution.outcome',
        at: '2026-01-01T00:00:00.001Z',
        requestId: 'req-1',
        outcome: 'succeeded',
        prev: items[0]?.hash,
      },
    ]);
    expect(showAudit(paths, 'req-1')).toHaveLength(2);
    expect(showAudit(paths, '2').map((item) => item.id)).toEqual([2]);
    expect(await verifyAudit(paths)).toEqual({ ok: true, entries: 2, brokenAt: null });
  });

  it('verifies when nothing was ever written', async () => {
    const paths = resolvePaths({ fixedHome: temporaryFolder() });
    expect(await verifyAudit(paths)).toEqual({ ok: true, entries: 0, brokenAt: null });
  });

  const three: AuditRecord[] = [1, 2, 3].map((n) => ({ kind: 'request.opened', at: AT + n, requestId: `req-${n}` }));
  it.each<[string, (file: string) => void, { entries: number; brokenAt: number }]>([
    [
      'a changed word',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('req-2', 'req-7')),
      { entries: 2, brokenAt: 3 },
    ],
    [
      'a removed line',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').split('\n').toSpliced(1, 1).join('\n')),
      { entries: 1, brokenAt: 2 },
    ],
    [
      'a removed last line',
      (file) => writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n')}\n`),
      { entries: 2, brokenAt: 3 },
    ],
    ['emptied', (file) => writeFileSync(file, ''), { entries: 0, brokenAt: 1 }],
    ['a line that is no entry', (file) => appendFileSync(file, 'nonsense\n'), { entries: 3, brokenAt: 4 }],
    ['half a line', (file) => appendFileSync(file, '{"at":'), { entries: 3, brokenAt: 4 }],
  ])('finds %s', async (_, spoil, verdict) => {
    const paths = await written(three);
    spoil(paths.auditFile);
    expect(await verifyAudit(paths)).toEqual({ ok: false, ...verdict });
  });

  it('finds a log that was written anew with correct hashes', async () => {
    const paths = await written(three);
    const other = await written([{ kind: 'request.opened', at: AT, requestId: 'req-other' }]);
    writeFileSync(paths.auditFile, readFileSync(other.auditFile));
    expect((await verifyAudit(paths)).ok).toBe(false);
  });

  it('finds every single changed byte', async () => {
    const paths = await written(three);
    const bytes = readFileSync(paths.auditFile);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const spoilt = Uint8Array.from(bytes);
        spoilt[index]! ^= change;
        writeFileSync(paths.auditFile, spoilt);
        expect((await verifyAudit(paths)).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('gives an execution whose end nobody knows the outcome unknown, once', async () => {
    const paths = await written([granted]);
    await withLog(paths, (log) => log.settle(AT + 5));
    await withLog(paths, (log) => log.settle(AT + 6));
    const outcomes = listAudit(paths).filter((item) => item.entry.kind === 'execution.outcome');
    expect(outcomes.map((item) => item.entry.outcome)).toEqual(['unknown']);
  });

  it('has one writer, from opening to closing', async () => {
    const paths = await written([granted]);
    const unavailable = expect.objectContaining({ code: 'audit_unavailable' });
    await withLog(paths, (log) => {
      log.append({ kind: 'request.opened', at: AT + 1, requestId: 'req-2' });
      const other = openLock(join(paths.state, 'audit.lock'));
      expect(() => other.acquire()).toThrow(expect.objectContaining({ code: 'lock_held' }));
      other.close();
      log.append({ kind: 'request.opened', at: AT + 2, requestId: 'req-3' });
    });
    const other = openLock(join(paths.state, 'audit.lock'));
    other.acquire();
    await expect(withLog(paths, () => undefined)).rejects.toThrow(unavailable);
    other.close();
    await withLog(paths, (log) => expect(log.names('req-3')).toBe(true));
  });

  it('gives the lock of a broken log back', async () => {
    const paths = await written([granted]);
    appendFileSync(paths.auditFile, 'nonsense\n');
    await expect(withLog(paths, () => undefined)).rejects.toThrow();
    const other = openLock(join(paths.state, 'audit.lock'));
    other.acquire();
    expect(other.held).toBe(true);
    other.close();
  });

  it('refuses to go on with a broken log', async () => {
    const paths = await written(three);
    appendFileSync(paths.auditFile, 'nonsense\n');
    await expect(withLog(paths, () => undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'audit_unavailable' }),
    );
  });
});

describe(rules('ENF-190')`no secret reaches a log`, () => {
  it.each([
    ['airpat_Abc123Abc123Abc123Abc123Abc12345'],
    [`rt-${'x'.repeat(43)}`],
    ['eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl'],
    ['Bearer abcdefgh12345678'],
  ])('%s', async (secret) => {
    const paths = await written([{ kind: 'engine.fault', at: AT, reason: `failed with ${secret} in it` }]);
    expect(readFileSync(paths.auditFile, 'utf8')).not.toContain(secret);
    expect(redact(`a ${secret} b`)).toBe('a [redacted] b');
  });

  it('takes the pairing secret out of links and cuts long texts', () => {
    expect(redact('https://x/pair#v=1&g=y&c=ABCDEF&s=SECRET&e=CODE')).toBe(
      'https://x/pair#v=1&g=y&c=ABCDEF[redacted][redacted]',
    );
    expect(redact('x'.repeat(5000))).toHaveLength(1001);
  });
});
