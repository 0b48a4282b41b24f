import type { RestrictionBody } from '@airlock/runtime/client';
import { askApprover } from './ask-approver.js';
import { CommandFailure } from './failure.js';
import { type CommandSession, here } from './session.js';
import { timeWords } from './words.js';

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 8;
const MAX_HOURS = 168;

/** When something that was typed with a number of hours ends, in epoch milliseconds. */
function endAfter(hours: string): number {
  const amount = hours === '' ? DEFAULT_HOURS : Number(hours);
  if (/^\d{1,3}(\.\d{1,3})?$|^$/.test(hours) && amount > 0 && amount <= MAX_HOURS) {
    return Math.round(Date.now() + amount * HOUR_MS);
  }
  throw new CommandFailure(
    'usage',
    `after how many hours it ends is a number up to ${MAX_HOURS}`,
    '/airlock:auto-on 2',
  );
}

/** `/airlock:auto-on [hours]`: stops asking; the approver signs. */
export async function autoOn(session: CommandSession, argument: string): Promise<readonly string[]> {
  const until = endAfter(argument);
  const signed = await askApprover(session, { kind: 'auto-on', until });
  return [
    `Auto mode is on until ${timeWords(until)}: tool calls go to Claude Code's own permissions without a question.`,
    'What touches Airlock itself is asked all the same. To end it now: /airlock:auto-off',
    signed,
  ];
}

/** `/airlock:auto-off`: every tool use is gated again, at once. */
export async function autoOff(session: CommandSession, argument: string): Promise<readonly string[]> {
  nothingElse(argument, 'auto-off');
  return await restrict(session, { kind: 'auto-off' }, [
    'Auto mode is off: every tool use is gated.',
    'Auto mode was off already: every tool use is gated.',
  ]);
}

/** `/airlock:fail-mode open [hours]` or `closed`; without an argument it says which one it is. */
export async function failMode(session: CommandSession, argument: string): Promise<readonly string[]> {
  const [mode = '', hours = '', ...more] = argument.split(/\s+/);
  if (more.length === 0) {
    if (mode === 'open') return await failOpen(session, hours);
    if (hours === '' && mode === 'closed') return await failClosed(session);
    if (hours === '' && mode === '') return await showFailMode(session);
  }
  throw new CommandFailure('usage', 'fail mode is open or closed', '/airlock:fail-mode closed');
}

async function failOpen(session: CommandSession, hours: string): Promise<readonly string[]> {
  const until = endAfter(hours);
  const signed = await askApprover(session, { kind: 'fail-open', until });
  return [
    `Fail mode is open until ${timeWords(until)}: a call that cannot reach the gateway goes to Claude Code's own permissions.`,
    'Never after it was sent, timed out or was rejected. To close it now: /airlock:fail-mode closed',
    signed,
  ];
}

function failClosed(session: CommandSession): Promise<readonly string[]> {
  return restrict(session, { kind: 'fail-closed' }, [
    'Fail mode is closed: what cannot be asked is denied.',
    'Fail mode was closed already: what cannot be asked is denied.',
  ]);
}

async function showFailMode(session: CommandSession): Promise<readonly string[]> {
  const { client, workspace } = await here(session);
  const { failOpenUntil } = await client.showPolicy(workspace);
  return failOpenUntil === null || failOpenUntil <= Date.now()
    ? ['Fail mode is closed: what cannot be asked is denied.']
    : [`Fail mode is open until ${timeWords(failOpenUntil)}. To close it now: /airlock:fail-mode closed`];
}

/** Tightens at once; the second line is for what held already. */
async function restrict(
  session: CommandSession,
  restriction: RestrictionBody['restriction'],
  [done, before]: readonly [string, string],
): Promise<readonly string[]> {
  const { client, workspace } = await here(session);
  const { changed } = await client.restrictPolicy({ workspace, restriction });
  return [changed ? done : before];
}

/** Refuses an argument where a command takes none. */
export function nothingElse(argument: string, name: string): void {
  if (argument !== '') throw new CommandFailure('usage', `/airlock:${name} takes nothing after it`, `/airlock:${name}`);
}
