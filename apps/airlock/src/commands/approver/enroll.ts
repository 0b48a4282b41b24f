import type { ApproverKeys } from '@airlock/approver';
import { GatewayError } from '@airlock/gateway-client';
import { readShownCode, parsePairingLink, PairingCodeError, type PairingResolution } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure, UsageError } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { askConfirmation, askLine } from '../../cli/prompt.js';
import { standardInputLines } from '../../cli/standard-input.js';
import { visible } from '../../cli/terminal.js';
import { assertSameGateway, clientOf, deviceStore } from '../../device/device.js';
import { isEnrollmentLink, readEnrollmentLink } from '../../device/enrollment-link.js';
import { enroll, type EnrollFlags, type EnrollmentRight, ensureKeys, readPat } from '../../device/enrollment.js';
import { answerPairing, type CompletedPairing } from '../../device/pairing.js';
import { withAddress } from '../../device/unreachable.js';
import type { DeviceFlags } from './device-flags.js';

export type InitFlags = DeviceFlags & EnrollFlags;
export type PairFlags = InitFlags & { readonly yes?: true };

interface Ticket {
  readonly gatewayUrl: string;
  readonly right: EnrollmentRight;
}

async function readTicket(cli: Cli, link: string | undefined, flags: InitFlags): Promise<Ticket> {
  const text = link === '-' ? (await standardInputLines())[0] : link;
  if (text !== undefined) {
    const { gatewayUrl, enrollmentCode } = readEnrollmentLink(text);
    return { gatewayUrl, right: { enrollmentCode } };
  }
  if (flags.gateway === undefined || flags.patFile === undefined) {
    throw new UsageError(
      'an approver enrolls with a one-time link or a token',
      'airlock approver init --gateway URL --pat-file FILE',
    );
  }
  return { gatewayUrl: flags.gateway, right: { pat: readPat(flags.patFile) } };
}

/** `airlock approver init`. */
export async function init(cli: Cli, link: string | undefined, flags: InitFlags): Promise<number> {
  const store = deviceStore(cli, flags);
  const known = store.account();
  if (known !== null) {
    throw new CommandFailure('already_enrolled', `this approver is enrolled with ${known.gatewayUrl} already`, {
      fix: `airlock approver pair, or another --key-dir`,
    });
  }
  const { gatewayUrl, right } = await readTicket(cli, link, flags);
  const { file, keys } = await ensureKeys(cli, store, flags);
  const account = await enroll(store, keys, { gatewayUrl, right, label: flags.label });
  const { approverId, userId } = account;
  if (flags.json)
    printJson(cli, { approverId, userId, gatewayUrl, keyDir: store.directory, protection: file.keys.protection });
  else {
    cli.say(`airlock: approver ${approverId} enrolled with ${gatewayUrl}; keys in ${store.directory}`);
    if (file.keys.protection === 'none')
      cli.say('airlock: WARNING these keys have no passphrase: this approver can never loosen policy');
    cli.say(`airlock: next: ${commandLine(cli, 'approver', 'pair')}`);
  }
  return 0;
}

interface TypedCode {
  readonly code: string;
  readonly secret: string | undefined;
  readonly gatewayUrl: string | undefined;
  readonly enrollmentCode: string | undefined;
}

/** The text of a code or link: from standard input, as typed, or asked for. */
async function readText(cli: Cli, typed: string | undefined): Promise<string> {
  const question = { message: 'Code or link that the workspace shows', otherwise: 'airlock approver pair - < FILE' };
  const text = typed === '-' ? (await standardInputLines())[0] : (typed ?? (await askLine(cli, question)));
  if (text === undefined || text === '')
    throw new UsageError('the code is missing', 'airlock approver pair CODE_OR_LINK');
  return text;
}

function readCode(text: string): TypedCode {
  try {
    if (text.includes('#')) return { enrollmentCode: undefined, ...parsePairingLink(text) };
    const { code, secret } = readShownCode(text);
    return { code, secret, gatewayUrl: undefined, enrollmentCode: undefined };
  } catch (error) {
    if (!(error instanceof PairingCodeError)) throw error;
    throw new UsageError(error.message, 'airlock approver pair CODE_OR_LINK');
  }
}

