import { programName, runsOtherCommands } from '@airlock/actions';
import type { ActionOf, AirlockAction } from '@airlock/protocol';
import { type LexedLine, lexCommandLine } from '../patterns/match.js';
import { type SearchableText, searchable } from './words-in-text.js';

/** One simple command as a denial sees it. */
export interface SeenCommand {
  readonly argv: readonly string[];
  /** Name of its program without folder and letter case. */
  readonly name: string;
  /** What a program that runs other programs is given to run; null for every other program. */
  readonly handedOn: SearchableText | null;
}

/** An action together with the simple commands it runs, which are read when somebody needs them, once. */
export interface ReadAction {
  readonly action: AirlockAction;
  /** Null for an action that is no command. */
  readonly line: () => LexedLine | null;
  /** Null for an action whose commands are not known exactly. */
  readonly seen: () => readonly SeenCommand[] | null;
  /** What something else interprets, where the commands are not known exactly. */
  readonly text: () => SearchableText;
}

/** An action is judged twice: when somebody asks, and when its verdict is used. */
const READ = new WeakMap<AirlockAction, ReadAction>();

/** Reads nothing yet, and nothing again of an action that was read. */
export function readAction(action: AirlockAction): ReadAction {
  const read = READ.get(action) ?? unread(action);
  READ.set(action, read);
  return read;
}

function unread(action: AirlockAction): ReadAction {
  const line = once(() => (action.kind === 'command' ? readLine(action) : null));
  return { action, line, seen: once(() => seenCommands(line())), text: once(() => searchable(unreadText(action))) };
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: compute() }).value;
}

function seenCommands(line: LexedLine | null): readonly SeenCommand[] | null {
  if (line?.ok !== true) return null;
  return line.commands.map(({ argv }) => {
    const [program = '', ...rest] = argv;
    const handedOn = runsOtherCommands(program) ? searchable(rest.join(' ')) : null;
    return { argv, name: programName(program), handedOn };
  });
}

/** Without a shell `argv` is the command (DND-090); with one it is what the strict lexer finds in the text. */
function readLine(action: ActionOf<'command'>): LexedLine {
  const isFed = action.stdin === 'pipe' || action.stdin === 'file';
  if (action.shell === undefined) {
    return { ok: true, commands: [{ argv: action.argv, isPiped: isFed }], hasRedirection: false };
  }
  const line = lexCommandLine({ command: action.commandText, shell: action.shell });
  if (!line.ok || !isFed) return line;
  // Every command of a line reads the input of its shell.
  return { ...line, commands: line.commands.map((command) => ({ ...command, isPiped: true })) };
}

/** What an action says it runs, where that is a text that something else interprets. */
function unreadText(action: AirlockAction): string {
  switch (action.kind) {
    case 'command':
    case 'git-commit':
    case 'git-push':
      return action.commandText;
    case 'mcp-call':
    case 'tool':
      return `${action.commandText}\n${action.inputJson}`;
    case 'file-edit':
    case 'policy.change':
      return '';
  }
}
