import type { Command } from 'commander';
import { jsonOption } from '../../cli/options.js';
import { withExamples } from '../../cli/examples.js';
import type { Scope } from '../../cli/scope.js';
import type { PairFlags } from './pair.js';

export function definePairing(program: Command, scope: Scope): void {
  withExamples(program.command('pair'), [
    ['airlock pair', 'show code, link and QR code; then on the approver: airlock approver pair'],
    ['airlock pair --claim', 'type a code that airlock approver pre-generate shows'],
    ['airlock pair --recovery-code-stdin', 'replace an approver that is lost'],
  ])
    .summary('pair this workspace with an approver')
    .description(
      'Pairs this workspace with an approver: shows a code, a link and a QR code, or with --claim reads a code that the approver shows.\n' +
        'Codes are secrets: they are shown on the controlling terminal and read from it, or from standard input with "-".',
    )
    .argument('[source]', '- reads the code of --claim from standard input')
    .option('--claim', 'read a code that the approver pre-generated')
    .option('--workspace <dir>', 'the folder to pair (default: this one)')
    .option('--recovery-code-stdin', 'read the recovery code from standard input, to replace the approver')
    .addOption(jsonOption())
    .action((source: string | undefined, flags: PairFlags) =>
      scope.perform(async () => (await import('./pair.js')).pair(scope.cli, source, flags)),
    );
  program
    .command('unpair')
    .summary('stop trusting the approver of this workspace, at once')
    .option('--workspace <dir>', 'the folder to unpair (default: this one)')
    .addOption(jsonOption())
    .action((flags: { workspace?: string; json?: true }) =>
      scope.perform(async () => (await import('./unpair.js')).unpair(scope.cli, flags)),
    );
}