/** This approver, with keys and account; both are made here when the link or a token allows it. */
async function enrolled(cli: Cli, code: TypedCode, flags: PairFlags) {
  const store = deviceStore(cli, flags);
  const gatewayUrl = code.gatewayUrl ?? flags.gateway;
  const known = store.account();
  if (known !== null) assertSameGateway(known, gatewayUrl);
  const right = code.enrollmentCode === undefined ? undefined : { enrollmentCode: code.enrollmentCode };
  const ticket = right ?? (flags.patFile === undefined ? undefined : { pat: readPat(flags.patFile) });
  if (known === null && (ticket === undefined || gatewayUrl === undefined)) {
    throw new CommandFailure(
      'approver_not_enrolled',
      'this approver is not enrolled, and the code does not enroll it',
      {
        fix: 'airlock approver init --gateway URL --pat-file FILE',
      },
    );
  }
  const { keys } = await ensureKeys(cli, store, flags);
  if (known !== null) return { device: { store, account: known, gateway: clientOf(store, known.gatewayUrl) }, keys };
  if (ticket === undefined || gatewayUrl === undefined) throw new TypeError('unreachable');
  const account = await enroll(store, keys, { gatewayUrl, right: ticket, label: flags.label });
  cli.say(`airlock: approver ${account.approverId} enrolled with ${gatewayUrl}; keys in ${store.directory}`);
  return { device: { store, account, gateway: clientOf(store, gatewayUrl) }, keys };
}

interface Session {
  readonly resolution: PairingResolution;
  readonly secret: string | undefined;
  readonly keys: ApproverKeys;
}

/** Shows who wants to pair. Without the secret the gateway could stand between, so the human must say yes. */
async function agree(cli: Cli, flags: PairFlags, { resolution, secret }: Session): Promise<void> {
  const { enforcerLabel, workspaceName } = resolution;
  cli.say(
    `airlock: pairing with ${visible(`${enforcerLabel ?? '(no label)'}, workspace ${workspaceName ?? '(no name)'}`)}`,
  );
  if (secret !== undefined || flags.yes) return;
  cli.say(
    'airlock: WARNING six characters only: the gateway could stand between you. Prefer the full code or the link.',
  );
  const yes = await askConfirmation(cli, {
    message: 'Pair as gateway-trusted?',
    otherwise: 'airlock approver pair FULL_CODE, or add --yes',
  });
  if (!yes) throw new CommandFailure('pairing_declined', 'you declined the pairing');
}

function sayCompleted(cli: Cli, flags: PairFlags, { pairingId, answer }: CompletedPairing): void {
  const { assurance, safetyNumber, publishedFingerprint: fingerprint, record } = answer;
  const { enforcerLabel, workspaceName, signerKeyId } = record;
  if (flags.json) {
    printJson(cli, { pairingId, enforcerLabel, workspaceName, assurance, signerKeyId, safetyNumber, fingerprint });
    return;
  }
  const proof = assurance === 'verified' ? '; waiting for proof until the first request arrives' : '';
  cli.say(`airlock: paired (${assurance})${proof}`);
  if (assurance !== 'verified') {
    cli.say(
      `airlock: safety number ${safetyNumber}, fingerprint ${fingerprint}: the workspace's terminal must show the same`,
    );
  }
  cli.say('airlock: next, see what waits, or watch it come:');
  cli.say(`  ${commandLine(cli, 'approver', 'inbox')}`);
  cli.say(`  ${commandLine(cli, 'approver', 'watch')}`);
}

/** A code that leads nowhere, or a gateway that is not there. */
function unresolved(error: unknown, gatewayUrl: string): unknown {
  if (!(error instanceof GatewayError) || error.status !== 404) return withAddress(error, gatewayUrl);
  return new CommandFailure(error.code, 'the pairing code is unknown, used or expired', {
    fix: 'a new code: airlock pair in the workspace',
    cause: error,
  });
}

/** `airlock approver pair`. */
export async function pair(cli: Cli, typed: string | undefined, flags: PairFlags): Promise<number> {
  const text = await readText(cli, typed);
  if (isEnrollmentLink(text)) return await init(cli, text, flags);
  const code = readCode(text);
  const { device, keys } = await enrolled(cli, code, flags);
  const resolution = await device.gateway.pairing.resolve(code.code).catch((error: unknown) => {
    throw unresolved(error, device.account.gatewayUrl);
  });
  const session: Session = { resolution, secret: code.secret, keys };
  await agree(cli, flags, session);
  sayCompleted(cli, flags, await answerPairing(cli, device, session));
  return 0;
}
