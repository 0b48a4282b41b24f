import { describeCommand, describeCommandLine, type Described } from '@airlock/adapter-run';
import { quoteArgv } from '@airlock/actions';
import type { ExplainAnswer, PolicyAnswer } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { visible } from '../../cli/terminal.js';
import { here } from './here.js';
import { reasonWords } from './reason-words.js';
import { timeWords } from './time-words.js';
import { toolWords } from './tool-words.js';

export interface ExplainFlags {
  readonly shell?: string;
  readonly json?: true;
}

type Patterns = Pick<PolicyAnswer, 'patterns' | 'tools'>;

/** What was signed, as far as it is still in force: patterns for a command, one tool for a call. */
function signedWords(ids: readonly string[], { patterns, tools = [] }: Patterns): string {
  const called = tools.find(({ id }) => ids.includes(id));
  if (called !== undefined) return `${toolWords(called.tool)} (${called.id})`;
  const named = ids.map((id) => {
    const text = patterns.find((each) => each.id === id)?.pattern.text;
    return text === undefined ? id : `${text} (${id})`;
  });
  return `pattern ${[...new Set(named)].join(', ')}`;
}

function basisWords({ basis }: ExplainAnswer, policy: Patterns): string {
  if (basis === undefined) return '';
  switch (basis.kind) {
    case 'pattern':
      return signedWords(basis.patternIds, policy);
    case 'grant':
      return `the approver's standing policy ${basis.policyId}`;
    case 'denial':
      return `the approver's standing policy ${basis.policyId}`;
    case 'handed-over':
      return `approved as ${basis.requestId}`;
    case 'auto':
      return `auto mode is on until ${timeWords(basis.until)}`;
    case 'gate-off':
      return `nothing that ${basis.gate} asks about is asked`;
    case 'unmanaged':
      return `${basis.path} is left alone`;
    case 'read':
      return 'it only reads, inside the workspace, and no secrets';
    case 'fail-open':
      return `fail mode is open until ${timeWords(basis.until)}`;
  }
}

/** What would happen, why, and what it touches; the last line of an `ask` names the code that scripts read. */
export function explanationLines(answer: ExplainAnswer, policy: Patterns): readonly string[] {
  const { verdict, reason, detail, touchesGate } = answer;
  const words = reason === undefined ? basisWords(answer, policy) : `${reason}: ${reasonWords(reason)}`;
  const head = {
    allow: 'allowed without asking',
    pass: 'not gated: the host decides, and airlock run executes',
    deny: 'denied without asking',
    ask: 'the approver is asked',
  }[verdict];
  return [
    words === '' ? head : `${head}: ${words}`,
    ...(detail === undefined ? [] : [`  ${detail}`]),
    ...touchesGate.map((target) => `  touches Airlock: ${target}`),
  ].map(visible);
}

/** The command as `airlock run` would ask about it, or with a shell as `airlock approve` would. */
function describe(
  argv: readonly string[],
  at: { readonly cli: Cli; readonly folder: string; readonly shell: string | undefined },
): Promise<Described> {
  const { cli, folder, shell } = at;
  if (shell === undefined) return describeCommand(argv, cli.environment);
  const commandText = argv.length === 1 ? (argv[0] ?? '') : quoteArgv(argv);
  return describeCommandLine({ commandText, shell, cwd: folder }, cli.environment);
}

/** `airlock policy explain`. */
export async function explain(cli: Cli, command: readonly string[], flags: ExplainFlags): Promise<number> {
  const argv = [...command, ...(cli.afterSeparator ?? [])];
  if (argv.length === 0) throw new UsageError('which command?', 'airlock policy explain -- CMD');
  const { client, workspace, folder } = await here(cli);
  const described = await describe(argv, { cli, folder, shell: flags.shell });
  const source = flags.shell === undefined ? 'run' : 'approve';
  const answer = await client.explainPolicy({ workspace, source, ...described });
  if (flags.json) printJson(cli, answer);
  else for (const line of explanationLines(answer, await client.showPolicy(workspace))) cli.print(line);
  return EXIT.ok;
}
