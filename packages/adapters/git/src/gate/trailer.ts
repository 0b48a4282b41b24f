import type { RawCommit } from '@airlock/actions';

const TOKEN = 'Airlock-Approval';
const ANNOUNCEMENT = new RegExp(`^${TOKEN}: (req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`, 'gm');
const OUR_LINE = new RegExp(`^${TOKEN}:.*\\n?`, 'gim');
const TRAILER_LINE = /^(?:[A-Za-z0-9-]+: |[ \t]|\(cherry picked from commit )/;

/** The id of the request that the only commit with a trailer announces; null where that is not clear. */
export function announcedRequest(commits: readonly Pick<RawCommit, 'message'>[]): string | null {
  const found = commits.flatMap(({ message }) => [...message.matchAll(ANNOUNCEMENT)].map(([, id]) => id));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/**
 * A message with one announcement, in the place of older ones: in its last paragraph where that has trailers, else in one
 * of its own, before the comments that git takes out. A message without words stays as it is.
 * @param comment what a line of comment begins with
 */
export function withTrailer(message: string, requestId: string, comment: string): string {
  const { text, rest } = split(message.replace(OUR_LINE, ''), comment);
  const body = text.replace(/\s+$/, '');
  if (body === '') return message;
  const paragraphs = body.split(/\n[ \t]*\n/);
  const last = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : '';
  const isTrailers = last !== '' && last.split('\n').every((line) => TRAILER_LINE.test(line));
  return `${body}${isTrailers ? '\n' : '\n\n'}${TOKEN}: ${requestId}\n${rest}`;
}

/** What git keeps of a message, and what follows: comments at its end, and everything below the scissors. */
function split(message: string, comment: string): { readonly text: string; readonly rest: string } {
  const lines = message.split(/(?<=\n)/);
  const scissors = lines.findIndex((line) => line.startsWith(`${comment} ------------------------ >8 `));
  let end = scissors === -1 ? lines.length : scissors;
  while (end > 0 && isComment(lines[end - 1] ?? '', comment)) end -= 1;
  const rest = lines.slice(end).join('');
  return { text: lines.slice(0, end).join(''), rest: rest.replace(/^\s+/, '') };
}

function isComment(line: string, comment: string): boolean {
  return line.startsWith(comment) || line.trim() === '';
}
