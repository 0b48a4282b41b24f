import type { PairEvent, WorkspaceStatus } from '@airlock/runtime/client';
import { CommandFailure } from './failure.js';
import { nothingElse } from './modes.js';
import { type CommandSession, daemonOf, here, realFolder } from './session.js';
import { withTerminal } from './terminal.js';
import { shellWord, visible } from './words.js';

/** Argument by which this program is started to pair in a terminal. */
export const PAIR_MODE = 'pair';

/**
 * `/airlock:pair`: says how the workspace stands and what to type in a terminal. Pairing itself shows a secret, which must
 * not get into the transcript of a session (PAIR-140).
 */
export async function pair(session: CommandSession, argument: string): Promise<readonly string[]> {
  nothingElse(argument, 'pair');
  const { client, workspace } = await here(session);
  const status = await client.status();
  if (!status.signedIn) throw new CommandFailure('not_signed_in', 'sign in first', '/airlock:sign-in');
  const known = status.workspaces.find(({ path }) => path === workspace);
  const typed = [process.execPath, session.program.entry, PAIR_MODE, workspace].map(shellWord).join(' ');
  return [
    stateLine(workspace, known),
    'The code to pair with is a secret, and what is shown here is kept with the session. Type in a terminal:',
    `    ${typed}`,
  ];
}

function stateLine(workspace: string, known: WorkspaceStatus | undefined): string {
  if (known?.paired !== true) return `${visible(workspace)} is not paired: everything in it is denied.`;
  return `${visible(workspace)} is paired with ${visible(known.signerKeyId ?? '?')}; pairing again replaces that approver.`;
}

/** `/airlock:unpair`: at once; the pinned approver stays (LOC-065). */
export async function unpair(session: CommandSession, argument: string): Promise<readonly string[]> {
  nothingElse(argument, 'unpair');
  const { client, workspace } = await here(session);
  const { workspace: path } = await client.unpair(workspace);
  return [`${visible(path)} is not paired any more: everything in it is denied until /airlock:pair`];
}

/** The program of {@link PAIR_MODE}: shows the code on the controlling terminal and waits until the approver has answered. */
export async function pairInTerminal(
  session: Pick<CommandSession, 'program' | 'paths'>,
  folder: string,
): Promise<readonly string[]> {
  return await withTerminal(async (show) => {
    const client = await daemonOf(session);
    const body = { workspace: realFolder(folder), mode: 'initiate', canConfirm: false } as const;
    for await (const event of client.pair(body)) {
      const paired = follow(event, show);
      if (paired !== null) return [paired];
    }
    throw new CommandFailure('bad_answer', 'the daemon ended without an answer', 'airlock doctor');
  });
}

/** Shows what an event says; the closing line once the workspace is paired. */
function follow(event: PairEvent, show: (line: string) => void): string | null {
  switch (event.event) {
    case 'pairing':
      for (const line of [`Code  ${event.code}`, `Link  ${event.link}`]) show(line);
      show(
        `Until ${new Date(event.expiresAt).toISOString()}. In the terminal of the approver type: airlock approver pair`,
      );
      show('It asks for the link or the code. The page behind the link says how to make a terminal an approver.');
      return null;
    case 'old-approver':
      show(`${visible(event.signerKeyId)} is the approver until now. ${agreement(event.reachable)}`);
      return null;
    case 'confirm':
      throw new CommandFailure(
        'pairing_unverified',
        'the approver answered without the secret part of the code, so the gateway could have put itself between',
        'use the whole code, or the link',
      );
    case 'paired':
      if (event.recoveryCode !== undefined) {
        show(`Recovery code, shown once. Keep it off this machine: ${event.recoveryCode}`);
      }
      return `Paired ${visible(event.workspace)} with ${visible(event.signerKeyId)} (${event.assurance}).`;
    case 'expired':
      throw new CommandFailure('pairing_expired', 'nobody answered before the code expired', '/airlock:pair');
    case 'refused':
      throw new CommandFailure('pairing_refused', `${event.reason}: ${event.message}`, '/airlock:pair');
    case 'error':
      throw new CommandFailure(event.code, event.message, event.fix);
  }
}

function agreement(isReachable: boolean): string {
  return isReachable
    ? 'It is being asked to agree.'
    : 'It cannot be asked; with the recovery code: airlock pair --recovery-code-stdin';
}
