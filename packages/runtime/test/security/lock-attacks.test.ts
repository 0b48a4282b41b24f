import { closeSync, linkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test, vi } from 'vitest';
import { readText } from '../../src/facts/configuration/files.js';
import { identifyCached } from '../../src/facts/identify-cached.js';
import { identifyFile } from '../../src/facts/resolve/file-identity.js';
import { openForeign } from '../../src/files/foreign-file.js';
import { openLock } from '../../src/lock/lock.js';
import { runChild } from '../support/run-child.js';
import { temporaryFolder } from '../support/temporary.js';

/** Told instead of what a path leads to: it led there when somebody looked, and leads elsewhere when it is opened. */
const before = vi.hoisted(() => new Map<string, string>());

vi.mock('node:fs', async (importActual) => {
  const actual = await importActual<typeof import('node:fs')>();
  const statSync = ((path: string, options: object) =>
    actual.statSync(before.get(path) ?? path, options)) as typeof actual.statSync;
  return { ...actual, statSync };
});

function heldLock() {
  const folder = temporaryFolder();
  const path = join(folder, 'daemon.lock');
  const lock = openLock(path);
  lock.acquire();
  const [symbolic, hard, plain] = ['symbolic', 'hard', 'plain'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  symlinkSync(path, symbolic);
  linkSync(path, hard);
  writeFileSync(plain, 'x');
  return { path, lock, plain, names: [path, symbolic, hard] };
}

/** What another process is told that wants the lock. */
const wanting = async (path: string) => (await runChild('lock/lock-child.ts', [path])).stderr;

describe(rules('LOC-010')`somebody names a lock that this process holds, to have it closed`, () => {
  test('whatever reads it by whichever name: it is not opened, and stays locked', { timeout: 30_000 }, async () => {
    const { path, names, lock } = heldLock();
    for (const name of names) {
      expect(() => openForeign(name)).toThrow(expect.objectContaining({ code: 'file_locked' }));
      await expect(identifyFile(name)).rejects.toMatchObject({ code: 'program_unreadable' });
      await expect(identifyCached(name)).rejects.toMatchObject({ code: 'program_unreadable' });
      expect(readText(name)).toBe('unreadable: file_locked');
    }
    expect(await wanting(path)).toContain('lock_held');
    lock.close();
  });

  test('put there after the first look: it stays open, and locked', { timeout: 30_000 }, async () => {
    const { path, plain, lock } = heldLock();
    before.set(path, plain);
    expect(() => openForeign(path)).toThrow(expect.objectContaining({ code: 'file_locked' }));
    before.clear();
    expect(await wanting(path)).toContain('lock_held');
    lock.close();
  });

  test('one of two users of a lock gives it back: it is not opened until the other does', () => {
    const { path, lock } = heldLock();
    openLock(path).close();
    expect(() => openForeign(path)).toThrow(expect.objectContaining({ code: 'file_locked' }));
    lock.close();
    const { fd, stats } = openForeign(path);
    closeSync(fd);
    expect(stats.ino).toBe(statSync(path, { bigint: true }).ino);
  });
});
