import { type ActionPlaintext, approvedCommits } from '@airlock/actions';
import type { Exchange } from '@airlock/enforcer';
import type { Receipt } from '@airlock/protocol';
import type { EngineHost } from '../engine/engine-host.js';
import { RuntimeError } from '../errors.js';

/** Plaintexts that are kept of actions under execution whose end nobody told; the oldest are forgotten first. */
const MOST_UNDER_EXECUTION = 16;

type Approved = Extract<Exchange, { readonly name: 'Approved' | 'Executed' }>;

/** What is about to be put to the human. */
interface Submitted {
  readonly requestId: string;
  readonly kind: string;
  readonly plaintext: ActionPlaintext;
}

/** What proves the approval of a git action, for as long as its adapter may need it. */
export class Receipts {
  readonly #host: Pick<EngineHost, 'state' | 'watch'>;
  readonly #plaintexts = new Map<string, ActionPlaintext>();

  constructor(host: Pick<EngineHost, 'state' | 'watch'>) {
    this.#host = host;
    host.watch(() => this.#forgetEnded());
  }

  /** Keeps the text of a git action. */
  note({ requestId, kind, plaintext }: Submitted): void {
    if (kind === 'git-commit' || kind === 'git-push') this.#plaintexts.set(requestId, plaintext);
  }

  /** From the decision until the outcome is told. Throws `no_receipt`. */
  of(requestId: string): Receipt {
    const artifact = this.#plaintexts.get(requestId)?.text;
    const approved = artifact === undefined ? null : this.#approved(requestId);
    const evidence = approved?.decision.evidence;
    if (artifact === undefined || approved === null || evidence === undefined) {
      throw new RuntimeError('no_receipt', `there is no receipt for ${requestId}`);
    }
    const { signerKeyId: keyId, publicKey } = approved.facts.signer;
    return { type: 'airlock.receipt', v: 1, artifact, decision: evidence, signer: { keyId, publicKey } };
  }

  /** Object ids of the commits that a git action puts before the human whole; none for everything else. */
  commitsOf(requestId: string): readonly string[] {
    const plaintext = this.#plaintexts.get(requestId);
    return plaintext === undefined ? [] : approvedCommits(plaintext.action).map(({ id }) => id);
  }

  #approved(requestId: string): Approved | null {
    const exchange = this.#host.state.exchanges[requestId];
    if (exchange?.name === 'Approved') return exchange;
    return exchange?.name === 'Executed' && exchange.result === null ? exchange : null;
  }

  #forgetEnded(): void {
    const underExecution: string[] = [];
    for (const requestId of this.#plaintexts.keys()) {
      const exchange = this.#host.state.exchanges[requestId];
      if (exchange === undefined || isOver(exchange)) this.#plaintexts.delete(requestId);
      else if (exchange.name === 'Executed') underExecution.push(requestId);
    }
    for (const requestId of underExecution.slice(0, -MOST_UNDER_EXECUTION)) this.#plaintexts.delete(requestId);
  }
}

function isOver(exchange: Exchange): boolean {
  switch (exchange.name) {
    case 'Created':
    case 'Submitting':
    case 'AwaitingDecision':
    case 'Approved':
      return false;
    case 'Executed':
      return exchange.result !== null;
    case 'Denied':
    case 'Expired':
    case 'Withdrawn':
    case 'Failed':
      return true;
  }
}
