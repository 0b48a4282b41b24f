import { createHash } from 'node:crypto';
import { realpathSync, type readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { identifyCached } from '../../src/facts/identify-cached.js';
import { type Access, isRootsAlone } from '../../src/facts/resolve/root-owned.js';
import { file, scratch } from '../facts/scratch.js';

/** Stamps of files that are written through a mapping: only the first write changes them (mmap(2), MAP_SHARED). */
const mapped = vi.hoisted(() => ({ isOn: false, reads: 0 }));

vi.mock('node:fs', async (importActual) => {
  const actual = await importActual<typeof import('node:fs')>();
  const old = 1_700_000_000_000_000_000n;
  const stopped = { mtimeNs: old, ctimeNs: old };
  return {
    ...actual,
    fstatSync: (fd: number, options: object) => {
      const stats = actual.fstatSync(fd, options);
      return mapped.isOn ? Object.assign(stats, stopped) : stats;
    },
    readSync: (...args: Parameters<typeof readSync>) => {
      mapped.reads += 1;
      return actual.readSync(...args);
    },
  };
});

function asUser(uid: number): void {
  const spy = vi.spyOn(process, 'getuid').mockReturnValue(uid);
  onTestFinished(() => spy.mockRestore());
}

describe(rules('INV-18', 'INV-34')`a program is changed through a mapping, which leaves its stamp as it was`, () => {
  test.each([0, 1000])('its pin is that of what runs now, as uid %i', async (uid) => {
    asUser(uid);
    mapped.isOn = true;
    onTestFinished(() => {
      mapped.isOn = false;
    });
    const path = file(join(scratch(), 'tool'), '#!/bin/sh\necho good\n');
    for (const text of ['#!/bin/sh\necho good\n', '#!/bin/sh\necho evil\n']) {
      writeFileSync(path, text);
      const { sha256 } = await identifyCached(path);
      expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  test.each([0, 1000])('what a package installed is read once, as uid %i', async (uid) => {
    asUser(uid);
    const path = realpathSync('/bin/sh');
    const first = await identifyCached(path);
    mapped.reads = 0;
    expect(await identifyCached(path)).toEqual(first);
    expect(mapped.reads).toBe(0);
  });

  test('what else root owns is read by root each time: root may work there', async () => {
    asUser(0);
    const path = '/etc/passwd';
    await identifyCached(path);
    mapped.reads = 0;
    await identifyCached(path);
    expect(mapped.reads).toBeGreaterThan(0);
  });
});

describe(rules('INV-34')`what nobody but root can write`, () => {
  const devices = [1n, 2n];
  const folder: Access = { uid: 0n, mode: 0o40755n, dev: 1n };
  const program: Access = { uid: 0n, mode: 0o100755n, dev: 2n };
  test.each([
    { name: 'a program of the system', all: [program, folder, folder], is: true },
    { name: 'set-id changes nothing', all: [{ ...program, mode: 0o104755n }, folder], is: true },
    { name: 'a file of a user', all: [{ ...program, uid: 1000n }, folder], is: false },
    { name: 'a file of another user', all: [{ ...program, uid: 1n }, folder], is: false },
    { name: 'a file that its group writes', all: [{ ...program, mode: 0o100775n }, folder], is: false },
    { name: 'a file that everybody writes', all: [{ ...program, mode: 0o100757n }, folder], is: false },
    { name: 'a folder of a user', all: [program, { ...folder, uid: 1000n }, folder], is: false },
    { name: 'a folder that everybody writes', all: [program, folder, { ...folder, mode: 0o41777n }], is: false },
    { name: 'a file system that somebody mounted', all: [{ ...program, dev: 3n }, folder], is: false },
  ])('$name', ({ all, is }) => {
    expect(isRootsAlone(all, devices)).toBe(is);
  });
});
