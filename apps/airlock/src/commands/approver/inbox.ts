import { groupRequests, type OpenedRequest } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { type Cli, printJson } from '../../cli/context.js';
import { commandLine } from '../../cli/invocation.js';
import { cardText } from '../../device/card-text.js';
import { openDevice } from '../../device/device.js';
import { pendingRequest, pendingRequests } from '../../device/requests.js';
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

/** One line about a request. */
export function inboxLine(opened: OpenedRequest): string {
  const row = inboxRow(opened);
  const what =
    opened.content.kind === 'action' ? opened.content.card.computed[0]?.values.map((each) => each.text).join(' ') : '';
  const state = opened.canApprove ? '' : '  cannot be approved';
  return `${visible(row.requestId)}  ${row.kind}  ${visible(row.workspace)}  ${what ?? ''}${state}`;
}

/** `airlock approver inbox`. */
export async function inbox(cli: Cli, flags: DeviceFlags): Promise<number> {
  const all = await pendingRequests(openDevice(cli, flags));
  if (flags.json) {
    printJson(cli, all.map(inboxRow));
    return 0;
  }
  if (all.length === 0) cli.say('airlock: nothing is waiting');
  for (const group of groupRequests(all)) {
    const same = group.count === 1 ? '' : `  (one of ${group.count} with the same content)`;
    for (const opened of group.requests) cli.print(`${inboxLine(opened)}${same}`);
  }
  if (all.length > 0) cli.say(`airlock: look at one with ${commandLine(cli, 'approver', 'show')} ID`);
  return 0;
}

/** `airlock approver show`. */
export async function show(cli: Cli, id: string, flags: DeviceFlags): Promise<number> {
  const opened = await pendingRequest(openDevice(cli, flags), id);
  if (!flags.json) {
    for (const line of cardText(opened)) cli.print(line);
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
