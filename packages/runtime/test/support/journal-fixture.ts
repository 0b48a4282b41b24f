import { join } from 'node:path';
import type { JournalEntry } from '@airlock/enforcer';
import { formatTime } from '@airlock/protocol';
import { nodeFs, type FsPort } from '../../src/files/fs-port.js';
import { integrityWithKey } from '../../src/files/integrity.js';
import { Journal } from '../../src/journal/journal.js';
import { openLock } from '../../src/lock/lock.js';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const DAY = 86_400_000;

export function entry(n: number, over: Partial<JournalEntry> = {}): JournalEntry {
  return {
    requestId: `req-${n}`,
    artifactHash: n.toString(16).padStart(64, '0'),
    nonce: `nonce-${n}-abcdefghijkl`,
    signerKeyId: 'al1.0123456789abcdef.0123456789abcdef012345',
    decision: 'approve',
    decidedAt: formatTime(NOW),
    expiresAt: formatTime(NOW + 300_000),
    ...over,
  };
}

export interface Opened {
  readonly journal: Journal;
  readonly torn: number[];
  close(): void;
}

export interface OpenOptions {
  readonly fs?: FsPort;
  readonly now?: () => number;
  readonly initialised?: boolean;
  readonly lockWait?: number;
}

export function openJournal(folder: string, options: OpenOptions = {}): Opened {
  const lock = openLock(join(folder, 'journal.lock'), options.lockWait ?? 2000);
  const torn: number[] = [];
  try {
    const journal = new Journal({
      file: join(folder, 'journal.jsonl'),
      lock,
      integrity: integrityWithKey(new Uint8Array(32).fill(7), options.initialised ?? false),
      now: options.now ?? (() => NOW),
      onTornTail: (bytes) => torn.push(bytes),
      fs: options.fs ?? nodeFs,
    });
    return {
      journal,
      torn,
      close: () => {
        journal.close();
        lock.close();
      },
    };
  } catch (cause) {
    lock.close();
    throw cause;
  }
}
