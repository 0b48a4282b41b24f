/** What Edit was asked to do. */
export interface EditInput {
  readonly oldString: string;
  readonly newString: string;
  readonly replaceAll: boolean;
}

/** The host looks at so many bytes of a file to tell its line ends; less, because a boundary inside a pair is not guessed. */
const LINE_END_WINDOW = 4000;

/**
 * What a file holds after Edit, exactly as Claude Code 2.1.330 and 2.1.197 leave it (measured). Null where they do
 * something that is not a plain replacement: line ends that are mixed, text that only matches after curly quotes or
 * escapes were changed, text that occurs more than once.
 *
 * @param before text of the file, null where there is none
 */
export function predictEdit(before: string | null, edit: EditInput): string | null {
  if (edit.oldString === '') return before === null || before === '' ? edit.newString : null;
  if (before === null) return null;
  const ends = lineEnds(before);
  if (ends === null) return null;
  const text = ends === 'crlf' ? before.replaceAll('\r\n', '\n') : before;
  const after = replaced(text, edit);
  if (after === null) return null;
  return ends === 'crlf' ? after.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n') : after;
}

/** One kind of line end in the whole file; null when they are mixed or come too late for the host to see. */
function lineEnds(text: string): 'lf' | 'crlf' | null {
  if (!text.includes('\r')) return 'lf';
  if (/\r(?!\n)|(?<!\r)\n/.test(text)) return null;
  const seen = new TextEncoder().encode(text.slice(0, text.indexOf('\r\n'))).length;
  return seen < LINE_END_WINDOW ? 'crlf' : null;
}

function replaced(text: string, { oldString, newString, replaceAll }: EditInput): string | null {
  const parts = text.split(oldString).length - 1;
  if (parts === 0 || (parts > 1 && !replaceAll)) return null;
  // A deleted line goes with its line end.
  const isLine = newString === '' && !oldString.endsWith('\n') && text.includes(`${oldString}\n`);
  const from = isLine ? `${oldString}\n` : oldString;
  return replaceAll ? text.replaceAll(from, () => newString) : text.replace(from, () => newString);
}
