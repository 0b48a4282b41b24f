import { groupRequests, type OpenedRequest } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { parseTime } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { commandLine, shellWord } from '../../cli/invocation.js';
import { cardText } from '../../device/card-text.js';
import { openDevice } from '../../device/device.js';
import { pendingRequest, pendingRequests } from '../../device/requests.js';
import { spanWords, timeLeft } from '../../device/time-words.js';
import type { DeviceFlags } from './device-flags.js';

/** The frozen row of `approver inbox --json`. */
export function inboxRow(opened: OpenedRequest) {
  const { request, pairing, content } = opened;
  return {
    requestId: request.requestId,
    workspace: pairing?.workspaceName ?? '',
    enforcerLabel: pairing?.enforcerLabel ?? '',
    kind: content.kind === 'action' ? content.action.kind : 'unknown',
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    bound: opened.bound,
  };
}

/** Characters of a command in the inbox; `show` has all of it. */
const PREVIEW = 100;

/** What is asked, in one line; says how much of it is missing. */
function preview(opened: OpenedRequest): string {
  const [first] = opened.content.kind === 'action' ? opened.content.card.computed : [];
  if (first === undefined) return '';
  const words = first.values.map(({ text }) => (first.shape === 'list' ? shellWord(text) : text));
  const characters = Array.from(words.join(' '));
  const rest = characters.length - PREVIEW;
  return rest <= 0 ? characters.join('') : `${characters.slice(0, PREVIEW).join('')}… (${rest} characters more)`;
}

/** Rows whose columns are as wide as their widest cell; the last one is open. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The inbox for a human, newest last. */
export function inboxLines(all: readonly OpenedRequest[], at: number): readonly string[] {
  const counts = new Map(
    groupRequests(all).flatMap(({ requests, count }) => requests.map((each) => [each, count] as const)),
  );
  const rows = all
    .toSorted((one, other) => parseTime(one.request.createdAt) - parseTime(other.request.createdAt))
    .map((opened) => {
      const { requestId, kind, workspace, createdAt, expiresAt } = inboxRow(opened);
      const count = counts.get(opened) ?? 1;
      const same = count === 1 ? '' : `  (one of ${count} with the same content)`;
      const state = opened.canApprove ? '' : '  CANNOT BE APPROVED';
      const times = [spanWords(at - parseTime(createdAt)), timeLeft(expiresAt, at)];
      return [visible(requestId), ...times, kind, visible(workspace), `${preview(opened)}${same}${state}`];
    });
  return aligned([['REQUEST', 'AGE', 'TIME LEFT', 'KIND', 'WORKSPACE', 'WHAT'], ...rows]);
}

/** `airlock approver inbox`. */
export async function inbox(cli: Cli, flags: DeviceFlags): Promise<number> {
  const all = await pendingRequests(openDevice(cli, flags));
  if (flags.json) {
    printJson(cli, all.map(inboxRow));
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
  const opened = await pendingRequest(openDevice(cli, flags), id);
  if (!flags.json) {
    for (const line of cardText(opened, Date.now())) cli.print(line);
    return 0;
  }
  const { content, pairing, bound, canApprove, obstacles, warnings, request } = opened;
  const action = content.kind === 'action' ? content.action : { kind: 'unknown', requestId: request.requestId };
  const marks = content.kind === 'action' ? content.card.marks : content.kind === 'text' ? content.rendered.marks : [];
  const text = content.kind === 'text' ? { text: content.rendered.text } : {};
  printJson(cli, {
    ...action,
    ...text,
    artifactHash: request.body.artifactHash,
    assurance: pairing?.assurance ?? null,
    marks,
    bound,
    canApprove,
    obstacles,
    warnings,
  });
  return 0;
}
