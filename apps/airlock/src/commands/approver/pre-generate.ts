import { randomBytes } from 'node:crypto';
import { rememberPreGenerated, takeSecret } from '@airlock/approver';
import { GatewayError } from '@airlock/gateway-client';
import {
  formatShownCode,
  makePairingSecret,
  type PairingResolution,
  parsePairingCode,
  parseTime,
  TYPED_SECRET_DIGITS,
} from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { requireTerminal, visible } from '../../cli/terminal.js';
import { type Device, openDevice } from '../../device/device.js';
import { openKeys } from '../../device/keys.js';
import { answerPairing } from '../../device/pairing.js';
import type { DeviceFlags } from './device-flags.js';

const POLL_MS = 1_000;
const SECRET_RANDOM_BYTES = 20;

type Flags = DeviceFlags & { readonly note?: string };

/** Makes the secret, asks the gateway for a code and remembers both. */
async function newCode(device: Device, note: string | undefined) {
  const { approverId } = device.account;
  const answer = await device.gateway.pairing.preGenerate({ approverId, ...(note === undefined ? {} : { note }) });
  const secret = makePairingSecret(new Uint8Array(randomBytes(SECRET_RANDOM_BYTES)), TYPED_SECRET_DIGITS);
  const { pairingNonce } = answer;
  const expiresAt = parseTime(answer.expiresAt);
  await device.store.changeMemory(async (memory) => ({
    memory: rememberPreGenerated(memory, { pairingNonce, secret, expiresAt }),
    result: undefined,
  }));
  return {
    shown: formatShownCode(parsePairingCode(answer.pairingCode), secret),
    pairingNonce,
    expiresAt,
    until: answer.expiresAt,
  };
}

/** The session once a workspace claimed it; undefined while none has. */
async function claimed(device: Device, pairingNonce: string): Promise<PairingResolution | undefined> {
  try {
    const resolution = await device.gateway.pairing.resolve(pairingNonce);
    return resolution.enforcerId === '' ? undefined : resolution;
  } catch (error) {
    if (error instanceof GatewayError && error.status === 404) return undefined;
    throw error;
  }
}

async function waitForClaim(
  device: Device,
  code: Awaited<ReturnType<typeof newCode>>,
  signal: AbortSignal,
): Promise<PairingResolution> {
  while (Date.now() < code.expiresAt && !signal.aborted) {
    const resolution = await claimed(device, code.pairingNonce);
    if (resolution !== undefined) return resolution;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new CommandFailure('pairing_expired', 'no workspace claimed the code in time', {
    fix: 'airlock approver pre-generate',
  });
}

/** `airlock approver pre-generate`: shows a code and answers the workspace that claims it. */
export function preGenerate(cli: Cli, flags: Flags): Promise<number> {
  return interruptible(cli, async (signal) => {
    const device = openDevice(cli, flags);
    const terminal = flags.json ? null : requireTerminal('the pairing code');
    const keys = await openKeys(cli, device.store.keys());
    const code = await newCode(device, flags.note);
    if (terminal === null) printJson(cli, { event: 'code', code: code.shown, expiresAt: code.until });
    else {
      terminal.write(`Code  ${code.shown}`);
      terminal.write(`Until ${code.until}`);
      terminal.write('Type it in the workspace: airlock pair --claim');
    }
    const resolution = await waitForClaim(device, code, signal);
    const secret = await device.store.changeMemory(async (memory) => {
      const taken = takeSecret(memory, code.pairingNonce, Date.now());
      return { memory: taken.memory, result: taken.secret };
    });
    const { pairingId, answer } = await answerPairing(cli, device, { resolution, secret, keys });
    const { enforcerLabel, workspaceName } = answer.record;
    if (flags.json)
      printJson(cli, { event: 'paired', pairingId, enforcerLabel, workspaceName, assurance: answer.assurance });
    else
      cli.say(`airlock: paired with ${visible(`${enforcerLabel}, workspace ${workspaceName}`)} (${answer.assurance})`);
    return 0;
  });
}
