import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { openLock } from '../../src/lock/lock.js';
import { outputOf, startChild } from '../support/run-child.js';
import { temporaryFolder } from '../support/temporary.js';

const held = expect.objectContaining({ code: 'lock_held' });

describe(rules('LOC-010', 'ENF-110')`the lock`, () => {
  it('has one holder, also within a process', () => {
    const file = join(temporaryFolder(), 'lock');
    const first = openLock(file);
    const second = openLock(file);
    first.acquire();
    expect(() => second.acquire()).toThrow(held);
    first.release();
    second.acquire();
    expect(() => first.acquire()).toThrow(held);
    second.close();
    first.acquire();
    first.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file)).toHaveLength(0);
  });

  it('is given back by the kernel when its holder is killed with SIGKILL', { timeout: 20_000 }, async () => {
    const file = join(temporaryFolder(), 'lock');
    const child = startChild('lock/lock-child.ts', [file]);
    await outputOf(child, /held/);
    const mine = openLock(file);
    expect(() => mine.acquire()).toThrow(held);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    mine.acquire();
    expect(mine.held).toBe(true);
    mine.close();
  });

  it('cannot be taken where there is no place for it', () => {
    expect(() => openLock(join(temporaryFolder(), 'missing', 'lock'))).toThrow(
      expect.objectContaining({ code: 'lock_unavailable' }),
    );
  });
});
