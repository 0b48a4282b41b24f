/** What a plugin command is started with. */
export interface CommandMain {
  readonly fixedHome: string | null;
  readonly daemonCommand: readonly string[];
}

/**
 * Executes one of the eleven commands that a human typed: reads the `UserPromptExpansion` event from standard input,
 * says what came of it on standard error and gives exit code 2, which ends the prompt without a model call.
 */
export function commandMain(options: CommandMain): Promise<number> {
  throw new Error(`not built yet ${options.daemonCommand.length}`);
}
