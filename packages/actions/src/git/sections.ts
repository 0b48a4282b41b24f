import { check } from '../checks.js';
import { blobContent } from './blob-content.js';
import type { Blobs, TreeChange, TreeEntry } from './model.js';
import { isObjectId } from './object-id.js';
import { quotePath } from './quote-path.js';

/** What is said about one path: its header, and the texts that hunks lead from and to; null where there are none. */
export interface Section {
  readonly head: string;
  readonly texts: { readonly before: string; readonly after: string } | null;
}

/** Where a file was and where it is: the same path, unless it is renamed. */
interface Move {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

/**
 * The sections of a diff in their order, by the bytes of the path; one at a time, because their texts are large. Only the
 * hunks are left open: everything else follows from the changes in one way.
 * @throws ActionError `action_invalid` for changes that cannot be true, or when a blob is missing
 */
export function* sectionsOf(changes: readonly TreeChange[], blobs: Blobs): Generator<Section> {
  const sorted = [...changes].sort((one, other) => compareBytes(one.path, other.path));
  checkChanges(sorted);
  for (const move of withRenames(sorted)) {
    for (const part of splitMove(move, blobs)) yield sectionOf(part, blobs);
  }
}

function checkChanges(sorted: readonly TreeChange[]): void {
  const entries = sorted.flatMap(({ before, after }) => [before, after].filter((entry) => entry !== null));
  const length = entries[0]?.id.length;
  check(
    entries.every(({ id }) => isObjectId(id) && id.length === length),
    'Object ids of a change must be complete and of one kind',
  );
  for (const [index, { path, before, after }] of sorted.entries()) {
    const last = sorted[index - 1];
    check(path.length > 0 && !path.includes(0), 'A changed path must have a name');
    check(last === undefined || compareBytes(last.path, path) !== 0, 'A path can change only once');
    check(before?.id !== after?.id || before?.mode !== after?.mode, 'A changed path must differ');
  }
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const order = (one[at] ?? 0) - (other[at] ?? 0);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

/** A new file takes the place of a gone one with the same mode and id: the first of the first, the second of the second. */
function withRenames(sorted: readonly TreeChange[]): readonly Move[] {
  const gone = new Map<string, TreeChange[]>();
  const fresh = new Map<string, TreeChange[]>();
  for (const change of sorted) {
    const { before, after } = change;
    if (before !== null && after === null) append(gone, keyOf(before), change);
    if (before === null && after !== null) append(fresh, keyOf(after), change);
  }
  const sources = new Map<TreeChange, TreeChange>();
  for (const [key, targets] of fresh) {
    for (const [index, source] of (gone.get(key) ?? []).entries()) {
      const target = targets[index];
      if (target !== undefined) sources.set(target, source);
    }
  }
  const renamed = new Set(sources.values());
  return sorted
    .filter((change) => !renamed.has(change))
    .map((change) => {
      const source = sources.get(change);
      const { path, after } = change;
      return { from: source?.path ?? path, to: path, before: source?.before ?? change.before, after };
    });
}

function keyOf({ mode, id }: TreeEntry): string {
  return `${mode} ${id}`;
}

function append(lists: Map<string, TreeChange[]>, key: string, change: TreeChange): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [change]);
  else list.push(change);
}

/** A change of type, as git does, and a change between shown and not shown content are told as removal and creation. */
function splitMove(move: Move, blobs: Blobs): readonly Move[] {
  const { before, after } = move;
  if (before === null || after === null) return [move];
  const isSameType = typeOf(before) === typeOf(after);
  if (before.id === after.id) return isSameType ? [move] : halves(move);
  const isSameForm = blobContent(before, blobs).isShown === blobContent(after, blobs).isShown;
  return isSameType && isSameForm ? [move] : halves(move);
}

function halves(move: Move): readonly Move[] {
  return [
    { ...move, after: null },
    { ...move, before: null },
  ];
}

/** Whether a file, a link or a submodule, in the first three digits of its mode. */
function typeOf({ mode }: TreeEntry): string {
  return mode.slice(0, 3);
}

function sectionOf(move: Move, blobs: Blobs): Section {
  const { from, to, before, after } = move;
  const [old, now] = [quotePath('a/', from), quotePath('b/', to)];
  const head = `diff --git ${old} ${now}\n${modeLines(move)}${indexLine(before, after)}`;
  if (before?.id === after?.id) return { head, texts: null };
  const texts = { before: '', after: '' };
  let notShown = '';
  for (const [side, entry] of [
    ['before', before],
    ['after', after],
  ] as const) {
    const content = entry === null ? { isShown: true, text: '' } : blobContent(entry, blobs);
    if (content.isShown) texts[side] = content.text;
    else notShown += content.text;
  }
  if (notShown !== '' || texts.before === texts.after) return { head: head + notShown, texts: null };
  const names = `--- ${before === null ? '/dev/null' : old}\n+++ ${after === null ? '/dev/null' : now}\n`;
  return { head: head + names, texts };
}

function modeLines({ from, to, before, after }: Move): string {
  if (before === null) return after === null ? '' : `new file mode ${after.mode}\n`;
  if (after === null) return `deleted file mode ${before.mode}\n`;
  if (compareBytes(from, to) !== 0) {
    return `similarity index 100%\nrename from ${quotePath('', from)}\nrename to ${quotePath('', to)}\n`;
  }
  return before.mode === after.mode ? '' : `old mode ${before.mode}\nnew mode ${after.mode}\n`;
}

/** In every section, so that ids are always told; with the mode where no other line tells it. */
function indexLine(before: TreeEntry | null, after: TreeEntry | null): string {
  const zero = '0'.repeat((before ?? after)?.id.length ?? 0);
  const mode = before?.mode === after?.mode ? ` ${after?.mode}` : '';
  return `index ${before?.id ?? zero}..${after?.id ?? zero}${mode}\n`;
}
