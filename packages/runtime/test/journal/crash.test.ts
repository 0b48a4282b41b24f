import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../../src/errors.js';
import { faultyFs, ioError } from '../support/faulty-fs.js';
import { entry, openJournal } from '../support/journal-fixture.js';
import { runChild } from '../support/run-child.js';
import { temporaryFolder } from '../support/temporary.js';

/** Two records take write, flush, write, flush; maintenance then replaces the anchor: open, write, sync, rename, open, sync. */
const CALLS = 10;

describe(rules('INV-9', 'ENF-100', 'ENF-120')`a process that is killed`, () => {
  it('makes as many changing calls as the cases below cover', async () => {
    const { stdout } = await runChild('journal/crash-child.ts', [temporaryFolder(), '0']);
    expect(stdout).toBe(`recorded 1\nrecorded 2\ncalls ${CALLS}\n`);
  });

  const cases = [
    ...Array.from({ length: CALLS }, (_, index) => [index + 1, 'no'] as const),
    [1, 'half'] as const,
    [3, 'half'] as const,
  ];
  it.each(cases)(
    'before call %i (torn write: %s) forgets nothing that it acknowledged',
    { timeout: 20_000 },
    async (killAt, half) => {
      const folder = temporaryFolder();
      const end = await runChild('journal/crash-child.ts', [folder, String(killAt), half]);
      expect(end.signal).toBe('SIGKILL');
      const { journal, torn, close } = openJournal(folder, { initialised: true });
      for (const n of [1, 2]) {
        if (end.stdout.includes(`recorded ${n}`)) expect(journal.record(entry(n)).result).toBe('replayed');
      }
      expect(torn.length).toBe(half === 'half' ? 1 : 0);
      expect(journal.record(entry(3)).result).toBe('recorded');
      close();
    },
  );
});

describe(rules('INV-22', 'ENF-120')`a file system that fails`, () => {
  const calls = ['write', 'dataSync'] as const;
  const codes = ['ENOSPC', 'EIO'] as const;
  const cases = calls.flatMap((call) => codes.map((code) => [call, code] as const));

  it.each(cases)('%s with %s denies', (call, code) => {
    const folder = temporaryFolder();
    const fs = faultyFs();
    const { journal } = openJournal(folder, { fs });
    expect(journal.record(entry(1)).result).toBe('recorded');
    fs.before = (name) => {
      if (name === call) throw ioError(code);
    };
    const failed = journal.record(entry(2));
    expect(failed).toMatchObject({ result: 'unavailable', error: { code: 'journal_unavailable' } });
    fs.before = null;
    const later = journal.record(entry(3));
    expect(later.result).toBe(call === 'write' ? 'recorded' : 'unavailable');
  });

  it('takes a half-written line back', () => {
    const folder = temporaryFolder();
    const fs = faultyFs();
    const opened = openJournal(folder, { fs });
    const write = fs.write;
    let written = 0;
    fs.write = (fd, bytes) => {
      written += 1;
      if (written === 2) throw ioError('ENOSPC');
      return write(fd, bytes.subarray(0, 10));
    };
    expect(opened.journal.record(entry(1)).result).toBe('unavailable');
    fs.write = write;
    expect(opened.journal.record(entry(2)).result).toBe('recorded');
    opened.close();
    const again = openJournal(folder);
    expect(again.torn).toEqual([]);
    expect(again.journal.size).toBe(1);
    again.close();
  });

  it('a line that cannot be taken back ends its use', () => {
    const fs = faultyFs();
    const { journal } = openJournal(temporaryFolder(), { fs });
    fs.before = (name) => {
      if (name === 'write' || name === 'truncate') throw ioError('EIO');
    };
    expect(journal.record(entry(1)).result).toBe('unavailable');
    fs.before = null;
    expect(journal.record(entry(2)).result).toBe('unavailable');
  });

  it('cannot be opened without space', () => {
    const fs = faultyFs();
    fs.before = (name) => {
      if (name === 'write') throw ioError('ENOSPC');
    };
    expect(() => openJournal(temporaryFolder(), { fs })).toThrow(RuntimeError);
  });
});
