import { GatewayError } from '@airlock/gateway-client';
import { visible } from '@airlock/adapter-run';
import { base64UrlDecode } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { aligned } from '../../cli/table.js';
import { type Device, openDevice } from '../../device/device.js';
import { type StandingRow, standingRows } from '../../device/standing-words.js';
import { timeLeft } from '../../device/time-words.js';
import { withAddress } from '../../device/unreachable.js';
import type { DeviceFlags } from './device-flags.js';

const KEY_BYTES = 32;

/** Every standing policy of this user that has not ended, as the gateway lists it. */
async function standingOf(device: Device) {
  const { body } = await device.gateway.policies.list().catch((error: unknown) => {
    throw withAddress(error, device.account.gatewayUrl);
  });
  const publicKey = base64UrlDecode(device.store.keys().signerPublicKey, KEY_BYTES);
  return standingRows(body, { memory: device.store.memory(), publicKey });
}

function cells(row: StandingRow, at: number): readonly string[] {
  const { policyId, effect, workspace, selects, expiresAt, signedHere } = row;
  const warning = effect === 'approve' && !signedHere ? '  NOT SIGNED BY THIS APPROVER' : '';
  const what = `${selects}${warning}`;
  return [
    visible(policyId),
    effect === 'approve' ? 'approves' : 'refuses',
    row.scope,
    visible(workspace),
    timeLeft(expiresAt, at),
    what,
  ];
}

/** The list for a human, in the order in which they were made. */
export function grantLines(rows: readonly StandingRow[], at: number): readonly string[] {
  return aligned([['POLICY', 'EFFECT', 'SCOPE', 'WORKSPACE', 'ENDS', 'WHAT'], ...rows.map((row) => cells(row, at))]);
}

/** `airlock approver grants`: what is decided without asking for some time (APPR-220). */
export async function grants(cli: Cli, flags: DeviceFlags): Promise<number> {
  const { rows, unreadable } = await standingOf(openDevice(cli, flags));
  if (flags.json) {
    printJson(cli, rows);
    return 0;
  }
  if (unreadable > 0) cli.say(`airlock: the gateway lists ${unreadable} more that are no policies of this protocol`);
  if (rows.length === 0) {
    cli.say('airlock: nothing is approved or refused without asking');
    return 0;
  }
  for (const line of grantLines(rows, Date.now())) cli.print(line);
  cli.say(`airlock: end one with ${commandLine(cli, 'approver', 'end')} POLICY`);
  return 0;
}

/** `airlock approver end`: deletes a standing policy; a workspace stops honouring it within 15 s (DND-120). */
export async function end(cli: Cli, policyId: string, flags: DeviceFlags): Promise<number> {
  const device = openDevice(cli, flags);
  try {
    await device.gateway.policies.remove(policyId);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.status !== 404) throw withAddress(error, device.account.gatewayUrl);
    throw new CommandFailure('not_found', `there is no standing policy ${policyId}; it may have ended`, {
      fix: 'airlock approver grants',
      cause: error,
    });
  }
  if (flags.json) printJson(cli, { policyId, ended: true });
  else cli.say(`airlock: ended ${policyId}; workspaces stop acting on it within 15 seconds`);
  return 0;
}
