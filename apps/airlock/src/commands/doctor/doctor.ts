import { type Cli, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { runChecks } from './checks.js';

/** `airlock doctor`. */
export async function doctor(cli: Cli, flags: { readonly json?: true }): Promise<number> {
  const checks = await runChecks(cli);
  const ok = checks.every((check) => check.ok);
  if (flags.json) printJson(cli, { ok, checks });
  for (const check of flags.json ? [] : checks) {
    cli.print(`${check.ok ? 'ok  ' : 'FAIL'}  ${check.name.padEnd(18)} ${check.detail}`);
    if (check.fix !== null) cli.print(`      ${''.padEnd(18)} try: ${check.fix}`);
    cli.print(`      ${''.padEnd(18)} if it fails: ${check.onFailure}`);
  }
  return ok ? EXIT.ok : EXIT.failed;
}
