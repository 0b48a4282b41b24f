import type { Ports } from '../ports/ports.js';
import type { DecisionsAnswer, RequestEvent } from '../socket/api.js';

/** Decisions that are kept, whoever decided; the oldest are forgotten first. */
const MOST = 50;

/** How kinds of actions look. Where nothing is asked, nobody has checked what the caller sent. */
const KIND = /^[a-z][a-z.-]{0,63}$/;

type Decision = DecisionsAnswer['decisions'][number];

/** What was asked, as far as lists show it. */
export interface DecidedRequest {
  /** Real path. */
  readonly workspace: string;
  readonly action: { readonly kind?: unknown };
  readonly source: string;
}

/** The newest decisions since the daemon started, those about its own changes of policy too. Nothing of an action is in them. */
export class RecentDecisions {
  readonly #now: Ports['now'];
  /** The newest last. */
  readonly #decisions: Decision[] = [];

  constructor({ now }: Pick<Ports, 'now'>) {
    this.#now = now;
  }

  /** Keeps what decided a request; other events say nothing. */
  note({ workspace, action, source }: DecidedRequest, event: RequestEvent): void {
    if (event.event !== 'decided') return;
    const { requestId, verdict, outcome, code, reason } = event;
    const { kind } = action;
    this.#decisions.push({
      requestId,
      workspace,
      source,
      kind: typeof kind === 'string' && KIND.test(kind) ? kind : 'unknown',
      verdict,
      outcome,
      ...(code === undefined ? {} : { code }),
      ...(reason === undefined ? {} : { reason }),
      decidedAt: Math.floor(this.#now()),
    });
    if (this.#decisions.length > MOST) this.#decisions.shift();
  }

  list(): DecisionsAnswer {
    return { decisions: this.#decisions.toReversed() };
  }
}
