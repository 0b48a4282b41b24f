import type { RequestProgress } from '@airlock/enforcer';
import type { OutcomeBody, RequestEvent } from '../socket/api.js';
import type { Basis } from '../socket/policy-api.js';
import type { Asked } from './asked.js';
import type { Core } from './core.js';
import { explain } from './explain.js';

type Decided = Extract<RequestEvent, { event: 'decided' }>;

/** The engine's word as the caller gets it, explained where it is a refusal of ours. */
export function eventOf(core: Core, asked: Asked, step: RequestProgress): RequestEvent {
  const { requestId, pairing, plaintext } = asked;
  if (step.kind === 'submitted') {
    return { event: 'submitted', requestId, expiresAt: step.expiresAt, artifactHash: plaintext.artifactHash };
  }
  if (step.kind === 'retrying') {
    return { event: 'retrying', requestId, code: step.code, afterMs: step.afterMs };
  }
  const why = step.code === undefined ? null : explain(core, step.code);
  const reason = step.reason ?? why?.reason ?? step.refusal?.reason;
  const event: Decided = { event: 'decided', requestId, verdict: step.verdict, outcome: step.outcome };
  return {
    ...event,
    ...(step.code === undefined ? {} : { code: step.code }),
    ...(reason === undefined ? {} : { reason }),
    ...(why?.fix === undefined ? {} : { fix: why.fix }),
    signerKeyId: pairing.signerKeyId,
    assurance: pairing.assurance,
  };
}

/** A refusal before anything was submitted. */
export function denied(core: Core, requestId: string, code: string): Decided {
  const why = explain(core, code);
  return {
    event: 'decided',
    requestId,
    verdict: 'deny',
    outcome: 'failed',
    code,
    ...(why === null ? {} : { reason: why.reason }),
    ...(why?.fix === undefined ? {} : { fix: why.fix }),
  };
}

/** How the log names the end of an execution. */
export function outcomeOf(body: OutcomeBody): { outcome: 'succeeded' | 'failed' | 'unknown'; detail?: string } {
  const detail = body.code ?? body.signal ?? (body.exitCode === undefined ? undefined : `exit ${body.exitCode}`);
  return { outcome: wordFor(body), ...(detail === undefined ? {} : { detail }) };
}

function wordFor(body: OutcomeBody): 'succeeded' | 'failed' | 'unknown' {
  if (body.result === 'unknown') return 'unknown';
  return body.result === 'exited' && body.exitCode === 0 ? 'succeeded' : 'failed';
}

/** A denial by a standing policy of the approver. */
export function policyDenied(
  requestId: string,
  { basis, reason }: { readonly basis: Basis; readonly reason: string },
): Decided {
  return { event: 'decided', requestId, verdict: 'deny', outcome: 'policy', code: 'policy_denied', basis, reason };
}

/** A verdict for which no human was asked. Behind an `allow` stands the approver who signed what it is based on. */
export function given(asked: Asked, verdict: 'allow' | 'pass', basis: Basis): Decided {
  const { requestId, pairing } = asked;
  if (verdict === 'pass') return { event: 'decided', requestId, verdict, outcome: 'passed', basis };
  const { signerKeyId, assurance } = pairing;
  const outcome = basis.kind === 'handed-over' ? 'approved' : 'policy';
  return { event: 'decided', requestId, verdict, outcome, basis, signerKeyId, assurance };
}
