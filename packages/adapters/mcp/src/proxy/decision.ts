import type { Basis, RequestEvent } from '@airlock/runtime/client';

/** A request that may go on once it is claimed. */
export interface Granted {
  readonly answer: 'go';
  readonly requestId: string;
  /** Absent where a human approved exactly this. */
  readonly basis?: Basis | undefined;
}

/** A request that must not reach the server. */
export interface Denial {
  readonly answer: 'deny';
  readonly outcome: 'rejected' | 'policy' | 'timeout' | 'failed';
  readonly code: string;
  /** Untrusted text of the approver, or our own explanation. */
  readonly reason?: string | undefined;
  readonly fix?: string | undefined;
}

export type Decision = Granted | Denial;

/** What may stand behind a verdict without a human. */
const BASES: Readonly<Record<'allow' | 'pass', readonly Basis['kind'][]>> = {
  allow: ['pattern', 'grant'],
  pass: ['auto', 'gate-off', 'unmanaged', 'fail-open'],
};

/** Reads the daemon's verdict. What does not belong together denies (INV-22). */
export function decisionOf(event: Extract<RequestEvent, { event: 'decided' }>): Decision {
  const { requestId, verdict, outcome, basis } = event;
  if (verdict === 'deny') return denialOf(event);
  if (verdict === 'allow' && outcome === 'approved') return { answer: 'go', requestId, basis };
  const isWhole = outcome === (verdict === 'allow' ? 'policy' : 'passed');
  if (isWhole && basis !== undefined && BASES[verdict].includes(basis.kind)) return { answer: 'go', requestId, basis };
  return failed('bad_answer', 'the daemon gave an answer that is none', 'airlock daemon status');
}

function denialOf(event: Extract<RequestEvent, { event: 'decided' }>): Denial {
  const { outcome, reason, fix } = event;
  switch (outcome) {
    case 'rejected':
      return { answer: 'deny', outcome, code: event.code ?? 'rejected', reason, fix };
    case 'policy':
      return { answer: 'deny', outcome, code: event.code ?? 'policy', reason, fix };
    case 'timeout':
      return { answer: 'deny', outcome, code: event.code ?? 'timeout', reason, fix };
    case 'withdrawn':
      return { answer: 'deny', outcome: 'failed', code: event.code ?? 'withdrawn', reason, fix };
    case 'failed':
    case 'approved':
    case 'passed':
      return { answer: 'deny', outcome: 'failed', code: event.code ?? 'internal_error', reason, fix };
  }
}

/** A failure on the way to a decision. */
export function failed(code: string, reason: string, fix?: string): Denial {
  return { answer: 'deny', outcome: 'failed', code, reason, fix };
}

/** Anything thrown on the way to a decision; every error of ours has a string `code`. */
export function failedBy(thrown: unknown): Denial {
  if (!(thrown instanceof Error)) return failed('internal_error', String(thrown));
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'internal_error';
  return failed(code, thrown.message, 'fix' in thrown && typeof thrown.fix === 'string' ? thrown.fix : undefined);
}
