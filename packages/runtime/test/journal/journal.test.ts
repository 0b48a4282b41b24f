import { appendFileSync, chmodSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { formatTime } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLock } from '../../src/lock/lock.js';
import { RuntimeError } from '../../src/errors.js';
import { DAY, entry, NOW, openJournal } from '../support/journal-fixture.js';
import { temporaryFolder } from '../support/temporary.js';

const journalOf = (folder: string) => join(folder, 'journal.jsonl');

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (cause) {
    return cause instanceof RuntimeError ? cause.code : String(cause);
  }
  return undefined;
}

describe(rules('ENF-100')`the journal`, () => {
  it('holds exactly the members of ENF-100, chained from 64 zeros', () => {
    const folder = temporaryFolder();
    const { journal, close } = openJournal(folder);
    expect(journal.record(entry(1))).toEqual({ result: 'recorded' });
    expect(journal.record(entry(2))).toEqual({ result: 'recorded' });
    close();
    const lines = readFileSync(journalOf(folder), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(Object.keys(lines[0]).sort()).toEqual([
      'artifactHash',
      'decidedAt',
      'decision',
      'expiresAt',
      'nonce',
      'prev',
      'requestId',
      'signerKeyId',
    ]);
    expect(lines[0].prev).toBe('0'.repeat(64));
    expect(lines[1].prev).toMatch(/^[0-9a-f]{64}$/);
    expect(lines[1].prev).not.toBe(lines[0].prev);
  });

  it.each([
    ['the same decision again', {}, 'replayed'],
    ['the same request and artifact with a new nonce', { nonce: 'another-nonce-123456' }, 'replayed'],
    ['the same nonce and key for another artifact', { requestId: 'req-9', artifactHash: 'f'.repeat(64) }, 'replayed'],
    ['the same nonce under another key', { requestId: 'req-9', signerKeyId: 'key-0123456789abcdef' }, 'recorded'],
    [
      'the same request with another artifact and nonce',
      { artifactHash: 'f'.repeat(64), nonce: 'n'.repeat(20) },
      'recorded',
    ],
  ])('%s is %s', (_, change, result) => {
    const { journal, close } = openJournal(temporaryFolder());
    journal.record(entry(1));
    expect(journal.record(entry(1, change)).result).toBe(result);
    close();
  });

  it('cannot be fooled by members that look like each other', () => {
    const { journal, close } = openJournal(temporaryFolder());
    journal.record(entry(1, { requestId: 'a', artifactHash: '1'.repeat(64), nonce: 'n|x', signerKeyId: 'k' }));
    expect(
      journal.record(entry(1, { requestId: 'b', artifactHash: '2'.repeat(64), nonce: 'n', signerKeyId: 'x|k' })).result,
    ).toBe('recorded');
    close();
  });
});

describe(rules('INV-8')`single use over any interleaving`, () => {
  it('records each pair at most once, reopened at any point', () => {
    const pick = fc.record({ request: fc.nat(3), nonce: fc.nat(3), reopen: fc.boolean() });
    fc.assert(
      fc.property(fc.array(pick, { maxLength: 12 }), (steps) => {
        const folder = temporaryFolder();
        let opened = openJournal(folder);
        const used = new Set<string>();
        for (const { request, nonce, reopen } of steps) {
          const fresh = !used.has(`r${request}`) && !used.has(`n${nonce}`);
          const given = entry(request, { nonce: `nonce-number-${nonce}-0` });
          expect(opened.journal.record(given).result).toBe(fresh ? 'recorded' : 'replayed');
          if (fresh) used.add(`r${request}`).add(`n${nonce}`);
          if (!reopen) continue;
          opened.close();
          opened = openJournal(folder, { initialised: true });
        }
        opened.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe(rules('ENF-110')`retention and sharing`, () => {
  it('is shared by everybody who has it open', () => {
    const folder = temporaryFolder();
    const first = openJournal(folder);
    const second = openJournal(folder);
    expect(first.journal.record(entry(1)).result).toBe('recorded');
    expect(second.journal.record(entry(1)).result).toBe('replayed');
    expect(second.journal.record(entry(2)).result).toBe('recorded');
    expect(first.journal.record(entry(2)).result).toBe('replayed');
    first.close();
    second.close();
  });

  it('drops entries only after 24 h and expiry + 60 s, and the shorter chain still verifies', () => {
    const folder = temporaryFolder();
    let now = NOW;
    const opened = openJournal(folder, { now: () => now });
    for (let n = 0; n < 300; n += 1) opened.journal.record(entry(n));
    opened.journal.record(entry(400, { expiresAt: formatTime(NOW + 2 * DAY) }));
    now = NOW + DAY - 1;
    opened.journal.maintain();
    expect(opened.journal.size).toBe(301);
    now = NOW + DAY + 1;
    opened.journal.maintain();
    expect(opened.journal.size).toBe(1);
    expect(opened.journal.record(entry(400)).result).toBe('replayed');
    expect(opened.journal.record(entry(401)).result).toBe('recorded');
    opened.close();
    const again = openJournal(folder, { initialised: true, now: () => now });
    expect(again.journal.size).toBe(2);
    expect(again.journal.record(entry(401)).result).toBe('replayed');
    again.close();
  });

  it('sees that another process made the file shorter by its own rules', () => {
    const folder = temporaryFolder();
    let now = NOW;
    const first = openJournal(folder, { now: () => now });
    const second = openJournal(folder);
    for (let n = 0; n < 300; n += 1) first.journal.record(entry(n));
    expect(second.journal.record(entry(299)).result).toBe('replayed');
    now = NOW + DAY + 1;
    first.journal.maintain();
    expect(second.journal.record(entry(299)).result).toBe('replayed');
    expect(second.journal.record(entry(500)).result).toBe('recorded');
    expect(first.journal.record(entry(500)).result).toBe('replayed');
    first.close();
    second.close();
  });
});

describe(rules('ENF-120')`a journal that cannot be trusted denies and stays as it is`, () => {
  const damage: ReadonlyArray<readonly [string, (file: string) => void]> = [
    ['a flipped byte', (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('req-1', 'req-7'))],
    [
      'a missing line in the middle',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').split('\n').toSpliced(1, 1).join('\n')),
    ],
    [
      'a missing last line',
      (file) => writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n')}\n`),
    ],
    [
      'swapped lines',
      (file) => {
        const [a, b, c] = readFileSync(file, 'utf8').split('\n');
        writeFileSync(file, `${b}\n${a}\n${c}\n`);
      },
    ],
    ['garbage that ends in a newline', (file) => appendFileSync(file, 'garbage\n')],
    ['an entry with another member', (file) => appendFileSync(file, '{"prev":"00"}\n')],
    ['emptied', (file) => writeFileSync(file, '')],
    ['removed', (file) => rmSync(file)],
    [
      'removed with its record',
      (file) => {
        rmSync(file);
        rmSync(`${file}.anchor`);
      },
    ],
    ['a lost integrity record', (file) => rmSync(`${file}.anchor`)],
    [
      'an integrity record of somebody else',
      (file) => {
        const anchor = readFileSync(`${file}.anchor`, 'utf8');
        writeFileSync(`${file}.anchor`, anchor.replace(/"mac":"./, '"mac":"*'));
      },
    ],
  ];

  it.each(damage)('%s', (_, spoil) => {
    const folder = temporaryFolder();
    const first = openJournal(folder);
    for (const n of [1, 2, 3]) first.journal.record(entry(n));
    first.close();
    spoil(journalOf(folder));
    const before = codeOf(() => readFileSync(journalOf(folder))) ?? readFileSync(journalOf(folder), 'utf8');
    expect(codeOf(() => openJournal(folder, { initialised: true }))).toBe('journal_corrupt');
    const after = codeOf(() => readFileSync(journalOf(folder))) ?? readFileSync(journalOf(folder), 'utf8');
    expect(after).toBe(before);
  });

  it('names the file and what to run', () => {
    const folder = temporaryFolder();
    openJournal(folder).close();
    writeFileSync(journalOf(folder), 'x\n');
    try {
      openJournal(folder);
      expect.unreachable();
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'journal_corrupt', file: journalOf(folder), fix: 'airlock doctor --repair' });
    }
  });

  it('notices damage that is done while it is open', () => {
    const folder = temporaryFolder();
    const { journal, close } = openJournal(folder);
    journal.record(entry(1));
    appendFileSync(journalOf(folder), 'garbage\n');
    expect(journal.record(entry(2))).toMatchObject({ result: 'unavailable', error: { code: 'journal_corrupt' } });
    expect(readFileSync(journalOf(folder), 'utf8')).toMatch(/garbage\n$/);
    expect(() => close()).toThrow();
  });

  it('removes a torn last line, says so, and goes on', () => {
    const folder = temporaryFolder();
    const first = openJournal(folder);
    first.journal.record(entry(1));
    first.close();
    appendFileSync(journalOf(folder), '{"artifactHash":"00');
    const { journal, torn, close } = openJournal(folder, { initialised: true });
    expect(torn).toEqual([19]);
    expect(journal.record(entry(1)).result).toBe('replayed');
    expect(journal.record(entry(2)).result).toBe('recorded');
    close();
  });

  it('answers unavailable when somebody else holds the lock', () => {
    const folder = temporaryFolder();
    const opened = openJournal(folder, { lockWait: 50 });
    const other = openLock(join(folder, 'journal.lock'));
    other.acquire();
    expect(opened.journal.record(entry(1))).toMatchObject({
      result: 'unavailable',
      error: { code: 'journal_unavailable' },
    });
    other.close();
    expect(opened.journal.record(entry(1)).result).toBe('recorded');
    opened.close();
  });
});

describe(rules('ENF-180')`owner, mode and type`, () => {
  it.each([
    ['readable by others', (file: string) => chmodSync(file, 0o644)],
    [
      'a symbolic link',
      (file: string) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
  ])('%s is refused', (_, spoil) => {
    const folder = temporaryFolder();
    openJournal(folder).close();
    spoil(journalOf(folder));
    expect(codeOf(() => openJournal(folder))).toBe('file_insecure');
  });
});
