import { type CommandLine, matchCommandLine, type MatchResult } from '@airlock/policy';
import { isJsonObject } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { standardInputStream } from '../../cli/standard-input.js';

export interface MatchFlags {
  readonly pattern?: string;
  readonly shell?: string;
  readonly command?: string;
  readonly batch?: true;
  readonly json?: true;
}

interface Question extends CommandLine {
  readonly pattern: string;
}

function readQuestion(line: string): Question | null {
  try {
    // Lone surrogates are part of what is to be judged, so this is not the strict parser of the wire.
    const value: unknown = JSON.parse(line);
    if (!isJsonObject(value)) return null;
    const { pattern, command, shell } = value;
    if (typeof pattern !== 'string' || typeof command !== 'string' || typeof shell !== 'string') return null;
    return { pattern, command, shell };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The answer to one line of a batch; never a yes for a line that is none. */
export function judgeLine(line: string): { readonly approve: boolean; readonly reason: string } {
  const question = readQuestion(line);
  if (question === null) return { approve: false, reason: 'bad_line' };
  const { approve, reason } = matchCommandLine(question.pattern, question);
  return { approve, reason };
}

async function batch(cli: Cli): Promise<number> {
  for await (const line of standardInputStream()) printJson(cli, judgeLine(line));
  return EXIT.ok;
}

function say(cli: Cli, { approve, reason, detail }: MatchResult): void {
  const about = detail === undefined ? '' : `: ${detail}`;
  cli.print(approve ? 'approves' : `does not approve, ${reason}${about}`);
}

/** `airlock policy match`: 0 when the pattern approves the line, 1 when it does not. */
export async function match(cli: Cli, flags: MatchFlags): Promise<number> {
  if (flags.batch) return await batch(cli);
  const { pattern, shell, command } = flags;
  if (pattern === undefined || shell === undefined || command === undefined) {
    const example = "airlock policy match --pattern 'npm test' --shell bash --command 'npm test'";
    throw new UsageError('--pattern, --shell and --command are needed, or --batch', example);
  }
  const result = matchCommandLine(pattern, { command, shell });
  if (flags.json) printJson(cli, result);
  else say(cli, result);
  return result.approve ? EXIT.ok : EXIT.failed;
}
