import type { ParsedCommand } from '../../src/command/parse-line.js';

/** What every function and program returns: success or failure. */
export type Status = 0 | 1;

/** The argv lists that must run, by pipelines; the commands of one pipeline run side by side. */
export function expectedRuns(
  commands: readonly ParsedCommand[],
  status: Status,
): readonly (readonly (readonly string[])[])[] {
  const runs: (readonly string[])[][] = [];
  let last: Status = 0;
  for (const pipeline of pipelinesOf(commands)) {
    const operator = pipeline[0]!.operator;
    const isSkipped = (operator === '&&' && last !== 0) || (operator === '||' && last === 0);
    if (isSkipped) continue;
    runs.push(pipeline.map(({ argv }) => argv));
    last = status;
  }
  return runs;
}

function pipelinesOf(commands: readonly ParsedCommand[]): readonly (readonly ParsedCommand[])[] {
  const pipelines: ParsedCommand[][] = [];
  for (const command of commands) {
    if (command.operator === '|') pipelines.at(-1)!.push(command);
    else pipelines.push([command]);
  }
  return pipelines;
}

/** Whether the recorded argv lists are exactly the expected ones, in an order that the pipelines permit. */
export function isExactly(
  expected: ReturnType<typeof expectedRuns>,
  recorded: readonly (readonly string[])[],
): boolean {
  if (expected.reduce((sum, pipeline) => sum + pipeline.length, 0) !== recorded.length) return false;
  let at = 0;
  return expected.every((pipeline) => {
    const ran = recorded.slice(at, (at += pipeline.length));
    return sorted(pipeline) === sorted(ran);
  });
}

function sorted(lists: readonly (readonly string[])[]): string {
  return JSON.stringify(lists.map((argv) => JSON.stringify(argv)).sort());
}
