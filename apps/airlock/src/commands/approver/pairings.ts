import { revokePairing } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { type Cli, printJson } from '../../cli/context.js';
import { openDevice } from '../../device/device.js';
import { withAddress } from '../../device/unreachable.js';
import type { DeviceFlags } from './device-flags.js';

/** `airlock approver pairings`: the gateway's list, with what this approver itself knows about each. Keys of ended ones go (APPR-130). */
export async function list(cli: Cli, flags: DeviceFlags): Promise<number> {
  const device = openDevice(cli, flags);
  const own = new Map(device.store.memory().pairings.map((each) => [String(each.pairingId), each]));
  const { items } = await device.gateway.pairing.list().catch((error: unknown) => {
    throw withAddress(error, device.account.gatewayUrl);
  });
  const rows = items
    .filter((item) => item.approverId === device.account.approverId)
    .map((item) => {
      const known = own.get(item.pairingId);
      return {
        pairingId: item.pairingId,
        workspace: known?.workspaceName ?? item.workspaceName ?? '',
        enforcerLabel: known?.enforcerLabel ?? item.enforcerLabel ?? '',
        enforcerId: item.enforcerId,
        state: item.state,
        assurance: known?.assurance ?? null,
        proven: known?.proven ?? false,
        createdAt: item.createdAt,
      };
    });
  const ended = rows.filter((row) => row.state !== 'Completed').map((row) => row.pairingId);
  await device.store.changeMemory(async (memory) => ({
    memory: ended.reduce<typeof memory>(revokePairing, memory),
    result: undefined,
  }));
  if (flags.json) printJson(cli, rows);
  for (const row of flags.json ? [] : rows) {
    const proof = row.proven ? '' : ', waiting for proof';
    cli.print(
      visible(
        `${row.pairingId}  ${row.state}  ${row.workspace}  ${row.enforcerLabel}  (${row.assurance ?? 'unknown here'}${proof})`,
      ),
    );
  }
  return 0;
}

/** `airlock approver revoke`. */
export async function revoke(cli: Cli, pairingId: string, flags: DeviceFlags): Promise<number> {
  const device = openDevice(cli, flags);
  await device.gateway.pairing.remove(pairingId);
  await device.store.changeMemory(async (memory) => ({ memory: revokePairing(memory, pairingId), result: undefined }));
  if (flags.json) printJson(cli, { pairingId, revoked: true });
  else cli.say(`airlock: revoked ${pairingId}; what it still asks is refused`);
  return 0;
}
