import type { Command } from 'commander';
import { defineListener } from '../gateway/listener-options.js';
import { jsonOption } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';
import type { UpFlags } from './model.js';

export function defineUp(program: Command, scope: Scope): void {
  const up = program
    .command('up')
    .summary('start gateway, sign-in and pairing on this machine, in one go')
    .description(
      'Starts a gateway with its identity provider in the foreground on this machine, creates the first user, signs this machine in and starts pairing this workspace.',
    );
  defineListener(up)
    .option('--workspace <dir>', 'the folder to pair (default: this one)')
    .option('--no-open', 'do not open the approver page in a browser')
    .option('--no-pair', 'do not start pairing')
    .addOption(jsonOption())
    .action((flags: UpFlags) => scope.perform(async () => (await import('./up.js')).up(scope.cli, flags)));
}
