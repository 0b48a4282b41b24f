import { Argument, type Command, Option } from 'commander';
import type { PolicyRequirement } from '@airlock/protocol';
import { jsonOption, shortText } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import type { AskFlags } from './change.js';
import { asking } from './define-modes.js';
import type { ExplainFlags } from './explain.js';
import type { MatchFlags } from './match.js';

type JsonFlags = { readonly json?: true };

/** Spelled out, because loading the schema would slow down every command. */
const REQUIREMENTS = ['verified-pairing', 'harp-decision', 'ask-reads'] as const satisfies readonly PolicyRequirement[];

function requirement(): Argument {
  return new Argument(
    '<requirement>',
    'verified-pairing: no pairing by a short code; harp-decision: decisions in both forms; ask-reads: reads in the workspace are asked too',
  ).choices(REQUIREMENTS);
}

function defineQuestions(policy: Command, scope: Scope): void {
  policy
    .command('show')
    .summary('print the policy in force, and who signed it')
    .addOption(jsonOption())
    .action((flags: JsonFlags) => scope.perform(async () => (await import('./show.js')).show(scope.cli, flags)));
  withExamples(policy.command('explain'), [
    ['airlock policy explain -- git status', 'as airlock run would execute it'],
    ["airlock policy explain --shell bash -- 'npm test && git status'", 'as a line that a shell reads'],
  ])
    .summary('say what would happen to a command, and why; asks nobody')
    .usage('[options] [--] CMD [ARG…]')
    .argument('[command...]', 'the command; put -- before it when it has options')
    .option('--shell <shell>', 'the shell that reads it; several words are quoted for it')
    .addOption(jsonOption())
    .passThroughOptions()
    .action((command: string[], flags: ExplainFlags) =>
      scope.perform(async () => (await import('./explain.js')).explain(scope.cli, command, flags)),
    );
  withExamples(policy.command('match'), [
    ["airlock policy match --pattern 'npm test' --shell bash --command 'npm test; id'", 'exit 1, and why'],
    ['airlock policy match --batch < LINES', 'one JSON line in, one JSON line out'],
  ])
    .summary('say whether a pattern approves a command line, by its text alone')
    .description(
      'Says whether a pattern approves a command line, by its text alone: what the pattern is pinned to, and what touches Airlock itself, come on top.\n' +
        'Exit: 0 approves · 1 does not',
    )
    .option('--pattern <pattern>', 'the pattern')
    .option('--shell <shell>', 'the shell that reads the command')
    .option('--command <string>', 'the command line')
    .addOption(
      new Option(
        '--batch',
        'read JSON lines {"pattern","command","shell"}, print {"approve","reason"} for each',
      ).conflicts(['pattern', 'shell', 'command']),
    )
    .addOption(jsonOption())
    .action((flags: MatchFlags) => scope.perform(async () => (await import('./match.js')).match(scope.cli, flags)));
}

function defineGrants(policy: Command, scope: Scope): void {
  policy
    .command('grants')
    .summary('list the standing policies of the approver that are known here')
    .addOption(jsonOption())
    .action((flags: JsonFlags) => scope.perform(async () => (await import('./show.js')).grants(scope.cli, flags)));
  policy
    .command('end-grant')
    .summary('do not honour a standing policy here any more, at once')
    .argument('<id>', 'its id')
    .addOption(jsonOption())
    .action((id: string, flags: JsonFlags) =>
      scope.perform(async () => (await import('./restrict.js')).endGrant(scope.cli, id, flags)),
    );
}

function defineLoosening(policy: Command, scope: Scope): void {
  asking(policy.command('unmanage').summary('leave a folder alone; the approver has to sign'))
    .argument('<dir>', 'the folder')
    .action((folder: string, flags: AskFlags) =>
      scope.perform(async () => (await import('./loosen.js')).unmanage(scope.cli, folder, flags)),
    );
  asking(policy.command('gate-off').summary('stop asking for one source; the approver has to sign'))
    .argument('<source>', 'what asks: run, approve, or the name of a host', shortText(32))
    .action((source: string, flags: AskFlags) =>
      scope.perform(async () => (await import('./loosen.js')).gateOff(scope.cli, source, flags)),
    );
  asking(policy.command('lift').summary('take a requirement back; the approver has to sign'))
    .addArgument(requirement())
    .action((what: PolicyRequirement, flags: AskFlags) =>
      scope.perform(async () => (await import('./loosen.js')).lift(scope.cli, what, flags)),
    );
  asking(policy.command('renew').summary('have the policy in force signed anew'))
    .description('Has the policy in force signed anew: after the approver was replaced, or when its file was lost.')
    .action((flags: AskFlags) => scope.perform(async () => (await import('./loosen.js')).renew(scope.cli, flags)));
}

function defineTightening(policy: Command, scope: Scope): void {
  policy
    .command('manage')
    .summary('gate a folder again, at once')
    .argument('<dir>', 'the folder')
    .addOption(jsonOption())
    .action((folder: string, flags: JsonFlags) =>
      scope.perform(async () => (await import('./restrict.js')).manage(scope.cli, folder, flags)),
    );
  policy
    .command('gate-on')
    .summary('ask for a source again, at once')
    .argument('<source>', 'what asks: run, approve, or the name of a host', shortText(32))
    .addOption(jsonOption())
    .action((source: string, flags: JsonFlags) =>
      scope.perform(async () => (await import('./restrict.js')).gateOn(scope.cli, source, flags)),
    );
  policy
    .command('require')
    .summary('demand more than the protocol does, at once')
    .addArgument(requirement())
    .addOption(jsonOption())
    .action((what: PolicyRequirement, flags: JsonFlags) =>
      scope.perform(async () => (await import('./restrict.js')).require(scope.cli, what, flags)),
    );
}

/** `airlock policy`. */
export function definePolicy(program: Command, scope: Scope): void {
  const policy = program.command('policy').summary('show, explain and change what is asked in this workspace');
  defineQuestions(policy, scope);
  defineGrants(policy, scope);
  defineLoosening(policy, scope);
  defineTightening(policy, scope);
}
