import { programName, runsOtherCommands } from '@airlock/actions';
import type { ActionOf, AirlockAction } from '@airlock/protocol';
import { type LexedLine, lexCommandLine } from '../patterns/match.js';

/** One simple command as a denial sees it. */
export interface SeenCommand {
  readonly argv: readonly string[];
  /** Name of its program without folder and letter case. */
  readonly name: string;
  readonly runsOthers: boolean;
}

/** An action together with the simple commands it runs, which are read when somebody needs them, once. */
export interface ReadAction {
  readonly action: AirlockAction;
  /** Null for an action that is no command. */
  readonly line: () => LexedLine | null;
  /** Null for an action whose commands are not known exactly. */
  readonly seen: () => readonly SeenCommand[] | null;
}

/** Reads nothing yet. */
export function readAction(action: AirlockAction): ReadAction {
  const line = once(() => (action.kind === 'command' ? readLine(action) : null));
  return { action, line, seen: once(() => seenCommands(line())) };
}

function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: compute() }).value;
}

function seenCommands(line: LexedLine | null): readonly SeenCommand[] | null {
  if (line?.ok !== true) return null;
  return line.commands.map(({ argv }) => {
    const [program = ''] = argv;
    return { argv, name: programName(program), runsOthers: runsOtherCommands(program) };
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
