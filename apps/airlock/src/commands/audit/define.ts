import { type Command, Option } from 'commander';
import { instant, integer, jsonOption } from '../../cli/options.js';
import type { Scope } from '../../cli/scope.js';

interface ListFlags {
  readonly limit?: number;
  readonly auto?: true;
  readonly json?: true;
}

interface ExportFlags {
  readonly format: 'json' | 'dsse';
  readonly since?: number;
  readonly out?: string;
}

export function defineAudit(program: Command, scope: Scope): void {
  const audit = program.command('audit').summary('read and check the tamper-evident log of this machine');
  audit
    .command('list')
    .summary('list the entries, newest last')
    .option('--limit <n>', 'at most so many, the newest', integer(1, 1_000_000))
    .option('--auto', 'count instead what was decided without you, by pattern and by standing policy')
    .addOption(jsonOption())
    .action((flags: ListFlags) =>
      scope.perform(async () =>
        flags.auto
          ? (await import('./auto.js')).listAuto(scope.cli, flags)
          : (await import('./audit.js')).list(scope.cli, flags),
      ),
    );
  audit
    .command('show')
    .summary('print every entry about one request')
    .argument('<id>', 'a request id, or the number of an entry')
    .addOption(jsonOption())
    .action((id: string, flags: { json?: true }) =>
      scope.perform(async () => (await import('./audit.js')).show(scope.cli, id, flags)),
    );
  audit
    .command('verify')
    .summary('check that nothing was changed, removed or put in between')
    .addOption(jsonOption())
    .action((flags: { json?: true }) =>
      scope.perform(async () => (await import('./audit.js')).verify(scope.cli, flags)),
    );
  audit
    .command('export')
    .summary('write out the log, or a signed attestation of every approval')
    .addOption(
      new Option('--format <format>', 'json: the log and whether it verifies; dsse: one in-toto attestation per line')
        .choices(['json', 'dsse'])
        .default('json'),
    )
    .option('--since <time>', 'from this day (2026-03-02) or time (2026-03-02T14:00:00Z) on', instant)
    .option('--out <file>', 'into a new file instead of standard output')
    .action((flags: ExportFlags) =>
      scope.perform(async () => (await import('./export.js')).exportLog(scope.cli, flags)),
    );
  audit
    .command('key')
    .summary('print the public key under which attestations are signed')
    .addOption(jsonOption())
    .action((flags: { json?: true }) => scope.perform(async () => (await import('./export.js')).key(scope.cli, flags)));
}
