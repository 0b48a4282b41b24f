import { check, checkToolCall, isAbsolute, type ToolCall } from '../checks.js';
import type { CommandContent, CommandFacts, InterpreterFact } from '../content.js';
import { ActionError } from '../errors.js';
import { quoteArgv } from './quote.js';

/** Extension member that binds the interpreters of a script: `[{path, sha256}]` in the order of the chain. */
export const INTERPRETERS_EXTENSION = 'airlock.interpreters';

/** Bytes of argv, or of a shell's command text, above which a command is refused (SECURITY-NOTES 5). */
export const MAX_COMMAND_BYTES = 8 * 1024;

const HEX64 = /^[0-9a-f]{64}$/;
const DIFFERENCE = /^(?:=[\s\S]*|sha256:[0-9a-f]{64}|unset)$/;

/**
 * Makes the content of a command action from what an adapter found out.
 * @throws ActionError `action_invalid` for facts that cannot be true, `command_too_long` above 8 KiB
 */
export function commandAction(facts: CommandFacts): CommandContent {
  assertFacts(facts);
  const commandText = facts.commandText ?? quoteArgv(facts.argv);
  assertLength(facts, commandText);
  const interpreters = facts.interpreters ?? [];
  return {
    kind: 'command',
    actionType: 'terminal_command',
    commandText,
    description: facts.label ?? 'Run a command',
    argv: [...facts.argv],
    cwd: facts.cwd,
    program: facts.program,
    programSha256: facts.programSha256,
    environment: { ...facts.environment },
    stdin: facts.stdin,
    ...(facts.shell === undefined ? {} : { shell: facts.shell }),
    ...toolMembers(facts),
    ...(interpreters.length === 0 ? {} : { extensions: { [INTERPRETERS_EXTENSION]: interpreters.map(plain) } }),
  };
}

function toolMembers({ tool, inputJson }: CommandFacts): Partial<ToolCall> {
  if (tool === undefined && inputJson === undefined) return {};
  const call = { tool: tool ?? '', inputJson: inputJson ?? '' };
  checkToolCall(call);
  return call;
}

function plain({ path, sha256 }: InterpreterFact): Readonly<Record<string, string>> {
  return { path, sha256 };
}

function assertFacts(facts: CommandFacts): void {
  const paths = [facts.cwd, facts.program, ...(facts.shell === undefined ? [] : [facts.shell])];
  const files = [{ path: facts.program, sha256: facts.programSha256 }, ...(facts.interpreters ?? [])];
  check(facts.argv.length > 0 && facts.argv[0] !== '', 'A command needs a program name');
  check((facts.shell === undefined) === (facts.commandText === undefined), 'A shell and its command text go together');
  check([...paths, ...files.map((file) => file.path)].every(isAbsolute), 'Paths of a command must be absolute');
  check(
    files.every((file) => HEX64.test(file.sha256)),
    'Every program needs the hash of its content',
  );
  check(
    Object.values(facts.environment).every((value) => DIFFERENCE.test(value)),
    'An environment difference has an unknown form',
  );
  check(!facts.argv.some((word) => word.includes('\0')), 'An argument holds a NUL character');
}

function assertLength(facts: CommandFacts, commandText: string): void {
  const text = facts.shell === undefined ? facts.argv.join(' ') : commandText;
  if (new TextEncoder().encode(text).length <= MAX_COMMAND_BYTES) return;
  throw new ActionError(
    'command_too_long',
    `The command is longer than ${MAX_COMMAND_BYTES} bytes. Put it into a file and run the file: then the file is what gets approved.`,
  );
}
