import type { ActionOf, Receipt } from '@airlock/protocol';
import type { OutcomeBody, RequestBody, RequestEvent, StatusAnswer } from '@airlock/runtime/client';
import { RuntimeError } from '@airlock/runtime/client';
import { seededRng } from '@airlock/testkit';
import { receiptSigner } from '@airlock/testkit/receipt-signer';
import type { GatePorts } from '../../src/index.js';

type Decided = Omit<Extract<RequestEvent, { event: 'decided' }>, 'event' | 'requestId'>;
type GateDaemon = Awaited<ReturnType<GatePorts['connect']>>;

/** What the approver answers; a promise keeps everybody waiting. */
export type Answer = 'approve' | 'reject' | Decided | Promise<'approve' | 'reject'>;

/** A daemon that says what a test wants, with receipts of a real key. */
export interface ScriptedDaemon extends GateDaemon {
  /** Every question, in order. */
  readonly asked: (Omit<RequestBody, 'action'> & { readonly action: ActionOf<'git-commit' | 'git-push'> })[];
  readonly claimed: string[];
  readonly outcomes: { readonly requestId: string; readonly outcome: OutcomeBody }[];
  readonly withdrawn: string[];
  /** Folders that are paired. */
  readonly workspaces: string[];
  /** For every question from now on. */
  answers(answer: (body: RequestBody) => Answer): void;
  /** What is done right before a claim is granted; null refuses it. */
  beforeClaim: (() => void) | null;
}

const NOW = Date.parse('2026-03-02T14:00:31.000Z');

export function scriptedDaemon(seed = 1): ScriptedDaemon {
  const rng = seededRng(seed);
  const signer = receiptSigner(seed, NOW);
  const receipts = new Map<string, Receipt>();
  const used = new Set<string>();
  let answer: (body: RequestBody) => Answer = () => 'approve';

  async function* request(
    body: RequestBody,
    options?: { readonly signal?: AbortSignal },
  ): AsyncGenerator<RequestEvent> {
    const requestId = body.requestId ?? `req-${rng.uuid()}`;
    if (used.has(requestId)) throw new RuntimeError('request_id_used', 'used');
    used.add(requestId);
    daemon.asked.push(body as unknown as (typeof daemon.asked)[number]);
    yield { event: 'submitted', requestId, expiresAt: NOW, artifactHash: '' };
    const aborted = new Promise<never>((_, reject) => {
      options?.signal?.addEventListener('abort', () => {
        daemon.withdrawn.push(requestId);
        reject(new Error('aborted'));
      });
    });
    const answered = await Promise.race([answer(body), aborted]);
    if (answered === 'approve') receipts.set(requestId, signer.sign({ content: body.action, requestId }));
    yield { event: 'decided', requestId, ...decisionOf(answered) };
  }

  const daemon: ScriptedDaemon = {
    ...{ asked: [], claimed: [], outcomes: [], withdrawn: [], workspaces: [] },
    answers: (given) => {
      answer = given;
    },
    beforeClaim: () => undefined,
    status: async () =>
      ({ workspaces: daemon.workspaces.map((path) => workspace(path, signer.publicKey)) }) as unknown as StatusAnswer,
    request,
    receipt: async (requestId) => {
      const receipt = receipts.get(requestId);
      if (receipt === undefined) throw new RuntimeError('no_receipt', 'none');
      return { receipt };
    },
    claim: async (requestId) => {
      if (daemon.beforeClaim === null) return { granted: false, code: 'not_approved', message: 'no' };
      daemon.beforeClaim();
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

function decisionOf(answer: Awaited<Answer>): Decided {
  if (answer === 'approve') return { verdict: 'allow', outcome: 'approved' };
  if (answer === 'reject') return { verdict: 'deny', outcome: 'rejected', reason: 'not like this' };
  return answer;
}

function workspace(path: string, signerPublicKey: string) {
  return { path, state: 'paired', paired: true, signerPublicKey };
}
