import type { ActionOf, AirlockAction } from '@airlock/protocol';
import { type LexedLine, lexCommandLine } from '../patterns/match.js';

/** An action together with the simple commands it runs, which are read when somebody needs them, once. */
export interface ReadAction {
  readonly action: AirlockAction;
  /** Null for an action that is no command. */
  readonly line: () => LexedLine | null;
}

/** Reads nothing yet. */
export function readAction(action: AirlockAction): ReadAction {
  let line: LexedLine | null | undefined;
  return { action, line: () => (line ??= action.kind === 'command' ? readLine(action) : null) };
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
