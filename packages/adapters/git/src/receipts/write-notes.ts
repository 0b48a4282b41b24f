import { GitError } from '../errors.js';
import type { GitAnswer } from '../repository/git-program.js';
import type { Repository } from '../repository/repository.js';
import type { Note } from './note-tree.js';

/** Where receipts travel: notes on commits, each line one receipt. */
export const RECEIPTS_REF = 'refs/notes/airlock';

/** A note to be written: its bytes, or a blob that exists already. */
export interface NoteChange {
  readonly object: string;
  readonly content: Uint8Array | string;
  /** Where the tree holds notes of this object now. */
  readonly replaces: readonly Note[];
}

/** How the notes change: one new commit, or forward to one that contains them. */
export type NotesStep = NotesCommit | { readonly forward: string };

/** One new commit of the notes. */
export interface NotesCommit {
  readonly message: string;
  /** Notes of others that it takes in. */
  readonly merge: string | null;
  readonly changes: readonly NoteChange[];
}

const COMMITTER = 'Airlock <airlock@localhost> now';
const ATTEMPTS = 24;
const PAUSE_MS = 50;

/**
 * Changes the notes as often as it takes to get in between other writers: reads, plans, and moves the reference only from
 * what was read.
 * @param plan gives the step from the present notes; null when there is nothing to do
 * @throws GitError `git_failed`
 */
export async function writeNotes(
  repository: Repository,
  plan: (from: string | null) => Promise<NotesStep | null>,
): Promise<void> {
  let complaint = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const from = await repository.resolve(RECEIPTS_REF);
    const step = await plan(from);
    if (step === null) return;
    const answer = await take(repository, from, step);
    if (answer.exit === 0) return;
    complaint = answer.stderr;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * Math.random()));
  }
  throw new GitError('git_failed', `The receipt could not be written to ${RECEIPTS_REF}: ${complaint.trim()}`, {
    fix: `if no other git is running: rm -f "$(git rev-parse --git-common-dir)/${RECEIPTS_REF}.lock"`,
  });
}

function take(repository: Repository, from: string | null, step: NotesStep): Promise<GitAnswer> {
  const exits = [0, 1, 128];
  if ('forward' in step)
    return repository.run(['update-ref', RECEIPTS_REF, step.forward, from ?? repository.zeroId], { exits });
  const input = importStream(from, step);
  return repository.run(['fast-import', '--quiet', '--date-format=now', '--done'], { input, exits });
}

/** A stream for `git fast-import`, which refuses to move a reference that somebody else moved. */
function importStream(from: string | null, { message, merge, changes }: NotesCommit): Uint8Array {
  const blobs: Uint8Array[] = [];
  const marks = new Map<string, string>();
  const files = changes.flatMap(({ object, content, replaces }) => {
    const path = `${object.slice(0, 2)}/${object.slice(2)}`;
    const gone = replaces.filter((note) => note.path !== path).map((note) => `D ${note.path}\n`);
    return [...gone, `M 100644 ${reference(content, { blobs, marks })} ${path}\n`];
  });
  const head = [
    `commit ${RECEIPTS_REF}\n`,
    `committer ${COMMITTER}\n`,
    `data ${Buffer.byteLength(message)}\n${message}\n`,
    from === null ? '' : `from ${from}\n`,
    merge === null ? '' : `merge ${merge}\n`,
  ];
  return Buffer.concat([...blobs, Buffer.from([...head, ...files, 'done\n'].join(''))]);
}

/** One blob for all notes of the same bytes. */
function reference(
  content: Uint8Array | string,
  { blobs, marks }: { blobs: Uint8Array[]; marks: Map<string, string> },
) {
  if (typeof content === 'string') return content;
  const key = Buffer.from(content).toString('latin1');
  const known = marks.get(key);
  if (known !== undefined) return known;
  const mark = `:${marks.size + 1}`;
  marks.set(key, mark);
  blobs.push(Buffer.from(`blob\nmark ${mark}\ndata ${content.length}\n`), content, Buffer.from('\n'));
  return mark;
}
