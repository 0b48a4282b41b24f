import { type Receipt, receiptLine } from '@airlock/protocol';
import type { Repository } from '../repository/repository.js';
import { exchangeReceipts, REMOTE_RECEIPTS } from './exchange.js';
import { asNoteLine, noteOf, receiptOf } from './note-lines.js';
import { readLines, readNotes } from './note-tree.js';
import { dropPending, type Pending, readPending, writePending } from './pending.js';
import { type NoteChange, RECEIPTS_REF, writeNotes } from './write-notes.js';

/** Receipts of one repository in `refs/notes/airlock`. Every method throws `GitError`. */
export interface Receipts {
  /**
   * Of commits that have any, every well-formed line of their notes: from this repository and what was fetched of its
   * remotes or, for a server, from a pushed object.
   */
  of(commits: readonly string[], at?: string): Promise<ReadonlyMap<string, readonly Receipt[]>>;
  /** Adds a receipt to commits; one that is there already is not added again. Safe beside other writers. */
  add(receipt: Receipt, commits: readonly string[]): Promise<void>;
  /** Keeps a receipt until its commits are on a branch, or git has thrown them away. */
  keep(receipt: Receipt, commits: readonly string[]): Promise<void>;
  /** Adds what was kept and is on a branch by now; forgets what has no commit any more. */
  settle(): Promise<void>;
  /** Brings the receipts of a remote and ours together: fetches, unites line by line, pushes; never loses a receipt. */
  exchange(remote: string): Promise<void>;
}

/** Opens the receipts of a repository. */
export function openReceipts(repository: Repository): Receipts {
  return {
    of: (commits, at) => receiptsOf(repository, commits, at),
    add: (receipt, commits) => addReceipt(repository, receipt, commits),
    keep: (receipt, commits) => writePending(repository, receipt, commits),
    settle: async () => {
      for (const pending of await readPending(repository)) await settleOne(repository, pending);
    },
    exchange: (remote) => exchangeReceipts(repository, remote),
  };
}

async function receiptsOf(
  repository: Repository,
  commits: readonly string[],
  at: string | undefined,
): Promise<ReadonlyMap<string, readonly Receipt[]>> {
  const wanted = new Set(commits);
  const lines = new Map<string, Set<string>>();
  for (const place of at === undefined ? await places(repository) : [at]) {
    const { byObject } = await readNotes(repository, place, wanted);
    for (const [commit, found] of await readLines(repository, byObject))
      lines.set(commit, new Set([...(lines.get(commit) ?? []), ...found]));
  }
  const read = new Map<string, Receipt | null>();
  const receiptAt = (line: string): Receipt | null => {
    const known = read.get(line);
    if (known !== undefined) return known;
    const receipt = receiptOf(line);
    read.set(line, receipt);
    return receipt;
  };
  const result = new Map<string, readonly Receipt[]>();
  for (const [commit, found] of lines) {
    const receipts = [...found].map(receiptAt).filter((receipt) => receipt !== null);
    if (receipts.length > 0) result.set(commit, receipts);
  }
  return result;
}

/**
 * Our notes and what was fetched of those of remotes: after `git clone` and `git fetch` only the latter are there. What others
 * put there and is no commit holds no receipts.
 */
async function places(repository: Repository): Promise<ReadonlySet<string>> {
  const format = '--format=%(objecttype) %(objectname)';
  const { stdout } = await repository.run(['for-each-ref', format, RECEIPTS_REF, REMOTE_RECEIPTS]);
  return new Set(Array.from(stdout.toString('latin1').matchAll(/^commit ([0-9a-f]+)$/gm), ([, id = '']) => id));
}

async function addReceipt(repository: Repository, receipt: Receipt, commits: readonly string[]): Promise<void> {
  const line = asNoteLine(receiptLine(receipt));
  const wanted = new Set(commits);
  await writeNotes(repository, async (from) => {
    const { byObject } = await readNotes(repository, from, wanted);
    const known = await readLines(repository, byObject, wanted);
    const changes: NoteChange[] = [];
    for (const [object, lines] of known)
      if (!lines.includes(line))
        changes.push({ object, content: noteOf([...lines, line]), replaces: byObject.get(object) ?? [] });
    return changes.length === 0 ? null : { message: 'Add a receipt', merge: null, changes };
  });
}

async function settleOne(repository: Repository, pending: Pending): Promise<void> {
  const { receipt, commits } = pending;
  const there = [...(await repository.objects(commits)).keys()];
  const away = new Set(there.length === 0 ? [] : await repository.newCommits(there, { revisions: ['--branches'] }));
  const arrived = there.filter((id) => !away.has(id));
  if (arrived.length > 0) await addReceipt(repository, receipt, arrived);
  const waiting = there.filter((id) => away.has(id));
  if (waiting.length === 0) await dropPending(pending);
  else if (waiting.length < commits.length) await writePending(repository, receipt, waiting);
}
