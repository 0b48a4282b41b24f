import { EncodingError, utf8Decode } from '@airlock/protocol';
import { linesOf } from '../file/difference.js';
import { NOT_SHOWN } from './blob-content.js';

/** One section of a diff: what happens to one path, or to two when a file is renamed. */
export interface DiffFile {
  readonly kind: 'new' | 'removed' | 'renamed' | 'changed';
  /** Path before; of a new file, its path. In quotes, as in the diff, where the bytes are no text. */
  readonly from: string;
  /** Path afterwards; of a removed file, its path. */
  readonly to: string;
  /** Mode before and mode afterwards where they differ, else the mode twice; empty where the header does not say. */
  readonly modes: readonly [before: string, after: string];
  readonly isShown: boolean;
  /** The content is a Git LFS pointer: what it stands for is elsewhere. */
  readonly isLfsPointer: boolean;
}

const NAME = String.raw`("(?:[^"\\\n]|\\[abtnvfr"\\]|\\[0-3][0-7]{2})*"|[^\s"]+)`;
const MODE = String.raw`(\d{6})`;
const HEADER = new RegExp(
  String.raw`^diff --git ${NAME} ${NAME}\n` +
    String.raw`(?:new file mode ${MODE}\n|deleted file mode ${MODE}\n|similarity index 100%\nrename from ${NAME}\nrename to ${NAME}\n|old mode ${MODE}\nnew mode ${MODE}\n)?` +
    String.raw`(?:index [0-9a-f]+\.\.[0-9a-f]+(?: ${MODE})?\n)?` +
    String.raw`((?:${NOT_SHOWN}[^\n]+\n)*)(?:--- ${NAME}\n\+\+\+ ${NAME}\n)?$`,
);
const LFS_VERSION = /\n[ +-]version https:\/\/git-lfs\.github\.com\/spec\/v1\n/;
const LFS_OBJECT = /\n[ +-]oid sha256:[0-9a-f]{64}\n/;

/** The sections of a diff as {@link gitDiff} writes it; null for every other text. Whether it is true is another question. */
export function readDiff(diff: string): readonly DiffFile[] | null {
  const files = sectionTexts(diff).map(readSection);
  const known = files.filter((file) => file !== null);
  return known.length === files.length ? known : null;
}

/** Every path that a diff names, before and afterwards; null for a text that is no diff of ours. */
export function diffPaths(diff: string): readonly string[] | null {
  const files = readDiff(diff);
  return files === null ? null : [...new Set(files.flatMap(({ from, to }) => [from, to]))];
}

/** Whether a diff stands for content that it does not show: such a line begins like no line of a hunk (ART-135). */
export function hidesContent(diff: string): boolean {
  return diff.startsWith(NOT_SHOWN) || diff.includes(`\n${NOT_SHOWN}`);
}

interface SectionText {
  readonly header: string;
  readonly hunks: string;
}

/** A section begins with `diff`, its hunks with `@@`; every line of a hunk has a sign in front. */
function sectionTexts(diff: string): readonly SectionText[] {
  const sections: { header: string[]; hunks: string[] }[] = [];
  for (const line of linesOf(diff)) {
    const last = sections.at(-1);
    if (last === undefined || line.startsWith('diff ')) sections.push({ header: [line], hunks: [] });
    else if (last.hunks.length > 0 || line.startsWith('@@ ')) last.hunks.push(line);
    else last.header.push(line);
  }
  return sections.map(({ header, hunks }) => ({ header: header.join(''), hunks: hunks.join('') }));
}

function readSection({ header, hunks }: SectionText): DiffFile | null {
  const [
    whole,
    a = '',
    b = '',
    created,
    deleted,
    renamedFrom,
    renamedTo,
    oldMode,
    newMode,
    mode = '',
    hidden = '',
    ...names
  ] = HEADER.exec(header) ?? [];
  const [from, to] = [pathOf(a, 'a/'), pathOf(b, 'b/')];
  if (whole === undefined || from === null || to === null || !isHunks(hunks)) return null;
  const isRename = renamedFrom !== undefined;
  const isNamedAlike =
    (isRename ? pathOf(renamedFrom, '') === from && pathOf(renamedTo ?? '', '') === to : from === to) &&
    (names[0] === undefined || [a, '/dev/null'].includes(names[0])) &&
    (names[1] === undefined || [b, '/dev/null'].includes(names[1]));
  if (!isNamedAlike) return null;
  return {
    kind: kindOf({ isNew: created !== undefined, isGone: deleted !== undefined, isRename }),
    from,
    to,
    modes: [oldMode ?? deleted ?? created ?? mode, newMode ?? created ?? deleted ?? mode],
    isShown: hidden === '',
    isLfsPointer: LFS_VERSION.test(hunks) && LFS_OBJECT.test(hunks),
  };
}

function isHunks(text: string): boolean {
  return linesOf(text).every((line) => /^[@ +\\-]/.test(line));
}

function kindOf(is: {
  readonly isNew: boolean;
  readonly isGone: boolean;
  readonly isRename: boolean;
}): DiffFile['kind'] {
  if (is.isNew) return 'new';
  if (is.isGone) return 'removed';
  return is.isRename ? 'renamed' : 'changed';
}

const ESCAPED: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** The path of a name without its prefix, as text where it is text; null without the prefix. */
function pathOf(name: string, prefix: string): string | null {
  if (!name.startsWith('"')) return name.startsWith(prefix) ? name.slice(prefix.length) : null;
  const bytes = Array.from(name.slice(1, -1).matchAll(/\\([0-7]{3}|.)|[\s\S]/g), ([character, escape]) => {
    if (escape === undefined) return character.charCodeAt(0);
    return ESCAPED[escape] ?? Number.parseInt(escape, 8);
  });
  const text = textOf(Uint8Array.from(bytes)) ?? name.slice(1, -1);
  return text.startsWith(prefix) ? text.slice(prefix.length) : null;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8Decode(bytes);
  } catch (error) {
    if (error instanceof EncodingError) return null;
    throw error;
  }
}
