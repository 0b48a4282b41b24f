import type { DaemonClient, PairBody, PairEvent } from '@airlock/runtime/client';
import { renderUnicodeCompact } from 'uqr';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { CommandFailure, UsageError } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { commandLine, shellWord } from '../../cli/invocation.js';
import { askConfirmation, askLine } from '../../cli/prompt.js';
import { standardInputLines, standardInputStream } from '../../cli/standard-input.js';
import { type ControllingTerminal, requireTerminal, visible } from '../../cli/terminal.js';
import { workspaceFolder } from '../../cli/workspace.js';

export interface PairFlags {
  readonly claim?: true;
  readonly workspace?: string;
  readonly recoveryCodeStdin?: true;
  readonly json?: true;
}

/** The human who reads the codes and confirms: at the controlling terminal, or the caller of `--json`. */
export interface Human {
  shows(event: PairEvent): void;
  confirms(event: Extract<PairEvent, { event: 'confirm' }>): Promise<boolean>;
}

function time(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The caller of `--json`: sees everything on standard output, answers `yes` on standard input. */
export function jsonHuman(cli: Cli): Human {
  const lines = standardInputStream();
  return {
    shows: (event) => {
      const expiresAt = event.event === 'pairing' ? { expiresAt: time(event.expiresAt) } : {};
      if (event.event !== 'error') printJson(cli, { ...event, ...expiresAt });
    },
    confirms: async () => {
      for await (const line of lines) return line.trim() === 'yes';
      return false;
    },
  };
}

/** The code as a picture, or why there is none: a wrapped one cannot be read. */
function qrCode(link: string, columns: number): string {
  const picture = renderUnicodeCompact(link, { border: 2 });
  const width = picture.indexOf('\n');
  if (columns >= width) return picture;
  return `(no QR code: it is ${width} columns wide, this terminal ${columns})`;
}

function showPairing(cli: Cli, terminal: ControllingTerminal, event: Extract<PairEvent, { event: 'pairing' }>): void {
  if (event.code === '') {
    cli.say('airlock: code accepted; confirm on the approver');
    return;
  }
  const lines = [
    '',
    qrCode(event.link, cli.terminalColumns()),
    '',
    `Code  ${event.code}`,
    `Link  ${event.link}`,
    `Until ${time(event.expiresAt)}`,
    '',
    'Terminal 2 (the human): pair a terminal approver',
    `  ${commandLine(cli, 'approver', 'pair')} ${shellWord(event.link)}`,
  ];
  for (const line of lines) terminal.write(line);
}

/** What replacing a pinned approver needs (PAIR-260). */
function oldApprover(cli: Cli, event: Extract<PairEvent, { event: 'old-approver' }>): string {
  const name = visible(event.signerKeyId);
  if (event.reachable)
    return `${name} is the approver of this workspace; it is being asked to agree to its replacement`;
  return `${name} is the approver of this workspace and cannot be asked: ${commandLine(cli, 'pair', '--recovery-code-stdin')}`;
}

/** The person at the controlling terminal. */
export function terminalHuman(cli: Cli, terminal: ControllingTerminal): Human {
  return {
    shows: (event) => {
      switch (event.event) {
        case 'pairing':
          showPairing(cli, terminal, event);
          break;
        case 'paired':
          cli.say(`airlock: paired ${event.workspace} with ${visible(event.signerKeyId)} (${event.assurance})`);
          if (event.recoveryCode !== undefined) {
            terminal.write(`Recovery code, shown once. Keep it off this machine: ${event.recoveryCode}`);
          }
          break;
        case 'old-approver':
          cli.say(`airlock: ${oldApprover(cli, event)}`);
          break;
        case 'confirm':
        case 'expired':
        case 'refused':
        case 'error':
          break;
      }
    },
    confirms: (event) => {
      terminal.write(
        'The approver answered without the secret part of the code: the gateway could have put itself between.',
      );
      terminal.write(`Safety number ${event.safetyNumber}`);
      terminal.write(`Fingerprint   ${visible(event.fingerprint)}`);
      return askConfirmation(cli, {
        message: 'Does the approver show the same, and accept it as gateway-trusted?',
        otherwise: 'airlock pair, in a terminal',
      });
    },
  };
}

/** What to type after a refusal, where it is not to pair again. */
const REFUSAL_ADVICE: Readonly<Record<string, string>> = {
  not_signed_in: 'airlock sign-in --gateway URL',
  timestamp: 'set the clocks, then airlock pair',
  key_pinned: 'airlock pair --recovery-code-stdin',
  recovery_code_wrong: 'airlock pair --recovery-code-stdin',
  gateway: 'airlock doctor',
  state_unwritable: 'airlock doctor',
  shutting_down: 'airlock daemon start',
};

/** Follows the stream of a pairing to its end; resolves when paired. */
export async function followPairing(
  client: DaemonClient,
  events: AsyncIterable<PairEvent>,
  human: Human,
): Promise<void> {
  for await (const event of events) {
    human.shows(event);
    switch (event.event) {
      case 'pairing':
      case 'old-approver':
        break;
      case 'confirm':
        await client.confirmPairing(event.pairingId, await human.confirms(event));
        break;
      case 'paired':
        return;
      case 'expired':
        throw new CommandFailure('pairing_expired', 'nobody answered before the code expired', { fix: 'airlock pair' });
      case 'refused':
        throw new CommandFailure('pairing_refused', `${event.reason}: ${event.message}`, {
          fix: REFUSAL_ADVICE[event.reason] ?? 'airlock pair',
        });
      case 'error':
        throw new CommandFailure(event.code, event.message, { fix: event.fix });
    }
  }
  throw new CommandFailure('bad_answer', 'the daemon ended without an answer');
}

interface TypedSecrets {
  readonly shownCode?: string;
  readonly recoveryCode?: string;
}

/** Codes from standard input, the shown code before the recovery code, or from the terminal; never from argv. */
async function readSecrets(cli: Cli, source: string | undefined, flags: PairFlags): Promise<TypedSecrets> {
  if (source !== undefined && (source !== '-' || flags.claim === undefined)) {
    throw new UsageError(
      'a code is never typed as an argument',
      'airlock pair --claim, or airlock pair --claim - < FILE',
    );
  }
  const onStdin = source === '-' || flags.recoveryCodeStdin === true;
  const lines = onStdin ? [...(await standardInputLines())] : [];
  const question = { message: 'Code that the approver shows', otherwise: 'airlock pair --claim - < FILE' };
  const shownCode =
    flags.claim === undefined ? undefined : source === '-' ? lines.shift() : await askLine(cli, question);
  const recoveryCode = flags.recoveryCodeStdin ? lines.shift() : undefined;
  if (flags.claim && !shownCode) throw new UsageError('the code is missing', 'airlock pair --claim - < FILE');
  if (flags.recoveryCodeStdin && !recoveryCode) throw new UsageError('the recovery code is missing on standard input');
  return { ...(shownCode ? { shownCode } : {}), ...(recoveryCode ? { recoveryCode } : {}) };
}

/** `airlock pair`. */
export function pair(cli: Cli, source: string | undefined, flags: PairFlags): Promise<number> {
  return interruptible(cli, async (signal) => {
    const workspace = workspaceFolder(flags.workspace);
    const secrets = await readSecrets(cli, source, flags);
    const terminal = flags.json ? null : requireTerminal(flags.claim ? 'the recovery code' : 'the pairing code');
    const client = await daemon(cli, { signal });
    const body: PairBody = {
      workspace,
      mode: flags.claim ? 'claim' : 'initiate',
      canConfirm: flags.json === true || cli.stdinIsTerminal,
      ...secrets,
    };
    const events = client.pair(body, { signal });
    await followPairing(client, events, terminal === null ? jsonHuman(cli) : terminalHuman(cli, terminal));
    return 0;
  });
}
