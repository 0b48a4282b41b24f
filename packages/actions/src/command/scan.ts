/** One simple command of a line, as far as it can be told without running a shell. */
export interface ScannedCommand {
  /** Words without their quotes. */
  readonly words: readonly string[];
  /** True when its input is the output of the command before. */
  readonly isPiped: boolean;
}

/** What a command line looks like to a reader. Used for warnings only: it never decides that something may run. */
export interface ScannedLine {
  readonly commands: readonly ScannedCommand[];
  readonly hasRedirect: boolean;
  readonly hasSubstitution: boolean;
}

interface ScanState {
  readonly nesting: number;
  words: string[];
  word: string | undefined;
  isPiped: boolean;
  commands: ScannedCommand[];
  hasRedirect: boolean;
  hasSubstitution: boolean;
}

const TOKEN =
  /\\[\s\S]?|'[^']*'?|"(?:\\[\s\S]|[^"\\])*"?|\$\(|`|[<>]\(|\|[|&]?|&&?|;|\n|[<>]+&?|[()]|[ \t\r\f\v]+|[\s\S]/g;
const DOUBLE_QUOTED_SUBSTITUTION = /(?:^|[^\\])(?:\\\\)*(?:\$\(|`)/;

/** Levels of commands inside double quotes that are looked into. */
const MAX_NESTING = 4;

/** Scans a command line in linear time. Where shells disagree it sees more commands, not fewer. */
export function scanLine(line: string): ScannedLine {
  return scan(line, 0);
}

function scan(line: string, nesting: number): ScannedLine {
  const state: ScanState = {
    nesting,
    words: [],
    word: undefined,
    isPiped: false,
    commands: [],
    hasRedirect: false,
    hasSubstitution: false,
  };
  for (const [token] of line.matchAll(TOKEN)) scanToken(state, token);
  endCommand(state, false);
  const { commands, hasRedirect, hasSubstitution } = state;
  return { commands, hasRedirect, hasSubstitution };
}

function scanToken(state: ScanState, token: string): void {
  const first = token.charAt(0);
  if (token === '$(' || first === '`' || /^[<>]\($/.test(token)) {
    state.hasSubstitution = true;
    endCommand(state, false);
  } else if (first === '|') endCommand(state, token !== '||');
  else if (first === '&' || first === ';' || first === '\n' || first === '(' || first === ')') endCommand(state, false);
  else if (first === '<' || first === '>') {
    state.hasRedirect = true;
    endWord(state);
  } else if (/^\s/.test(token)) endWord(state);
  else state.word = (state.word ?? '') + unquoted(state, token);
}

function unquoted(state: ScanState, token: string): string {
  if (token.startsWith("'")) return token.replaceAll("'", '');
  if (token.startsWith('\\')) return token === '\\\n' ? '' : token.slice(1);
  if (!token.startsWith('"')) return token;
  const inner = token.replace(/^"|"$/g, '');
  if (DOUBLE_QUOTED_SUBSTITUTION.test(inner)) {
    state.hasSubstitution = true;
    if (state.nesting < MAX_NESTING) {
      state.commands.push(...scan(inner.replace(/\\(["\\$`])/g, '$1'), state.nesting + 1).commands);
    }
  }
  return inner;
}

function endWord(state: ScanState): void {
  if (state.word !== undefined) state.words.push(state.word);
  state.word = undefined;
}

function endCommand(state: ScanState, isPipe: boolean): void {
  endWord(state);
  if (state.words.length > 0) state.commands.push({ words: state.words, isPiped: state.isPiped });
  state.words = [];
  state.isPiped = isPipe;
}
