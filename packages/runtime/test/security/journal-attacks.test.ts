import { chmodSync, copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../../src/errors.js';
import { entry, openJournal } from '../support/journal-fixture.js';
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

describe(rules('ENF-100', 'ENF-120')`a decision that the journal could not read back`, () => {
  it.each([
    ['a signer key id beyond every limit', { signerKeyId: 'k'.repeat(513) }],
    ['a nonce beyond every limit', { nonce: 'n'.repeat(201) }],
    ['an expiry that is no time', { expiresAt: 'whenever' }],
  ])('%s is refused and leaves the journal as it was', (_name, over) => {
    const folder = temporaryFolder();
    const { journal, close } = openJournal(folder);
    expect(journal.record(entry(1))).toEqual({ result: 'recorded' });
    const before = readFileSync(journalOf(folder), 'utf8');
    expect(journal.record(entry(2, over))).toMatchObject({ result: 'unavailable' });
    expect(readFileSync(journalOf(folder), 'utf8')).toBe(before);
    expect(journal.record(entry(3))).toEqual({ result: 'recorded' });
    close();
    expect(codeOf(() => openJournal(folder, { initialised: true }).close())).toBeUndefined();
  });

  it('records the longest signer key id that a pairing may have', () => {
    const folder = temporaryFolder();
    const { journal, close } = openJournal(folder);
    expect(journal.record(entry(1, { signerKeyId: 'k'.repeat(512) }))).toEqual({ result: 'recorded' });
    close();
    const again = openJournal(folder, { initialised: true });
    expect(again.journal.size).toBe(1);
    again.close();
  });
});

describe(rules('INV-9', 'ENF-120')`an agent that removes the journal`, () => {
  it('of a daemon that was killed before its first maintenance gets a denial, not a new journal', () => {
    const folder = temporaryFolder();
    const killed = openJournal(folder);
    expect(killed.journal.record(entry(1)).result).toBe('recorded');
    rmSync(journalOf(folder));
    expect(codeOf(() => openJournal(folder, { initialised: true }))).toBe('journal_corrupt');
  });

  it('of a running daemon does not make it forget', () => {
    const folder = temporaryFolder();
    const { journal } = openJournal(folder);
    expect(journal.record(entry(1)).result).toBe('recorded');
    renameSync(journalOf(folder), `${journalOf(folder)}.aside`);
    expect(journal.record(entry(1))).toMatchObject({ result: 'unavailable', error: { code: 'journal_corrupt' } });
    expect(journal.record(entry(2))).toMatchObject({ result: 'unavailable' });
  });

  it('and puts an older copy in its place does not make it forget either, not even at the second try', () => {
    const folder = temporaryFolder();
    const { journal } = openJournal(folder);
    expect(journal.record(entry(1)).result).toBe('recorded');
    copyFileSync(journalOf(folder), `${journalOf(folder)}.old`);
    chmodSync(`${journalOf(folder)}.old`, 0o600);
    expect(journal.record(entry(2)).result).toBe('recorded');
    renameSync(`${journalOf(folder)}.old`, journalOf(folder));
    for (const again of [1, 2]) {
      expect([again, journal.record(entry(2))]).toMatchObject([again, { error: { code: 'journal_corrupt' } }]);
    }
  });
});
