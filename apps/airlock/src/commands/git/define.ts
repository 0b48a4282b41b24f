import { type Command, Option } from 'commander';
import { withExamples } from '../../cli/examples.js';
import { jsonOption, shortText } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';
import type { InstallFlags, JsonFlags, VerifyFlags } from './flags.js';

/** An option that may be given more than once. */
function several(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

export function defineGit(program: Command, scope: Scope): void {
  const git = program.command('git').summary('put commits and pushes behind Airlock, and prove who approved them');
  defineInstallation(git, scope);
  withExamples(git.command('verify'), [
    ['airlock git verify origin/main..HEAD', 'every commit of this branch'],
    ['airlock git verify BASE..HEAD --json', 'in CI, with the keys that the target branch names'],
  ])
    .summary('check that every commit of a range carries an approval of a trusted key')
    .description(
      'Checks that every commit of a range carries an approval of a trusted key over exactly that commit.\n' +
        'Exit: 0 every one does · 1 at least one does not (listed)',
    )
    .argument('<range>', 'as git log takes it')
    .option('--base <revision>', 'its .airlock/approvers says whom to trust; the lower end of the range unless given')
    .addOption(several('--approver <key>', 'trust this key (b64u) instead; may be repeated'))
    .addOption(several('--repository <id>', 'what the repository was called in approvals; may be repeated'))
    .addOption(jsonOption())
    .action((range: string, flags: VerifyFlags) =>
      scope.perform(async () => (await import('./verify.js')).verify(scope.cli, range, flags)),
    );
  git
    .command('pre-receive')
    .summary('judge a push on a server: the lines of git on standard input')
    .addOption(jsonOption())
    .action((flags: JsonFlags) =>
      scope.perform(async () => (await import('./pre-receive.js')).preReceive(scope.cli, flags)),
    );
}

function defineInstallation(git: Command, scope: Scope): void {
  withExamples(git.command('install'), [
    ['airlock git install', 'the hooks of this repository; a bare one gets the hook of a server'],
    ['airlock git install --repository example.org/team/tool', 'where there is no origin to name it by'],
  ])
    .summary('put hooks into this repository that ask before a branch gets a commit, and before a push')
    .option('--repository <id>', 'what the repository is called in approvals, the same in every clone', shortText(512))
    .option('--trailer', 'also put the number of the request into commit messages')
    .addOption(jsonOption())
    .action((flags: InstallFlags) =>
      scope.perform(async () => (await import('./install.js')).install(scope.cli, flags)),
    );
  git
    .command('uninstall')
    .summary('take the hooks out and put back what was there')
    .addOption(jsonOption())
    .action((flags: JsonFlags) =>
      scope.perform(async () => (await import('./uninstall.js')).uninstall(scope.cli, flags)),
    );
  git
    .command('status')
    .summary('show what asks in this repository, and what goes around it')
    .description(
      'Shows what asks in this repository, and what goes around it.\n' +
        'Exit: 0 nothing is known that keeps the gate from holding here · 1 something is',
    )
    .addOption(jsonOption())
    .action((flags: JsonFlags) => scope.perform(async () => (await import('./status.js')).status(scope.cli, flags)));
}
