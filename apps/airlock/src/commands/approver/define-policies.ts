import type { Command } from 'commander';
import { withExamples } from '../../cli/examples.js';
import { positiveNumber, shortText } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';
import type { DenyFlags } from './deny.js';
import type { DeviceFlags } from './device-flags.js';

const MAX_MINUTES = 24 * 60;
const DEFAULT_MINUTES = 60;

/** Standing policies: what is decided without asking for some time. */
export function definePolicies(approver: Command, scope: Scope, device: (command: Command) => Command): void {
  withExamples(device(approver.command('grants').summary('list what is approved or refused without asking')), [
    ['airlock approver grants', 'what each one is about, where it holds, and when it ends'],
  ]).action((flags: DeviceFlags) => scope.perform(async () => (await import('./grants.js')).grants(scope.cli, flags)));
  withExamples(device(approver.command('end').summary('end a grant or a refusal')).argument('<policy>', 'policy id'), [
    ['airlock approver end dnd-…', 'with an id from airlock approver grants; takes effect within 15 seconds'],
  ]).action((policy: string, flags: DeviceFlags) =>
    scope.perform(async () => (await import('./grants.js')).end(scope.cli, policy, flags)),
  );
  withExamples(device(approver.command('deny').summary('do not disturb: refuse without asking for some time')), [
    ['airlock approver deny --workspace widgets', `everything that is asked there, for ${DEFAULT_MINUTES} minutes`],
    ['airlock approver deny --all --for 480', 'everything, everywhere, for 8 hours'],
    ['airlock approver deny --workspace widgets --command git push', 'commands that begin with these words'],
  ])
    .option('--workspace <name>', 'name, path or pairing id of one workspace', shortText(512))
    .option('--all', 'every workspace you approve for')
    .option('--for <minutes>', 'how long, at most 1440', positiveNumber(MAX_MINUTES), DEFAULT_MINUTES)
    .option('--command <words...>', 'only commands that begin with these words; everything without it')
    .action((flags: DenyFlags) => scope.perform(async () => (await import('./deny.js')).deny(scope.cli, flags)));
}
