import { repairStorage } from '@airlock/runtime';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { asTyped } from '../../cli/invocation.js';
import { runChecks } from './checks.js';

const STOPPED = 'the list of local restrictions began anew with a stop, since a stop of yours may have been in it';

/** `airlock doctor`. */
export async function doctor(cli: Cli, flags: { readonly json?: true; readonly repair?: true }): Promise<number> {
  if (flags.repair) await repair(cli);
  const checks = await runChecks(cli);
  const ok = checks.every((check) => check.ok);
  if (flags.json) printJson(cli, { ok, checks: checks.map(({ warns: _warns, ...check }) => check) });
  for (const check of flags.json ? [] : checks) {
    const mark = check.ok ? (check.warns ? 'WARN' : 'ok  ') : 'FAIL';
    cli.print(`${mark}  ${check.name.padEnd(18)} ${check.detail}`);
    if (check.fix !== null && check.fix !== 'airlock doctor')
      cli.print(`      ${''.padEnd(18)} try: ${asTyped(cli, check.fix)}`);
    cli.print(`      ${''.padEnd(18)} if it fails: ${check.onFailure}`);
  }
  return ok ? EXIT.ok : EXIT.failed;
}

async function repair(cli: Cli): Promise<void> {
  const { setAside, remaining, stopped } = await repairStorage(pathsOf(cli));
  for (const file of setAside) cli.say(`airlock: damaged, put aside as ${file}`);
  for (const problem of remaining) cli.say(`airlock: cannot repair: ${problem.code} ${problem.message}`);
  if (stopped) cli.say(`airlock: ${STOPPED}; to start the daemon: ${asTyped(cli, 'airlock daemon start')}`);
  if (setAside.length + remaining.length === 0) cli.say('airlock: nothing to repair');
}
