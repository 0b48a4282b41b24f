import type { PolicyAnswer } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { commandLine } from '../../cli/invocation.js';
import { ask, type AskFlags } from './change.js';
import { here } from './here.js';
import { restrict } from './restrict.js';
import { isoTime, timeWords } from './time-words.js';

const HOUR_MS = 3_600_000;

export interface TimedFlags extends AskFlags {
  /** Hours. */
  readonly for: number;
}
export type FailModeFlags = TimedFlags;

interface JsonFlags {
  readonly json?: true;
}

/** What open reaches, and what it never does (ENF-155). */
const OPEN_REACH = [
  'while fail mode is open a call passes unasked only when the gateway cannot be reached before the request was sent',
  'it never passes what touches Airlock itself, a change of policy, or anything once the request was sent, timed out or was rejected',
  'signed out, not paired, revoked or damaged stays denied',
];

function endOf(flags: TimedFlags): number {
  return Math.round(Date.now() + flags.for * HOUR_MS);
}

/** `airlock auto on`. */
export function autoOn(cli: Cli, flags: TimedFlags): Promise<number> {
  return interruptible(cli, (signal) => {
    const until = endOf(flags);
    return ask(
      { cli, signal, flags },
      { kind: 'auto-on', until },
      {
        line: `auto mode is on until ${timeWords(until)} (turn it off: ${commandLine(cli, 'auto', 'off')})`,
        json: { auto: true, until: isoTime(until) },
      },
    );
  });
}

/** `airlock auto off`. */
export function autoOff(cli: Cli, flags: JsonFlags): Promise<number> {
  return restrict(
    { cli, flags },
    { kind: 'auto-off' },
    {
      line: 'auto mode is off: everything is asked again',
      unchanged: 'auto mode was off already',
      json: { auto: false },
    },
  );
}

/** `airlock fail-mode`. */
export function failMode(cli: Cli, mode: 'open' | 'closed' | undefined, flags: FailModeFlags): Promise<number> {
  switch (mode) {
    case undefined:
      return printFailMode(cli, flags);
    case 'open':
      return failOpen(cli, flags);
    case 'closed':
      return restrict(
        { cli, flags },
        { kind: 'fail-closed' },
        {
          line: 'fail mode is closed: what cannot be asked is denied',
          unchanged: 'fail mode was closed already',
          json: { failMode: 'closed' },
        },
      );
  }
}

function failOpen(cli: Cli, flags: TimedFlags): Promise<number> {
  return interruptible(cli, (signal) => {
    const until = endOf(flags);
    for (const line of OPEN_REACH) cli.say(`airlock: ${line}`);
    return ask(
      { cli, signal, flags },
      { kind: 'fail-open', until },
      {
        line: `fail mode is open until ${timeWords(until)} (close it: ${commandLine(cli, 'fail-mode', 'closed')})`,
        json: { failMode: 'open', until: isoTime(until) },
      },
    );
  });
}

/** When fail mode open ends, in epoch milliseconds; null when it is closed. */
export function openUntil(policy: Pick<PolicyAnswer, 'failOpenUntil'>, at: number): number | null {
  return policy.failOpenUntil !== null && policy.failOpenUntil > at ? policy.failOpenUntil : null;
}

async function printFailMode(cli: Cli, flags: JsonFlags): Promise<number> {
  const { client, workspace } = await here(cli);
  const until = openUntil(await client.showPolicy(workspace), Date.now());
  if (flags.json)
    printJson(cli, { failMode: until === null ? 'closed' : 'open', until: until === null ? null : isoTime(until) });
  else if (until === null) cli.print('closed: what cannot be asked is denied');
  else
    cli.print(
      `open until ${timeWords(until)}: a call passes unasked when the gateway cannot be reached before the request was sent`,
    );
  return EXIT.ok;
}
