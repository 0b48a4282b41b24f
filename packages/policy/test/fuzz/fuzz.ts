import { matchCommandLine } from '../../src/patterns/match.js';
import { type ParsedCommand, parseLine } from '../../src/command/parse-line.js';
import { secondOpinionAgrees } from '../../src/command/second-opinion.js';
import { expectedRuns, isExactly, type Status } from './expected.js';
import { makeLine } from './lines.js';
import { type Random, randomFrom } from './random.js';
import { type Recording, runLines } from './run-lines.js';
import { isFunctionName, makeSandbox, type Sandbox } from './sandbox.js';
import { SETTINGS, type ShellSetting } from './shells.js';

/** What a fuzz run did. */
export interface FuzzReport {
  /** Lines made. */
  generated: number;
  /** Different lines that the lexer accepted, and every shell ran. */
  accepted: number;
  /** Accepted lines whose command words cannot be made to record, as `/a`; no shell saw them. */
  unrunnable: number;
  /** Accepted lines that the second opinion refused. */
  vetoed: number;
  /** Approvals of accepted lines by one of the patterns. */
  approved: number;
  /** Lines given to a shell, over all shells and statuses. */
  executed: number;
}

/** A shell ran something else than the lexer read. */
export class FuzzFailure extends Error {}

const PATTERNS = [
  'git status',
  'git log',
  'git log --oneline *',
  'git diff HEAD~1',
  'echo',
  'printf',
  'ls *',
  'npm test',
  'pwd',
];
const BATCH = 2500;

/** Makes `count` lines and has every shell run those that the lexer accepts, veto or not. Throws {@link FuzzFailure}. */
export async function fuzz(
  options: { readonly seed: number; readonly count: number; readonly shells?: readonly ShellSetting[] },
  onBatch: (report: Readonly<FuzzReport>) => void = () => undefined,
): Promise<Readonly<FuzzReport>> {
  const report: FuzzReport = { generated: 0, accepted: 0, unrunnable: 0, vetoed: 0, approved: 0, executed: 0 };
  const random = randomFrom(options.seed);
  const sandbox = makeSandbox();
  try {
    while (report.generated < options.count) {
      const lines = new Map<string, readonly ParsedCommand[]>();
      const count = Math.min(BATCH, options.count - report.generated);
      for (let index = 0; index < count; index += 1) {
        const line = makeLine(random);
        const commands = judge(line, random, report);
        if (commands !== null && isRunnable(commands, sandbox, report)) lines.set(line.replace(/\n$/, ''), commands);
      }
      report.generated += count;
      report.accepted += lines.size;
      await runEverywhere(options.shells ?? SETTINGS, { lines, sandbox, report });
      onBatch(report);
    }
  } finally {
    sandbox.remove();
  }
  return report;
}

/** The commands of an accepted line; approval must mean that every one of them begins with the words of the pattern. */
function judge(line: string, random: Random, report: FuzzReport): readonly ParsedCommand[] | null {
  const text = line.endsWith('\n') ? line.slice(0, -1) : line;
  const parsed = parseLine(text);
  if (!parsed.ok) {
    const { approve } = matchCommandLine(random.pick(PATTERNS), { command: line, shell: 'bash' });
    if (approve) throw new FuzzFailure(`${JSON.stringify(line)} was approved though the lexer refuses it`);
    return null;
  }
  if (!secondOpinionAgrees(text, parsed.commands)) report.vetoed += 1;
  const program = parsed.commands[0]?.argv[0] ?? '';
  for (const pattern of PATTERNS.filter((one) => one.startsWith(program))) {
    if (!matchCommandLine(pattern, { command: line, shell: 'bash' }).approve) continue;
    report.approved += 1;
    const words = pattern.replace(/ \*$/, '').split(' ');
    const stray = parsed.commands.find(({ argv }) => words.some((word, index) => argv[index] !== word));
    if (stray !== undefined) throw new FuzzFailure(`${JSON.stringify(line)} was approved by ${pattern}`);
  }
  return parsed.commands;
}

function isRunnable(commands: readonly ParsedCommand[], sandbox: Sandbox, report: FuzzReport): boolean {
  const isRecorded = commands.every(({ argv: [name = ''] }) => isFunctionName(name) || sandbox.addFile(name));
  if (!isRecorded) report.unrunnable += 1;
  return isRecorded;
}

async function runEverywhere(
  settings: readonly ShellSetting[],
  work: {
    readonly lines: ReadonlyMap<string, readonly ParsedCommand[]>;
    readonly sandbox: Sandbox;
    readonly report: FuzzReport;
  },
): Promise<void> {
  const { lines, sandbox, report } = work;
  const before = sandbox.contents();
  const waiting = [...settings];
  const worker = async (): Promise<void> => {
    for (let setting = waiting.shift(); setting !== undefined; setting = waiting.shift()) {
      const executed = await runIn(setting, sandbox, lines);
      report.executed += executed;
    }
  };
  await Promise.all([worker(), worker()]);
  const after = sandbox.contents();
  if (after !== before) throw new FuzzFailure(`a line made, changed or removed a file:\n${before}\n—\n${after}`);
}

/** Lines with `&&` or `||` run twice: what is skipped after a success runs after a failure. */
async function runIn(
  setting: ShellSetting,
  sandbox: Sandbox,
  lines: ReadonlyMap<string, readonly ParsedCommand[]>,
): Promise<number> {
  const all = [...lines];
  const branching = all.filter(([, commands]) =>
    commands.some(({ operator }) => operator === '&&' || operator === '||'),
  );
  const names = [...new Set(all.flatMap(([, commands]) => commands.map(({ argv: [name = ''] }) => name)))].filter(
    isFunctionName,
  );
  for (const [status, some] of [
    [0, all],
    [1, branching],
  ] as const) {
    const recording = await runLines(sandbox, setting, { lines: some.map(([line]) => line), names, status });
    compare(setting, status, some, recording);
  }
  return all.length + branching.length;
}

function compare(
  setting: ShellSetting,
  status: Status,
  lines: readonly (readonly [string, readonly ParsedCommand[]])[],
  recording: Recording,
): void {
  const describe = (what: string): FuzzFailure => new FuzzFailure(`${setting.name}, status ${String(status)}: ${what}`);
  for (const [index, [line, commands]] of lines.entries()) {
    const expected = expectedRuns(commands, status);
    const ran = recording.runs[index] ?? [];
    if (isExactly(expected, ran)) continue;
    throw describe(
      `${JSON.stringify(line)} ran ${JSON.stringify(ran)}, not ${JSON.stringify(expected)}; ${recording.printed.slice(0, 500)}`,
    );
  }
  if (recording.runs.length !== lines.length)
    throw describe(`${String(recording.runs.length)} lines instead of ${String(lines.length)}`);
  if (recording.printed !== '') throw describe(`it printed ${JSON.stringify(recording.printed.slice(0, 500))}`);
}
