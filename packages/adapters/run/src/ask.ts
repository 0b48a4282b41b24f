import type { Basis, DaemonClient, RequestBody, RequestEvent } from '@airlock/runtime/client';
import { basisLine, type Decision, decisionOf } from './basis.js';
import { type Say, visible } from './messages.js';
import type { Interruption } from './waiting.js';

/** Milliseconds that an interrupted caller waits for its request to be withdrawn. */
const WITHDRAW_MS = 5_000;

/** What `airlock run` needs of the daemon. */
export type RunDaemon = Pick<DaemonClient, 'request' | 'claim' | 'outcome' | 'withdraw'>;

/** A daemon, and the folder of the paired workspace that the caller stands in. */
export interface Connection {
  readonly daemon: RunDaemon;
  readonly workspace: string;
}

/** The end of asking. */
export type Answer =
  /** The call may go ahead once it is claimed; `decision` and `basis` say by what. */
  | {
      readonly answer: 'go';
      readonly requestId: string;
      readonly decision: Decision;
      readonly basis?: Basis | undefined;
    }
  | {
      readonly answer: 'deny';
      readonly outcome: 'rejected' | 'policy' | 'timeout' | 'failed';
      readonly requestId?: string | undefined;
      readonly code?: string | undefined;
      readonly reason?: string | undefined;
      readonly fix?: string | undefined;
    }
  | { readonly answer: 'interrupted'; readonly requestId: string | undefined };

type Denial = Extract<Answer, { answer: 'deny' }>;

function denial(outcome: Denial['outcome'], event: Omit<Denial, 'answer' | 'outcome'>): Denial {
  const { requestId, code, reason, fix } = event;
  return { answer: 'deny', outcome, requestId, code, reason, fix };
}

function readDecided(event: Extract<RequestEvent, { event: 'decided' }>): Answer {
  const { requestId, verdict, outcome, basis } = event;
  if (verdict !== 'deny') {
    const decision = decisionOf(verdict, outcome, basis);
    if (decision !== null) return { answer: 'go', requestId, decision, basis };
  }
  switch (outcome) {
    case 'rejected':
    case 'policy':
    case 'timeout':
    case 'failed':
      return denial(outcome, event);
    case 'withdrawn':
      return denial('failed', { ...event, code: event.code ?? 'withdrawn' });
    case 'approved':
    case 'passed':
      return denial('failed', { ...event, code: event.code ?? 'bad_answer' });
  }
}

async function within(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One question to the daemon: reads its stream, and withdraws it when the caller is interrupted. */
class Question {
  readonly #close = new AbortController();
  #submitted: (requestId: string) => void = () => undefined;
  readonly submitted = new Promise<string>((resolve) => {
    this.#submitted = resolve;
  });
  requestId: string | undefined;
  #trouble: string | undefined;

  constructor(
    private readonly daemon: RunDaemon,
    private readonly say: Say,
  ) {}

  async read(body: RequestBody): Promise<Answer> {
    for await (const event of this.daemon.request(body, { signal: this.#close.signal })) {
      switch (event.event) {
        case 'submitted':
          this.requestId = event.requestId;
          this.#submitted(event.requestId);
          this.say(`waiting for the approver to decide about ${event.requestId} (Ctrl-C withdraws it)`);
          break;
        case 'retrying':
          this.#sayRetrying(event.code);
          break;
        case 'decided':
          return this.#decided(readDecided(event));
        case 'error':
          return denial('failed', { code: event.code, reason: event.message, fix: event.fix });
      }
    }
    return denial('failed', { code: 'bad_answer', reason: 'the daemon ended without an answer' });
  }

  /** Where nobody was asked, the human at the terminal is told why. */
  #decided(answer: Answer): Answer {
    if (answer.answer === 'go' && answer.basis !== undefined) {
      this.say(visible(basisLine(answer.basis, Date.now())));
    }
    return answer;
  }

  /** Once per kind of trouble: the daemon goes on by itself, until the deadline. */
  #sayRetrying(code: string): void {
    if (this.#trouble === code) return;
    this.#trouble = code;
    this.say(`${code} the gateway does not take the request; trying again until the deadline (Ctrl-C ends it)`);
  }

  /** Withdraws what was submitted, or is about to be, then closes the stream. */
  async withdraw(): Promise<void> {
    const withdrawn = this.submitted.then((requestId) => this.daemon.withdraw(requestId, 'interrupted'));
    // A daemon that cannot withdraw any more has already denied the request, or does so when the stream closes.
    await within(
      withdrawn.catch((error: unknown) => error),
      WITHDRAW_MS,
    );
    this.#close.abort();
  }
}

/**
 * Asks and waits for the answer. An interruption withdraws the request first and resolves as `interrupted`.
 *
 * @throws RuntimeError when the daemon cannot be talked to
 */
export async function ask(
  daemon: RunDaemon,
  body: RequestBody,
  caller: { readonly interruption: Interruption; readonly say: Say },
): Promise<Answer> {
  const question = new Question(daemon, caller.say);
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (caller.interruption.signal.aborted) resolve('interrupted');
    caller.interruption.signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const reading = question.read(body);
  const first = await Promise.race([reading, interrupted]);
  if (first !== 'interrupted') return first;
  reading.catch((error: unknown) => error);
  await question.withdraw();
  return { answer: 'interrupted', requestId: question.requestId };
}
