import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type ApproverKeys, registration } from '@airlock/approver';
import { createGatewayClient, GatewayError } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import type { Cli } from '../cli/context.js';
import { CommandFailure, UsageError } from '../cli/failure.js';
import { askSecret } from '../cli/prompt.js';
import { createKeyFile, type KeyFile, unlockKeys } from './key-file.js';
import { approverKeys, openKeys } from './keys.js';
import type { Account, DeviceStore } from './store.js';
import { withAddress } from './unreachable.js';

const MIN_PASSPHRASE = 8;

/** How new keys are protected and named. */
export interface EnrollFlags {
  readonly patFile?: string;
  /** False with `--no-passphrase`. */
  readonly passphrase: boolean;
  readonly label?: string;
}

/** By what a new device is allowed to enroll. */
export type EnrollmentRight = { readonly pat: string } | { readonly enrollmentCode: string };

async function newPassphrase(cli: Cli): Promise<string> {
  const otherwise = 'run it in a terminal, or add --no-passphrase (announced as unprotected-key)';
  const first = await askSecret(cli, {
    message: `New passphrase for this approver's keys (at least ${MIN_PASSPHRASE} characters)`,
    otherwise,
  });
  if (Array.from(first).length < MIN_PASSPHRASE) {
    throw new CommandFailure('passphrase_too_short', `the passphrase has fewer than ${MIN_PASSPHRASE} characters`, {
      fix: 'type the command again with a longer one',
    });
  }
  const second = await askSecret(cli, { message: 'The same again', otherwise });
  if (first !== second)
    throw new CommandFailure('passphrase_mismatch', 'the two passphrases differ; no keys were made', {
      fix: 'type the command again',
    });
  return first;
}

/** The keys of this approver, made on first use. */
export async function ensureKeys(
  cli: Cli,
  store: DeviceStore,
  flags: EnrollFlags,
): Promise<{ file: KeyFile; keys: ApproverKeys }> {
  if (!store.hasKeys) {
    const passphrase = flags.passphrase ? await newPassphrase(cli) : null;
    const file = await createKeyFile(passphrase);
    store.writeKeys(file);

    return { file, keys: approverKeys(file, await unlockKeys(file, async () => passphrase ?? '')) };
  }
  const file = store.keys();
  return { file, keys: await openKeys(cli, file) };
}

/** The token in a file, without blanks around it. */
export function readPat(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${error instanceof Error ? error.message : 'error'})`);
  }
}

/** What to do about a gateway that does not enroll. */
function refusedEnrollment(error: unknown, gatewayUrl: string): unknown {
  if (!(error instanceof GatewayError)) return error;
  const { code, message, status } = error;
  if (status !== 404) return withAddress(error, gatewayUrl);
  return new CommandFailure(code, message, {
    fix: 'a new link: airlock pair in the workspace, or airlock gateway approver enroll --user NAME at the gateway',
    cause: error,
  });
}

/** Registers the device key and stores the tokens that the gateway issues for it (APPR-010). */
export async function enroll(
  store: DeviceStore,
  keys: ApproverKeys,
  request: { readonly gatewayUrl: string; readonly right: EnrollmentRight; readonly label: string | undefined },
): Promise<Account> {
  const { gatewayUrl, right } = request;
  const label = request.label ?? `terminal on ${hostname()}`.slice(0, 128);
  const gateway = createGatewayClient({
    origin: gatewayUrl,
    transport: nodeTransport(),
    credentials: { user: 'pat' in right ? { kind: 'pat', pat: right.pat } : { kind: 'none' } },
  });
  const at = Date.now();
  const code = 'enrollmentCode' in right ? { enrollmentCode: right.enrollmentCode } : {};
  const registered = await registration({ ...code, approverLabel: label, at }, keys.signer);
  const answer = await gateway.approvers.register(registered).catch((error: unknown) => {
    throw refusedEnrollment(error, gatewayUrl);
  });
  const { approverId, userId, accessToken, refreshToken } = answer;
  return await store.changeAccount(async () => ({
    version: 1,
    gatewayUrl,
    approverId,
    userId,
    label,
    accessToken,
    refreshToken,
  }));
}
