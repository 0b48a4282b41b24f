import { groupRequests, type RequestGroup } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { type Cli, printJson } from '../../cli/context.js';
import { interruptible } from '../../cli/interruptible.js';
import { commandLine } from '../../cli/invocation.js';
import { cardText } from '../../device/card-text.js';
import { openDevice } from '../../device/device.js';
import { pendingRequests } from '../../device/requests.js';
import type { DeviceFlags } from './device-flags.js';
import { inboxRow } from './inbox.js';

const POLL_MS = 1_000;

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, POLL_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What a watcher has shown: request ids by card. */
export type Shown = ReadonlyMap<string, ReadonlySet<string>>;

/** What changed between two looks at the inbox. */
export interface Glance {
  readonly shown: Shown;
  /** Cards with requests that were not there before; `isNew` when nothing of the card was. */
  readonly grown: readonly {
    readonly card: RequestGroup;
    readonly fresh: readonly string[];
    readonly isNew: boolean;
  }[];
  readonly gone: readonly string[];
}

/** Compares the cards that wait now with what was shown. */
export function glance(before: Shown, cards: readonly RequestGroup[]): Glance {
  const idsOf = (card: RequestGroup) => card.requests.map(({ request }) => request.requestId);
  const waiting = new Set<string>(cards.flatMap(idsOf));
  const seen = new Set([...before.values()].flatMap((ids) => [...ids]));
  return {
    shown: new Map(cards.map((card) => [card.id, new Set(idsOf(card))])),
    grown: cards.flatMap((card) => {
      const fresh = idsOf(card).filter((id) => !seen.has(id));
      return fresh.length === 0 ? [] : [{ card, fresh, isNew: !before.has(card.id) }];
    }),
    gone: [...seen].filter((id) => !waiting.has(id)),
  };
}

function printGlance(cli: Cli, { grown, gone }: Glance): void {
  for (const requestId of gone) cli.print(`gone: ${visible(requestId)}`);
  for (const { card, fresh, isNew } of grown) {
    const [first] = card.requests;
    if (first === undefined) continue;
    const { requestId } = first.request;
    if (isNew) for (const line of cardText(first, Date.now(), card)) cli.print(line);
    else cli.print(`now ${card.count} times: ${visible(requestId)}, with ${fresh.map(visible).join(' ')}`);
    cli.print(`decide: ${commandLine(cli, 'approver', 'approve', requestId)}`);
  }
}

function printEvents(cli: Cli, { grown, gone }: Glance): void {
  for (const { card, fresh } of grown) {
    const opened = card.requests.filter(({ request }) => fresh.includes(request.requestId));
    for (const each of opened) printJson(cli, { event: 'request', ...inboxRow(each, card) });
  }
  for (const requestId of gone) printJson(cli, { event: 'gone', requestId });
}

/** `airlock approver watch`: prints each card once, how often it is asked, and what is gone. */
export function watch(cli: Cli, flags: DeviceFlags): Promise<number> {
  return interruptible(cli, async (signal) => {
    const device = openDevice(cli, flags);
    let shown: Shown = new Map();
    if (!flags.json) cli.say('airlock: watching; Ctrl-C ends it');
    while (!signal.aborted) {
      const now = glance(shown, groupRequests(await pendingRequests(device)));
      if (flags.json) printEvents(cli, now);
      else printGlance(cli, now);
      shown = now.shown;
      await pause(signal);
    }
    return 0;
  });
}
