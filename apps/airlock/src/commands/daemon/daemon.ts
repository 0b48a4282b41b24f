import { readFileSync } from 'node:fs';
import { daemonState, stopDaemon as stop } from '@airlock/runtime/client';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { commandLine } from '../../cli/invocation.js';

interface Flags {
  readonly json?: true;
}

/** `airlock daemon start`: also takes back a deliberate stop. */
export async function startDaemon(cli: Cli, flags: Flags): Promise<number> {
  const answer = await (await daemon(cli, { resume: true })).status();
  if (flags.json) printJson(cli, { running: true, pid: answer.daemon.pid });
  else cli.say(`airlock: the daemon runs, pid ${answer.daemon.pid}`);
  return 0;
}

/** `airlock daemon stop`. */
export async function stopDaemon(cli: Cli, flags: Flags): Promise<number> {
  const answer = await stop(pathsOf(cli));
  if (flags.json) printJson(cli, answer);
  else {
    const what = answer.stopped ? `stopped pid ${answer.pid ?? '?'}` : 'no daemon ran';
    cli.say(`airlock: ${what}; everything is denied until: ${commandLine(cli, 'daemon', 'start')}`);
  }
  return 0;
}

/** `airlock daemon status`: never starts one. */
export async function daemonStatus(cli: Cli, flags: Flags): Promise<number> {
  const state = await daemonState(pathsOf(cli));
  if (flags.json) printJson(cli, state);
  else if (state.running) cli.print(`running, pid ${state.pid ?? '?'}`);
  else cli.print(state.stoppedByUser ? 'stopped by command' : 'not running; it starts when it is needed');
  return 0;
}

/** `airlock daemon logs`. */
export function daemonLogs(cli: Cli, flags: { readonly lines: number }): number {
  const file = pathsOf(cli).logFile;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    cli.say(`airlock: no log yet (${file})`);
    return 0;
  }
  for (const line of text.trimEnd().split('\n').slice(-flags.lines)) cli.print(line);
  return 0;
}
