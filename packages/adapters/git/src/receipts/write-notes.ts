import { GitError } from '../errors.js';
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

/** One new commit of the notes. */
export interface NotesCommit {
  readonly message: string;
  /** The notes it changes; null where there are none yet. */
  readonly from: string | null;
  /** Notes of others that it takes in. */
  readonly merge: string | null;
  readonly changes: readonly NoteChange[];
}

const COMMITTER = 'Airlock <airlock@localhost> now';
const ATTEMPTS = 40;
const PAUSE_MS = 50;

/**
 * Changes the notes as often as it takes to get in between other writers: reads, plans, and moves the reference only from
 * what was read.
 * @param plan gives the commit to make on the present notes; null when there is nothing to do
 * @throws GitError `git_failed`
 */
export async function writeNotes(
  repository: Repository,
  plan: (from: string | null) => Promise<NotesCommit | null>,
): Promise<void> {
  let complaint = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const commit = await plan(await repository.resolve(RECEIPTS_REF));
    if (commit === null) return;
    const answer = await repository.run(['fast-import', '--quiet', '--date-format=now', '--done'], {
      input: importStream(commit),
      exits: [0, 1, 128],
    });
    if (answer.exit === 0) return;
    complaint = answer.stderr;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * Math.random()));
  }
  throw new GitError('git_failed', `The receipt could not be written to ${RECEIPTS_REF}: ${complaint.trim()}`, {
    fix: `if no other git is running: rm -f "$(git rev-parse --git-common-dir)/${RECEIPTS_REF}.lock"`,
  });
}

/** A stream for `git fast-import`, which refuses to move a reference that somebody else moved. */
function importStream({ message, from, merge, changes }: NotesCommit): Uint8Array {
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
