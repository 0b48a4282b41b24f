import { completePairing, type PairingAnswer, recordPairing } from '@airlock/approver';
import type { ApproverKeys } from '@airlock/approver';
import { type PairingResolution, parsePairingId } from '@airlock/protocol';
import type { Cli } from '../cli/context.js';
import type { Device } from './device.js';
import { runsOnSameHost } from './same-host.js';

/** A completed pairing. */
export interface CompletedPairing {
  readonly pairingId: string;
  readonly answer: PairingAnswer;
}

/** What this approver announces in a pairing (CRYP-210, PAIR-225). */
async function capabilities(cli: Cli, device: Device, enforcerId: string): Promise<readonly string[]> {
  const unprotected = device.store.keys().keys.protection === 'none';
  const sameHost = await runsOnSameHost(cli, device.account.gatewayUrl, enforcerId);
  return [
    'harp-decision/1',
    'signed-dnd/1',
    ...(unprotected ? ['unprotected-key'] : []),
    ...(sameHost ? ['same-host'] : []),
  ];
}

/** Answers a pairing session and remembers the pairing. Uses up the secret, whatever comes of it. */
export async function answerPairing(
  cli: Cli,
  device: Device,
  session: { readonly resolution: PairingResolution; readonly secret: string | undefined; readonly keys: ApproverKeys },
): Promise<CompletedPairing> {
  const { resolution, secret, keys } = session;
  const answer = await completePairing(
    {
      resolution,
      approverId: device.account.approverId,
      ...(secret === undefined ? {} : { secret }),
      capabilities: await capabilities(cli, device, resolution.enforcerId),
      deviceId: device.account.approverId,
      at: Date.now(),
    },
    keys,
  );
  const completed = await device.gateway.pairing.complete(answer.request);
  const pairingId = parsePairingId(completed.pairingId);
  await device.store.changeMemory(async (memory) => ({
    memory: recordPairing(memory, answer, pairingId),
    result: undefined,
  }));
  return { pairingId, answer };
}
