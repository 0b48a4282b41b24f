/** What can be read in the words and texts of an action, as widely as it helps: no word that is there is missed. */
export interface ReadWords {
  /** Words of what may be simple commands, quotes removed; texts inside words are read as commands too. */
  readonly commands: readonly (readonly string[])[];
  /** Every run of characters that may be a file name. */
  readonly pieces: ReadonlySet<string>;
}

/** Levels of text inside text (`sh -c 'ssh x "…"'`) that are looked into. */
const MAX_NESTING = 5;

const TOKEN =
  /\$'(?:\\[\s\S]|[^'\\])*'?|'[^']*'?|"(?:\\[\s\S]|[^"\\])*"?|\\[\s\S]?|\$\(|[<>]\(|[|&;()\n`<>]|[^\S\n]+|[^\s'"\\|&;()`<>$]+|\$/g;
const BREAKS = /^(?:\$\(|[<>]\(|[|&;()\n`])$/;
/** Text that may hold more than one word. */
const TEXT = /[\s'"`;|&()<>\\{},=:]/;

/** One word that nothing takes apart, not even as an option. */
const PLAIN_WORD = /^[\w./][\w./-]{0,4095}$/;

/** What may stand between file names in code, options, lists and addresses. */
const SEPARATORS = /[\s"'`;|&<>(){},=:@+!#^]+/;

const ESCAPE = /\\(?:x[0-9a-f]{1,2}|u\{?[0-9a-f]{1,6}\}?|[0-7]{1,3})/gi;

/** Decodes the escapes by which code and `$'…'` write a character. */
function unescaped(text: string): string {
  return text.replace(ESCAPE, (whole) => {
    const digits = whole.replaceAll(/[^0-9a-f]/gi, '');
    const code = /^\\[xu]/i.test(whole) ? Number.parseInt(digits, 16) : Number.parseInt(digits, 8);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

const BRACES = /^([^{}]*)\{([^{}]*)\}([\s\S]*)$/;
const MAX_BRACED = 64;

/** The words that `a{b,c}d` becomes; too many of them become one wildcard. */
function expanded(word: string): readonly string[] {
  let words = [word];
  for (;;) {
    const next = words.flatMap((each) => {
      const [, before, inner, after] = BRACES.exec(each) ?? [];
      if (before === undefined || inner === undefined || after === undefined) return [each];
      return inner.split(',').map((choice) => `${before}${choice}${after}`);
    });
    if (next.length === words.length && next.every((each, index) => each === words[index])) return words;
    if (next.length > MAX_BRACED) return [word.replaceAll(/\{[^{}]*\}/g, '*')];
    words = next;
  }
}

class Reader {
  readonly commands: string[][] = [];
  readonly pieces = new Set<string>();
  readonly #seen = new Set<string>();

  /** A word as a program gets it: a file name, an option with one in it, or a text with many. */
  word(word: string, nesting: number): void {
    this.#piece(word);
    if (TEXT.test(word) || word.includes('%')) this.text(word, nesting + 1);
  }

  /** A text that a shell, an interpreter or a parser may read. */
  text(text: string, nesting: number): void {
    if (nesting > MAX_NESTING || this.#seen.has(text)) return;
    this.#seen.add(text);
    if (PLAIN_WORD.test(text)) {
      this.pieces.add(text);
      this.commands.push([text]);
      return;
    }
    const plain = text.replaceAll('\\\n', '').replaceAll(/\$\{(\w+)\}/g, '$$$1');
    this.#split(plain);
    this.#split(plain.replaceAll(/["'\\]/g, ''));
    if (plain.includes('\\')) this.#split(plain.replaceAll(/\\+/g, '/'));
    for (const other of new Set([unescaped(plain), percentDecoded(plain)])) {
      if (other !== plain) this.text(other, nesting + 1);
    }
    this.#tokens(plain, nesting);
  }

  #tokens(text: string, nesting: number): void {
    let words: string[] = [];
    let word: string | undefined;
    const endWord = () => {
      if (word !== undefined) words.push(word);
      if (word !== undefined) this.word(word, nesting);
      word = undefined;
    };
    const endCommand = () => {
      endWord();
      if (words.length > 0) this.commands.push(words);
      words = [];
    };
    for (const [token] of text.matchAll(TOKEN)) {
      if (BREAKS.test(token)) endCommand();
      else if (token === '>') {
        endWord();
        words.push('>');
      } else if (token === '<' || /^\s/.test(token)) endWord();
      else word = (word ?? '') + unquoted(token);
    }
    endCommand();
  }

  #split(text: string): void {
    for (const braced of text.split(/\s+/))
      for (const each of braced.includes('{') ? expanded(braced) : []) this.#cut(each);
    this.#cut(text);
  }

  #cut(text: string): void {
    for (const piece of text.split(SEPARATORS)) this.#piece(piece);
  }

  #piece(piece: string): void {
    if (piece === '' || piece.length > 4096) return;
    this.pieces.add(piece);
    if (!piece.startsWith('-')) return;
    // `-C.git`, `-I/home/…`, `--dir~/x`
    const path = piece.search(/[/~.$]/);
    if (piece.length > 2) this.pieces.add(piece.slice(2));
    if (path > 0) this.pieces.add(piece.slice(path));
  }
}

function unquoted(token: string): string {
  if (token.startsWith("$'")) return unescaped(token.slice(2).replace(/'$/, ''));
  if (token.startsWith("'")) return token.replaceAll("'", '');
  if (token.startsWith('"'))
    return token
      .slice(1)
      .replace(/"$/, '')
      .replaceAll(/\\(["\\$`])/g, '$1');
  return token.startsWith('\\') ? token.slice(1) : token;
}

/** Every run of characters in one word that may be a file name. */
export function piecesOf(word: string): ReadonlySet<string> {
  return readWords([], [word]).pieces;
}

/** Reads the words of a program call, and texts that something else will take apart. */
export function readWords(argv: readonly string[], texts: readonly string[]): ReadWords {
  const reader = new Reader();
  if (argv.length > 0) reader.commands.push([...argv]);
  for (const word of argv) reader.word(word, 0);
  for (const text of texts) reader.text(text, 0);
  return { commands: reader.commands, pieces: reader.pieces };
}
