import { type Executable, type ExecutableSearch, FactsError, resolveExecutable } from '@airlock/runtime/client';
import { RUN_EXIT } from './exit-codes.js';
import { RunFailure } from './failure.js';

/** The exit code of `airlock run` for a program that cannot be found or told. */
function exitCodeOf({ code }: FactsError): number {
  switch (code) {
    case 'command_not_found':
      return RUN_EXIT.notFound;
    case 'not_executable':
    case 'interpreter_not_found':
    case 'interpreter_unsupported':
      return RUN_EXIT.refused;
    case 'program_unreadable':
    case 'environment_not_bindable':
    case 'folder_not_found':
    case 'pattern_invalid':
      return RUN_EXIT.failed;
  }
}

/** What could not be found out, as a failure of a run. */
export function runFailure(error: FactsError): RunFailure {
  const { code, message, fix, cause } = error;
  return new RunFailure(code, message, { exitCode: exitCodeOf(error), cause, ...(fix === undefined ? {} : { fix }) });
}

/**
 * Resolves a command name to the files that will run, from the working directory of this process. Without `identify`
 * every file is read.
 *
 * @throws RunFailure with exit code 126 or 127, or `program_unreadable` (125)
 */
export async function findExecutable(name: string, search: ExecutableSearch): Promise<Executable> {
  try {
    return await resolveExecutable(name, search);
  } catch (error) {
    throw error instanceof FactsError ? runFailure(error) : error;
  }
}
