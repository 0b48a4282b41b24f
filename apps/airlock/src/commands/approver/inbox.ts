import { groupRequests, type OpenedRequest, type RequestGroup } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { parseTime } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { commandLine } from '../../cli/invocation.js';
import { aligned } from '../../cli/table.js';
import { cardText } from '../../device/card-text.js';
import { openDevice } from '../../device/device.js';
import { preview } from '../../device/preview.js';
import { pendingCard, pendingRequests } from '../../device/requests.js';
import { spanWords, timeLeft } from '../../device/time-words.js';
import type { DeviceFlags } from './device-flags.js';

/** The frozen row of `approver inbox --json`, with the card that the request is on. */
export function inboxRow(opened: OpenedRequest, { id, count }: RequestGroup) {
  const { request, pairing, content } = opened;
  return {
    requestId: request.requestId,
    workspace: pairing?.workspaceName ?? '',
    enforcerLabel: pairing?.enforcerLabel ?? '',
    kind: content.kind === 'action' ? content.action.kind : 'unknown',
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    bound: opened.bound,
    card: id,
    count,
  };
}

/** A row per request in the order of the inbox. */
function inboxRows(all: readonly OpenedRequest[]) {
  const cards = new Map(groupRequests(all).flatMap((card) => card.requests.map((each) => [each, card] as const)));
  return all.flatMap((opened) => {
    const card = cards.get(opened);
    return card === undefined ? [] : [inboxRow(opened, card)];
  });
}

const created = ({ request }: OpenedRequest): number => parseTime(request.createdAt);
const expires = ({ request }: OpenedRequest): number => parseTime(request.expiresAt);

/** The oldest request of a card speaks for it. */
function oldest({ requests }: RequestGroup): OpenedRequest | undefined {
  return requests.toSorted((one, other) => created(one) - created(other))[0];
}

function cardCells(card: RequestGroup, at: number): readonly string[] {
  const opened = oldest(card);
  const soonest = card.requests.toSorted((one, other) => expires(one) - expires(other))[0];
  if (opened === undefined || soonest === undefined) return [];
  const { requestId, kind, workspace, createdAt } = inboxRow(opened, card);
  const state = opened.canApprove ? '' : '  CANNOT BE APPROVED';
  const times = [spanWords(at - parseTime(createdAt)), timeLeft(soonest.request.expiresAt, at)];
  return [visible(requestId), `${card.count}x`, ...times, kind, visible(workspace), `${preview(opened)}${state}`];
}

/** The inbox for a human, one row per card: its oldest request, how many there are, and when the first one ends. */
export function inboxLines(all: readonly OpenedRequest[], at: number): readonly string[] {
  const age = (card: RequestGroup) => Math.min(...card.requests.map(created));
  const rows = groupRequests(all)
    .toSorted((one, other) => age(one) - age(other))
    .map((card) => cardCells(card, at));
  return aligned([['REQUEST', 'COUNT', 'AGE', 'TIME LEFT', 'KIND', 'WORKSPACE', 'WHAT'], ...rows]);
}

/** `airlock approver inbox`. */
export async function inbox(cli: Cli, flags: DeviceFlags): Promise<number> {
  const all = await pendingRequests(openDevice(cli, flags));
  if (flags.json) {
    printJson(cli, inboxRows(all));
    return 0;
  }
  if (all.length === 0) {
    cli.say('airlock: nothing is waiting');
    return 0;
  }
  for (const line of inboxLines(all, Date.now())) cli.print(line);
  cli.say(`airlock: look at one with ${commandLine(cli, 'approver', 'show')} ID`);
  return 0;
}

/** `airlock approver show`. */
export async function show(cli: Cli, id: string, flags: DeviceFlags): Promise<number> {
  const { opened, card } = await pendingCard(openDevice(cli, flags), id);
  if (!flags.json) {
    for (const line of cardText(opened, Date.now(), card)) cli.print(line);
    return 0;
  }
  const { content, pairing, bound, canApprove, obstacles, warnings, request } = opened;
  const action = content.kind === 'action' ? content.action : { kind: 'unknown', requestId: request.requestId };
  const marks = content.kind === 'action' ? content.card.marks : content.kind === 'text' ? content.rendered.marks : [];
  const text = content.kind === 'text' ? { text: content.rendered.text } : {};
  const policy = content.kind === 'action' ? content.policy : undefined;
  printJson(cli, {
    ...action,
    ...text,
    ...(policy === undefined ? {} : { policyInWords: policy }),
    artifactHash: request.body.artifactHash,
    assurance: pairing?.assurance ?? null,
    marks,
    bound,
    canApprove,
    obstacles,
    warnings,
    card: card.id,
    count: card.count,
    requestIds: card.requests.map((each) => each.request.requestId),
  });
  return 0;
}
