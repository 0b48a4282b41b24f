import { hookEnvironment, resolvePaths } from '@airlock/runtime/client';
import { exitCode } from '../hook/exit-code.js';
import { encodedEnvironment, keptEnvironment, readInput } from '../hook/input.js';
import { withoutHostVariables } from '../tools/host-variables.js';
import { failureLines } from './failure.js';
import { autoOff, autoOn, failMode } from './modes.js';
import { PAIR_MODE, pair, pairInTerminal, unpair } from './pairing.js';
import { approve, disapprove, patterns } from './patterns.js';
import type { CommandProgram } from './program.js';
import { type CommandSession, realFolder } from './session.js';
import { SIGN_IN_MODE, signIn, signInUntilDone, signOut } from './sign-in.js';
import { status } from './status.js';
import { type CommandName, type TypedCommand, typedCommand } from './typed-command.js';

/** What a plugin command is started with. */
export interface CommandMain extends CommandProgram {
  /** Arguments of the program: `command [--clean]`, or a mode of its own. */
  readonly args: readonly string[];
}

type Command = (session: CommandSession, argument: string) => Promise<readonly string[]>;

const COMMANDS: Readonly<Record<CommandName, Command>> = {
  'sign-in': signIn,
  'sign-out': signOut,
  pair,
  unpair,
  'auto-on': autoOn,
  'auto-off': autoOff,
  status,
  'fail-mode': failMode,
  approve,
  disapprove,
  patterns,
};

/** Ends the prompt without a model call; the host shows the human what standard error says. */
const END_PROMPT = 2;

/** What `hook.sh` puts before a program of ours whose environment it has emptied. */
const CLEAN = '--clean';

/**
 * Executes one of the eleven commands that a human typed: reads the `UserPromptExpansion` event from standard input,
 * says what came of it on standard error and gives the exit code that blocks, whatever happened. With a mode of its own as
 * argument it pairs in a terminal, or sees a sign-in through.
 */
export async function commandMain({ args, ...program }: CommandMain): Promise<number> {
  const paths = resolvePaths({ fixedHome: program.fixedHome });
  const [mode = '', operand] = args;
  const isClean = args.includes(CLEAN);
  if (mode === SIGN_IN_MODE && operand !== undefined) return await signInUntilDone({ program, paths }, operand);
  if (mode === PAIR_MODE && operand !== undefined) return await inTerminal({ program, paths }, operand);
  const lines = await linesOf(async () => {
    const typed = typedCommand(await readInput(process.stdin));
    return await execute({ program, paths, ...surroundings(typed, isClean) }, typed);
  });
  say(lines.map((line, index) => (index === 0 ? `Airlock: ${line}` : line)));
  return exitCode(END_PROMPT, { isClean });
}

function execute(session: CommandSession, { name, argument }: TypedCommand): Promise<readonly string[]> {
  return COMMANDS[name](session, argument);
}

function surroundings({ cwd }: TypedCommand, isClean: boolean): Pick<CommandSession, 'folder' | 'environment'> {
  const encoded = isClean ? keptEnvironment() : encodedEnvironment(process.env);
  const told = hookEnvironment(encoded ?? undefined);
  return { folder: realFolder(cwd), environment: told === null ? null : withoutHostVariables(told) };
}

async function inTerminal(program: Pick<CommandSession, 'program' | 'paths'>, folder: string): Promise<number> {
  let isDone = true;
  say(
    await linesOf(
      () => pairInTerminal(program, folder),
      () => {
        isDone = false;
      },
    ),
  );
  return isDone ? 0 : 1;
}

async function linesOf(
  work: () => Promise<readonly string[]>,
  failed: () => void = () => undefined,
): Promise<readonly string[]> {
  try {
    return await work();
  } catch (thrown) {
    failed();
    return failureLines(thrown);
  }
}

function say(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}
