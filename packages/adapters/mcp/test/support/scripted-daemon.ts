import type { McpCallContent } from '@airlock/actions';
import type { OutcomeBody, RequestBody, RequestEvent, StatusAnswer } from '@airlock/runtime/client';
import type { ProxyDaemon } from '../../src/index.js';

export type Decided = Omit<Extract<RequestEvent, { event: 'decided' }>, 'event' | 'requestId'>;
/** What the human answers; a promise keeps everybody waiting, an event of its own is sent as it is. */
export type Verdict = 'approve' | 'reject' | Decided | Error;
export type Answer = Verdict | Promise<Verdict>;

/** A daemon that says what a test wants. */
export interface ScriptedDaemon extends ProxyDaemon {
  /** Every question, in order. */
  readonly asked: (Omit<RequestBody, 'action'> & { readonly action: McpCallContent })[];
  readonly claimed: string[];
  readonly outcomes: { readonly requestId: string; readonly outcome: OutcomeBody }[];
  /** Also what was given up before its decision. */
  readonly withdrawn: string[];
  /** For every question from now on. */
  answers(answer: (body: RequestBody) => Answer): void;
  /** What is done right before a claim is granted; false refuses it. */
  beforeClaim: () => boolean | Promise<boolean>;
}

export const REASON = 'not like this';

export function scriptedDaemon(): ScriptedDaemon {
  let answer: (body: RequestBody) => Answer = () => 'approve';

  async function* request(
    body: RequestBody,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<RequestEvent> {
    const requestId = `req-${String(daemon.asked.length + 1)}`;
    daemon.asked.push(body as unknown as (typeof daemon.asked)[number]);
    yield { event: 'submitted', requestId, expiresAt: 0, artifactHash: '' };
    const given = answer(body);
    let stop = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => {
        daemon.withdrawn.push(requestId);
        reject(new Error('aborted'));
      };
    });
    if (options?.signal?.aborted === true) stop();
    options?.signal?.addEventListener('abort', stop);
    const verdict = await Promise.race([given, aborted]).finally(() => {
      options?.signal?.removeEventListener('abort', stop);
    });
    if (verdict instanceof Error) throw verdict;
    yield { event: 'decided', requestId, ...decidedBy(verdict) };
  }

  const daemon: ScriptedDaemon = {
    ...{ asked: [], claimed: [], outcomes: [], withdrawn: [] },
    answers: (given) => {
      answer = given;
    },
    beforeClaim: () => true,
    status: async () => ({ workspaces: [] }) as unknown as StatusAnswer,
    request,
    claim: async (requestId) => {
      if (!(await daemon.beforeClaim())) return { granted: false, code: 'not_approved', message: 'no' };
      daemon.claimed.push(requestId);
      return { granted: true };
    },
    outcome: async (requestId, outcome) => {
      daemon.outcomes.push({ requestId, outcome });
      return { recorded: true };
    },
    withdraw: async (requestId) => {
      daemon.withdrawn.push(requestId);
      return { withdrawn: true };
    },
  };
  return daemon;
}

function decidedBy(verdict: 'approve' | 'reject' | Decided): Decided {
  if (verdict === 'approve') return { verdict: 'allow', outcome: 'approved' };
  if (verdict === 'reject') return { verdict: 'deny', outcome: 'rejected', reason: REASON };
  return verdict;
}
