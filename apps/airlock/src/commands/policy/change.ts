import { once } from 'node:events';
import type { DaemonClient, PolicyChangeBody, PolicyChangeEvent } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { visible } from '../../cli/terminal.js';
import { here, type Here } from './here.js';

/** Milliseconds that an interrupted caller waits for its request to be withdrawn. */
const WITHDRAW_MS = 5_000;

/** Flags of every command that asks the approver. */
export interface AskFlags {
  readonly timeout: number;
  readonly json?: true;
}

/** A loosening that an approver has to sign. */
export type Change = PolicyChangeBody['change'];

/** A change that was signed and is in force. */
export type Applied = Extract<PolicyChangeEvent, { event: 'applied' }>;

type Refused = Extract<PolicyChangeEvent, { event: 'refused' }>;

function refusal({ outcome, code, reason, fix }: Refused): CommandFailure {
  switch (outcome) {
    case 'rejected':
      return new CommandFailure('rejected', `by the approver${reason === undefined ? '' : `: ${visible(reason)}`}`);
    case 'policy':
      return new CommandFailure(code ?? 'policy', `denied by policy${reason === undefined ? '' : `: ${reason}`}`, {
        fix,
      });
    case 'timeout':
      return new CommandFailure(code ?? 'timeout', 'nobody answered in time; nothing was changed');
    case 'failed':
    case 'withdrawn':
      return new CommandFailure(code ?? outcome, reason ?? 'nothing was changed', { fix });
  }
}

/** Asks the approver and follows the answer; an interruption withdraws the request first. */
class Asking {
  #submitted: (requestId: string) => void = () => undefined;
  readonly #requestId = new Promise<string>((resolve) => {
    this.#submitted = resolve;
  });
  #trouble: string | undefined;

  constructor(
    private readonly cli: Cli,
    private readonly client: DaemonClient,
  ) {}

  async follow(body: PolicyChangeBody, signal: AbortSignal): Promise<Applied> {
    const close = new AbortController();
    const interrupted = () => void this.#withdraw().finally(() => close.abort());
    signal.addEventListener('abort', interrupted, { once: true });
    try {
      for await (const event of this.client.changePolicy(body, { signal: close.signal })) {
        const applied = this.#read(event);
        if (applied !== null) return applied;
      }
    } finally {
      signal.removeEventListener('abort', interrupted);
    }
    throw new CommandFailure('bad_answer', 'the daemon ended without an answer', { fix: 'airlock daemon status' });
  }

  #read(event: PolicyChangeEvent): Applied | null {
    switch (event.event) {
      case 'submitted':
        this.#submitted(event.requestId);
        this.cli.say(`airlock: ${event.summary}`);
        this.cli.say(`airlock: waiting for the approver to sign ${event.requestId} (Ctrl-C withdraws it)`);
        return null;
      case 'retrying':
        this.#sayRetrying(event.code);
        return null;
      case 'applied':
        return event;
      case 'refused':
        throw refusal(event);
      case 'error':
        throw new CommandFailure(event.code, event.message, { fix: event.fix });
    }
  }

  /** Once per kind of trouble: the daemon goes on by itself, until the deadline. */
  #sayRetrying(code: string): void {
    if (this.#trouble === code) return;
    this.#trouble = code;
    this.cli.say(`airlock: ${code} the gateway does not take the request; trying again until the deadline`);
  }

  /** Withdraws what was submitted, or is about to be; closing the stream would not wait until it has happened. */
  async #withdraw(): Promise<void> {
    const late = AbortSignal.timeout(WITHDRAW_MS);
    const withdrawn = this.#requestId.then((id) => this.client.withdraw(id, 'interrupted', { signal: late }));
    await Promise.race([withdrawn.catch((error: unknown) => error), once(late, 'abort')]);
  }
}

/** What a command says once its change is in force. */
export interface Told {
  readonly line: string;
  /** Members of the JSON answer beside who signed which version. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Who asks for a change. */
export interface Asker {
  readonly cli: Cli;
  /** Aborted by an interruption. */
  readonly signal: AbortSignal;
  readonly flags: AskFlags;
  /** The daemon and the workspace; those of the current folder by default. */
  readonly at?: Here;
}

/** Has a change of the policy of this workspace signed, and says that it is in force. */
export async function ask({ cli, signal, flags, at }: Asker, change: Change, told: Told): Promise<number> {
  const { client, workspace } = at ?? (await here(cli, signal));
  const body = { workspace, change, timeoutSeconds: flags.timeout };
  const applied = await new Asking(cli, client).follow(body, signal);
  const { version, sha256, signerKeyId } = applied;
  if (flags.json) printJson(cli, { ...told.json, version, sha256, signerKeyId });
  else {
    cli.say(`airlock: ${told.line}`);
    cli.say(
      `airlock: signed by ${visible(signerKeyId)} as version ${version}; to see all of it: ${commandLine(cli, 'policy', 'show')}`,
    );
  }
  return 0;
}
