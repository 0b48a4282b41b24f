/** What Edit does to a file, as Claude Code 2.1.330 and 2.1.197 were seen to do it; `after` null: not predicted. */
export interface EditCase {
  readonly name: string;
  /** Null: no file. */
  readonly before: string | null;
  readonly old: string;
  readonly new: string;
  readonly all?: boolean;
  readonly after: string | null;
}

const long = 'y'.repeat(5000);

export const EDITS: readonly EditCase[] = [
  { name: 'one word', before: 'a b c\n', old: 'b', new: 'x', after: 'a x c\n' },
  { name: 'no newline at the end', before: 'a', old: 'a', new: 'b', after: 'b' },
  { name: 'a dollar pattern is text', before: 'a\nb\n', old: 'b', new: "$& $1 $$ $` $'", after: "a\n$& $1 $$ $` $'\n" },
  { name: 'dollar patterns, all', before: 'b\nb\n', old: 'b', new: '$& $$', all: true, after: '$& $$\n$& $$\n' },
  { name: 'all of them', before: 'a a a\n', old: 'a', new: 'x', all: true, after: 'x x x\n' },
  { name: 'overlapping', before: 'aaaa\n', old: 'aa', new: 'b', all: true, after: 'bb\n' },
  { name: 'more than one, not all', before: 'a a\n', old: 'a', new: 'x', after: null },
  { name: 'not there', before: 'a\n', old: 'z', new: 'x', after: null },
  { name: 'no file', before: null, old: 'a', new: 'x', after: null },
  {
    name: 'CRLF, old text over two lines',
    before: 'a\r\nb\r\nc\r\n',
    old: 'a\nb',
    new: 'x\ny',
    after: 'x\r\ny\r\nc\r\n',
  },
  { name: 'CRLF, a line more', before: 'a\r\nb\r\nc\r\n', old: 'b', new: 'x\ny', after: 'a\r\nx\r\ny\r\nc\r\n' },
  { name: 'CRLF, old text with CRLF', before: 'a\r\nb\r\n', old: 'a\r\nb', new: 'x', after: null },
  { name: 'CRLF, new text with CRLF', before: 'a\r\nb\r\n', old: 'b', new: 'x\r\ny', after: 'a\r\nx\r\ny\r\n' },
  { name: 'LF, new text with CRLF', before: 'a\nb\n', old: 'a', new: 'x\r\ny', after: 'x\r\ny\nb\n' },
  { name: 'mixed line ends', before: 'a\r\nb\nc\r\nd\ne\n', old: 'b', new: 'x', after: null },
  { name: 'a lone carriage return', before: 'a\rb\nc\r', old: 'c', new: 'x', after: null },
  { name: 'two carriage returns', before: 'a\r\r\nb\r\n', old: 'b', new: 'x', after: null },
  {
    name: 'CRLF that the host sees',
    before: `${long.slice(0, 3990)}\r\nb\r\n`,
    old: 'b',
    new: 'x',
    after: `${long.slice(0, 3990)}\r\nx\r\n`,
  },
  { name: 'CRLF too late for the host', before: `${long}\r\nb\r\n`, old: 'b', new: 'x', after: null },
  { name: 'byte order mark', before: '\ufeffa\nb\n', old: 'a', new: 'x', after: '\ufeffx\nb\n' },
  { name: 'byte order mark and CRLF', before: '\ufeffa\r\nb\r\n', old: 'a', new: 'x', after: '\ufeffx\r\nb\r\n' },
  { name: 'a new file', before: null, old: '', new: 'hello\n', after: 'hello\n' },
  { name: 'an empty file', before: '', old: '', new: 'hello\n', after: 'hello\n' },
  { name: 'nothing as old text, in a file', before: 'x\n', old: '', new: 'hello\n', after: null },
  { name: 'a blank file', before: '  \n', old: '', new: 'hello\n', after: null },
  { name: 'curly quotes in the file', before: 'say “hi” now\n', old: '"hi"', new: '"ho"', after: null },
  { name: 'straight and curly quotes', before: '"hi" “hi”\n', old: '"hi"', new: '"ho"', after: '"ho" “hi”\n' },
  { name: 'curly quotes as new text', before: 'say "hi"\n', old: '"hi"', new: '“ho”', after: 'say “ho”\n' },
  { name: 'a deleted line', before: 'a\nb\nc\n', old: 'b', new: '', after: 'a\nc\n' },
  { name: 'a deleted line with its end', before: 'a\nb\nc\n', old: 'b\n', new: '', after: 'a\nc\n' },
  { name: 'deleted words', before: 'a b c\n', old: 'b ', new: '', after: 'a c\n' },
  { name: 'deleted everywhere', before: 'b\nb\nxb\n', old: 'b', new: '', all: true, after: 'x' },
  { name: 'a deleted line, CRLF', before: 'a\r\nb\r\nc\r\n', old: 'b', new: '', after: 'a\r\nc\r\n' },
  { name: 'space after the old text', before: 'a  \nb\n', old: 'a', new: 'x', after: 'x  \nb\n' },
  { name: 'a composed letter', before: 'cafe\u0301\n', old: 'caf\u00e9', new: 'x', after: null },
];
