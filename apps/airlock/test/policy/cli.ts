import type { Cli } from '../../src/cli/context.js';

/** What a command said and printed, without a process around it. */
export interface Recorded extends Cli {
  readonly said: string[];
  readonly printed: string[];
  readonly emitted: string[];
}

/** A process that only remembers what is written. */
export function recordingCli(environment: Readonly<Record<string, string>> = {}): Recorded {
  const said: string[] = [];
  const printed: string[] = [];
  const emitted: string[] = [];
  const { signal } = new AbortController();
  return {
    said,
    printed,
    emitted,
    environment,
    entry: '/opt/airlock/main.js',
    startedAs: '/opt/airlock/main.js',
    afterSeparator: null,
    stdinIsTerminal: false,
    stderrIsTerminal: false,
    terminalColumns: () => 80,
    say: (line) => void said.push(line),
    print: (line) => void printed.push(line),
    emit: (text) => void emitted.push(text),
    interruption: () => signal,
  };
}
