import type { OpenedRequest, RequestGroup } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { type DecisionWord, LIMITS } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { cardText } from '../../device/card-text.js';
import { type DecidedCard, decideCard, type DecidedRequest } from '../../device/decide-card.js';
import { openDevice } from '../../device/device.js';
import { grantFor, type Granted, sendGrant } from '../../device/grant.js';
import { openKeys } from '../../device/keys.js';
import { pendingCard } from '../../device/requests.js';
import type { DeviceFlags } from './device-flags.js';

type CardFlags = DeviceFlags & { readonly only?: true };
export type ApproveFlags = CardFlags & { readonly scope: 'once' | 'session'; readonly for?: number };
export type RejectFlags = CardFlags & { readonly reason?: string };

/** Everything on the card, or just the named request. */
function asked({ opened, card }: { readonly opened: OpenedRequest; readonly card: RequestGroup }, flags: CardFlags) {
  return flags.only === true ? { ...card, requests: [opened], count: 1 } : card;
}

function refusalLines({ requestId, refusal }: DecidedRequest): readonly string[] {
  if (refusal === undefined) return [];
  const what = refusal.isOpen === true ? 'it is not known whether a decision was taken on' : 'no decision was taken on';
  return [`airlock: ${refusal.code} ${what} ${visible(requestId)}: ${visible(refusal.message)}`];
}

/** What became of each request, in words. */
export function decidedLines(decision: DecisionWord, { requests, joined }: DecidedCard): readonly string[] {
  const word = decision === 'approve' ? 'approved' : 'rejected';
  const taken = requests.filter(({ accepted }) => accepted);
  const [first] = taken;
  const summary = `airlock: ${word} ${taken.length} of ${requests.length} requests on this card`;
  const done = requests.length > 1 ? [summary] : first === undefined ? [] : [`airlock: ${word} ${first.requestId}`];
  const still = joined.map(({ request }) => visible(request.requestId)).join(' ');
  return [
    ...done,
    ...requests.flatMap(refusalLines),
    ...(joined.length === 0
      ? []
      : [`airlock: ${joined.length} more came after this card was counted and still wait for you: ${still}`]),
  ];
}

/** The documented object about the named request, with every request of the card beside it. */
function answer(decision: DecisionWord, { requests, joined }: DecidedCard, granted: Granted | null | undefined) {
  const [named] = requests;
  return {
    requestId: named?.requestId ?? '',
    decision,
    accepted: named?.accepted ?? false,
    requests: requests.map(({ requestId, accepted, refusal }) => ({
      requestId,
      decision,
      accepted,
      ...(refusal === undefined ? {} : { code: refusal.code }),
    })),
    stillWaiting: joined.map(({ request }) => request.requestId),
    ...(granted === undefined ? {} : { grant: granted }),
  };
}

/** Says what happened; a decision that was taken is printed on its own only where nobody reads JSON. */
function report(cli: Cli, flags: CardFlags, parts: Parameters<typeof answer>): number {
  const [decision, decided] = parts;
  if (flags.json) printJson(cli, answer(...parts));
  const lines = decidedLines(decision, decided);
  const isNews = (line: string) => !/^airlock: (?:approved|rejected) /.test(line);
  for (const line of flags.json ? lines.filter(isNews) : lines) cli.say(line);
  return decided.requests[0]?.accepted === true ? EXIT.ok : EXIT.failed;
}

/** `airlock approver approve`. */
export async function approve(cli: Cli, id: string, flags: ApproveFlags): Promise<number> {
  const device = openDevice(cli, flags);
  const pending = await pendingCard(device, id);
  const { opened } = pending;
  const card = asked(pending, flags);
  if (!flags.json) for (const line of cardText(opened, Date.now(), card)) cli.say(line);
  const keys = await openKeys(cli, device.store.keys());
  const policy = await grantFor(opened, flags, keys);
  const decided = await decideCard({ device, opened, card, keys, decision: 'approve' });
  const isAccepted = decided.requests[0]?.accepted === true;
  const granted =
    policy === undefined ? undefined : isAccepted ? await sendGrant(cli, device, { policy, opened }) : null;
  const code = report(cli, flags, ['approve', decided, granted]);
  return granted === null ? EXIT.failed : code;
}

/** `airlock approver reject`. */
export async function reject(cli: Cli, id: string, flags: RejectFlags): Promise<number> {
  if (flags.reason !== undefined && Array.from(flags.reason).length > LIMITS.reasonCharacters) {
    throw new UsageError(`a reason has at most ${LIMITS.reasonCharacters} characters`);
  }
  const device = openDevice(cli, flags);
  const pending = await pendingCard(device, id);
  const keys = await openKeys(cli, device.store.keys());
  const card = asked(pending, flags);
  const decided = await decideCard({
    device,
    opened: pending.opened,
    card,
    keys,
    decision: 'reject',
    reason: flags.reason,
  });
  return report(cli, flags, ['reject', decided, undefined]);
}
