import { type Command, Argument } from 'commander';
import type { Scope } from '../../cli/scope.js';

export function defineCompletion(program: Command, scope: Scope): void {
  program
    .command('completion')
    .summary('print a completion script')
    .description('Prints a completion script, for example: source <(airlock completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      scope.perform(async () => (await import('./completion.js')).completion(scope.cli, program, shell)),
    );
}
