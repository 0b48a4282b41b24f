import type { JournalEntry } from '@airlock/enforcer';
import { parseTime } from '@airlock/protocol';
import { z } from 'zod';
import { ChainFile, type ChainPlace } from '../chain/chain-file.js';
import { type ChainLine, GENESIS } from '../chain/chain-lines.js';
import { RuntimeError, toRuntimeError } from '../errors.js';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().min(1).max(200);
/** As long as a pairing's may be. */
const signerKeyId = z.string().min(1).max(512);

const storedSchema = z.strictObject({
  requestId: text,
  artifactHash: hex64,
  nonce: text,
  signerKeyId,
  decision: z.enum(['approve', 'reject']),
  decidedAt: z.string(),
  expiresAt: z.string(),
  prev: hex64,
});

/** Retention of ENF-110, milliseconds. */
const KEEP_AFTER_DECISION = 86_400_000;
const KEEP_AFTER_EXPIRY = 60_000;

/** Entries that may be dropped before the file is rewritten without them. */
const COMPACT_AT = 256;

export type RecordAnswer =
  | { readonly result: 'recorded' }
  | { readonly result: 'replayed' }
  | { readonly result: 'unavailable'; readonly error: RuntimeError<string> };

export interface JournalOptions extends ChainPlace {
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  readonly onTornTail: (bytes: number) => void;
}

interface Remembered {
  readonly requestId: string;
  readonly keys: readonly [string, string];
  /** Epoch milliseconds until which the entry must be kept. */
  readonly keepUntil: number;
}

/**
 * The single-use journal (ENF-100): a decision is recorded once per (requestId, artifactHash) and once per
 * (nonce, signerKeyId), across processes and crashes. It is on stable storage before `record` answers.
 */
export class Journal {
  readonly #now: () => number;
  readonly #entries: Remembered[] = [];
  readonly #used = new Set<string>();
  readonly #requests = new Set<string>();
  readonly #chain: ChainFile;

  /** Throws `journal_corrupt` or `journal_unavailable`; the file is never overwritten. */
  constructor(options: JournalOptions) {
    this.#now = options.now;
    this.#chain = ChainFile.open({
      ...options,
      durable: true,
      exclusive: false,
      codes: { corrupt: 'journal_corrupt', unavailable: 'journal_unavailable' },
      onLine: (line) => this.#remember(line, options.file),
      onReset: () => this.#forgetAll(),
    });
  }

  /** Number of entries kept. */
  get size(): number {
    return this.#entries.length;
  }

  /** Whether any entry that is kept is about this request. */
  names(requestId: string): boolean {
    return this.#requests.has(requestId);
  }

  /** Checks and appends in one step. Never throws. */
  record(entry: JournalEntry): RecordAnswer {
    try {
      return this.#chain.locked(() => {
        if (keysOf(entry).some((key) => this.#used.has(key))) return { result: 'replayed' };
        // What could not be read back must not be written: it would make the journal unusable for good.
        if (remembered({ ...entry, prev: GENESIS }) === null) {
          throw new RuntimeError('journal_unavailable', 'the decision cannot be recorded: a member is out of bounds');
        }
        this.#chain.append({ ...entry });
        return { result: 'recorded' };
      });
    } catch (cause) {
      return { result: 'unavailable', error: toRuntimeError(cause) };
    }
  }

  /** Records how far the journal has come and drops what has outlived its retention. Throws as the constructor does. */
  maintain(): void {
    this.#chain.anchor();
    const now = this.#now();
    const fresh = this.#entries.findIndex((entry) => entry.keepUntil > now);
    const old = fresh === -1 ? this.#entries.length - 1 : fresh;
    if (old >= COMPACT_AT) this.#chain.dropFirst(old);
  }

  /** Like `maintain`, then the file is closed; every later `record` answers `unavailable`. */
  close(): void {
    try {
      this.maintain();
    } finally {
      this.#chain.close();
    }
  }

  #remember(line: ChainLine, file: string): void {
    const found = remembered(line.entry);
    if (found === null) {
      throw new RuntimeError('journal_corrupt', `${file} holds an entry that is none of ours`, {
        file,
        fix: 'airlock doctor --repair',
      });
    }
    for (const key of found.keys) this.#used.add(key);
    this.#requests.add(found.requestId);
    this.#entries.push(found);
  }

  #forgetAll(): void {
    this.#entries.length = 0;
    this.#used.clear();
    this.#requests.clear();
  }
}

function keysOf(entry: Pick<JournalEntry, 'requestId' | 'artifactHash' | 'nonce' | 'signerKeyId'>): [string, string] {
  return [
    JSON.stringify(['artifact', entry.requestId, entry.artifactHash]),
    JSON.stringify(['nonce', entry.nonce, entry.signerKeyId]),
  ];
}

/** What is kept of an entry; null when it is none of ours. */
function remembered(entry: unknown): Remembered | null {
  const parsed = storedSchema.safeParse(entry);
  if (!parsed.success) return null;
  const decidedAt = readTime(parsed.data.decidedAt);
  const expiresAt = readTime(parsed.data.expiresAt);
  if (decidedAt === null || expiresAt === null) return null;
  const keepUntil = Math.max(decidedAt + KEEP_AFTER_DECISION, expiresAt + KEEP_AFTER_EXPIRY);
  return { requestId: parsed.data.requestId, keys: keysOf(parsed.data), keepUntil };
}

function readTime(text: string): number | null {
  try {
    return parseTime(text);
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}
