import type { DecisionsAnswer, RequestBody, RequestEvent, RequestsAnswer, StatusAnswer } from '@airlock/runtime/client';
import type { ServeDaemon } from '../../src/serve/ports.js';

export type Word = Omit<Extract<RequestEvent, { event: 'decided' }>, 'event' | 'requestId'>;

export const APPROVED: Word = { verdict: 'allow', outcome: 'approved' };
export const TIMEOUT: Word = { verdict: 'deny', outcome: 'timeout' };
export const rejected = (reason?: string): Word => ({
  verdict: 'deny',
  outcome: 'rejected',
  ...(reason === undefined ? {} : { reason }),
});

/** A daemon whose human decides when the test says so. */
export interface AskingDaemon extends ServeDaemon {
  /** Every question, in order. */
  readonly asked: RequestBody[];
  readonly claimed: string[];
  readonly outcomes: string[];
  /** Left before a decision, or taken back by name. */
  readonly withdrawn: string[];
  /** Answers the n-th question, asked already or not. */
  decide(index: number, word: Word): void;
  /** For every question from now on, instead of waiting for {@link decide}. */
  always: Word | null;
  /** Why a claim is refused; null grants it. */
  claimRefused: string | null;
  paired: boolean;
}

export function askingDaemon(folder: string): AskingDaemon {
  const given = new Map<number, { readonly word: Promise<Word>; readonly give: (word: Word) => void }>();
  const wordAbout = (index: number) => {
    const found = given.get(index);
    if (found !== undefined) return found;
    let give: (word: Word) => void = () => undefined;
    const word = new Promise<Word>((resolve) => {
      give = resolve;
    });
    given.set(index, { word, give });
    return { word, give };
  };

  async function* request(
    body: RequestBody,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<RequestEvent> {
    const requestId = body.requestId ?? 'none';
    const index = daemon.asked.push(body) - 1;
    yield { event: 'submitted', requestId, expiresAt: 0, artifactHash: 'a'.repeat(64) };
    const left = new Promise<never>((_, reject) => {
      const leave = () => {
        daemon.withdrawn.push(requestId);
        reject(new Error('aborted'));
      };
      if (options?.signal?.aborted) leave();
      options?.signal?.addEventListener('abort', leave, { once: true });
    });
    const word = await Promise.race([left, daemon.always ?? wordAbout(index).word]);
    yield { event: 'decided', requestId, ...word };
  }

  const daemon: AskingDaemon = {
    ...{ asked: [], claimed: [], outcomes: [], withdrawn: [], always: null, claimRefused: null, paired: true },
    decide: (index, word) => wordAbout(index).give(word),
    request,
    status: async () => statusOf(folder, daemon.paired),
    claim: async (requestId) => {
      if (daemon.claimRefused !== null) return { granted: false, code: daemon.claimRefused, message: 'no' };
      daemon.claimed.push(requestId);
      return { granted: true };
    },
    outcome: async (requestId, { result }) => {
      daemon.outcomes.push(`${requestId} ${result}`);
      return { recorded: true };
    },
    withdraw: async (requestId) => {
      daemon.withdrawn.push(requestId);
      return { withdrawn: true };
    },
    requests: async () => requestsOf(folder),
    decisions: async () => decisionsOf(folder),
  };
  return daemon;
}

function statusOf(path: string, paired: boolean): StatusAnswer {
  const workspace = { path, paired, state: 'paired', assurance: 'verified', auto: false, failMode: 'closed' };
  return {
    signedIn: true,
    gatewayUrl: 'https://gateway.example',
    presence: 'online',
    openRequests: 1,
    problems: paired ? [] : [{ code: 'policy_void', message: 'no policy', fix: 'airlock pair' }],
    workspaces: paired ? [{ ...workspace, patterns: ['npm test'] }] : [],
  } as unknown as StatusAnswer;
}

const AT = Date.parse('2026-03-02T14:00:31.000Z');
const PLACES = { source: 'run', kind: 'command' };

function requestsOf(workspace: string): RequestsAnswer {
  const row = { ...PLACES, state: 'AwaitingDecision', createdAt: AT, expiresAt: AT + 1000 };
  return {
    requests: [
      { requestId: 'req-here', workspace, ...row },
      { requestId: 'req-there', workspace: '/elsewhere', ...row },
    ],
  };
}

function decisionsOf(workspace: string): DecisionsAnswer {
  const row = { ...PLACES, verdict: 'deny', outcome: 'rejected', decidedAt: AT } as const;
  return {
    decisions: [
      { requestId: 'req-here', workspace, ...row, reason: 'no\u202e!' },
      { requestId: 'req-there', workspace: '/elsewhere', ...row },
    ],
  };
}
