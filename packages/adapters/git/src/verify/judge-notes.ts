import { receiptOf } from '../receipts/note-lines.js';
import { type Note, readLines, readNotes } from '../receipts/note-tree.js';
import type { RefLine, Repository } from '../repository/repository.js';

/** Notes whose lines are in memory at one time. */
const WINDOW = 64;

type ByObject = ReadonlyMap<string, readonly Note[]>;

/**
 * Why an update of the receipts is refused: it may only add, and only receipts. Its commits are judged by nobody, so what is
 * in them counts as new wherever else it turns up.
 */
export async function notesProblems(
  repository: Repository,
  { before, after, ref }: RefLine,
): Promise<readonly string[]> {
  if (after === repository.zeroId) return [`${ref}: receipts cannot be deleted`];
  const old = await readNotes(repository, before === repository.zeroId ? null : before);
  const pushed = await readNotes(repository, after);
  if (pushed.foreign.length > 0) return [`${ref}: brings files that are no receipts: ${pushed.foreign.join(', ')}`];
  return await linesProblem(repository, ref, { old: old.byObject, pushed: pushed.byObject });
}

async function linesProblem(
  repository: Repository,
  ref: string,
  { old, pushed }: { readonly old: ByObject; readonly pushed: ByObject },
): Promise<readonly string[]> {
  const differing = [...new Set([...old.keys(), ...pushed.keys()])].filter(
    (object) => blobsOf(old, object) !== blobsOf(pushed, object),
  );
  for (let at = 0; at < differing.length; at += WINDOW) {
    const objects = differing.slice(at, at + WINDOW);
    const before = await readLines(repository, old, objects);
    const after = await readLines(repository, pushed, objects);
    for (const object of objects) {
      const [had, has] = [new Set(before.get(object)), new Set(after.get(object))];
      if ([...had].some((line) => !has.has(line)))
        return [
          `${ref}: a receipt of ${object} would be lost; fetch ${ref}, unite (airlock git does it in pre-push), push again`,
        ];
      if ([...has].some((line) => !had.has(line) && receiptOf(line) === null))
        return [`${ref}: the note of ${object} has a line that is no receipt`];
    }
  }
  return [];
}

function blobsOf(notes: ByObject, object: string): string {
  return (notes.get(object) ?? [])
    .map(({ blob }) => blob)
    .sort()
    .join(' ');
}
