import { type Command, Option } from 'commander';
import { gatewayUrl, jsonOption, shortText } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import type { SignInFlags } from './sign-in.js';

export function defineSession(program: Command, scope: Scope): void {
  withExamples(program.command('sign-in'), [
    ['airlock sign-in --gateway https://gateway.example', 'with a code in a browser'],
    ['airlock sign-in --gateway https://gateway.example --pat-stdin < pat.txt', 'with a token'],
  ])
    .summary('connect this machine with a gateway')
    .description(
      'Signs this machine in: by device code (a browser opens when it can), or with a personal access token.',
    )
    .addOption(gatewayUrl('--gateway <url>', 'the gateway (default: the one used last)'))
    .option('--pat-stdin', 'read a personal access token from standard input')
    .addOption(new Option('--pat-file <file>', 'read it from a file').conflicts('patStdin'))
    .addOption(new Option('--device', 'sign in with a code in a browser (default)').conflicts(['patStdin', 'patFile']))
    .option('--client-id <id>', 'credentials of a registered app', shortText(128))
    .addOption(
      new Option('--client-secret-stdin', 'read the app secret from standard input, after the token if there is one'),
    )
    .option('--no-open', 'do not open a browser')
    .addOption(jsonOption())
    .action((flags: SignInFlags) => scope.perform(async () => (await import('./sign-in.js')).signIn(scope.cli, flags)));
  program
    .command('sign-out')
    .summary('revoke the tokens of this machine and stop the daemon')
    .description('Revokes the tokens of this machine and stops the daemon. Pairings and the pinned approver stay.')
    .addOption(jsonOption())
    .action((flags: { json?: true }) =>
      scope.perform(async () => (await import('./sign-out.js')).signOut(scope.cli, flags)),
    );
}
