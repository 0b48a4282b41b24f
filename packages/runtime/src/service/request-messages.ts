import { actionPlaintext, type ActionContent, type ActionPlaintext } from '@airlock/actions';
import type { PairingFacts, RequestProgress } from '@airlock/enforcer';
import { AirlockError, LIMITS } from '@airlock/protocol';
import { z } from 'zod';
import { RuntimeError } from '../errors.js';
import type { OutcomeBody, RequestBody, RequestEvent } from '../socket/api.js';
import type { Workspace } from '../state/state-store.js';
import type { Core } from './core.js';
import { explain } from './explain.js';

/** What is remembered about a request beside the engine's own record. */
export interface Asked {
  readonly workspace: Workspace;
  readonly source: string;
  readonly kind: string;
  readonly createdAt: number;
  readonly facts: PairingFacts;
  readonly plaintext: ActionPlaintext;
}

interface Told {
  readonly requestId: string;
  readonly step: RequestProgress;
  readonly asked: Asked;
}

type Decided = Extract<RequestEvent, { event: 'decided' }>;

/** The engine's word as the caller gets it, explained where it is a refusal of ours. */
export function eventOf(core: Core, { requestId, step, asked }: Told): RequestEvent {
  const { facts, plaintext } = asked;
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
    signerKeyId: facts.signerKeyId,
    assurance: facts.assurance,
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

/** What the envelope calls the artifact; opaque to the gateway. */
export function artifactTypeOf(action: RequestBody['action']): string {
  return action.kind === 'policy.change' ? 'policy.change' : 'command.review';
}

/** How the log names the end of an execution. */
export function outcomeWord(body: OutcomeBody): 'succeeded' | 'failed' | 'unknown' {
  if (body.result === 'unknown') return 'unknown';
  return body.result === 'exited' && body.exitCode === 0 ? 'succeeded' : 'failed';
}

/** An object that names a kind; `actionPlaintext` checks every member of what it makes of it. */
const contentSchema = z.custom<ActionContent>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string',
);

/** The plaintext of what an adapter sent over the socket, complete and checked. Throws `bad_request`. */
export function plaintextOf(
  action: RequestBody['action'],
  context: Parameters<typeof actionPlaintext>[1],
): ActionPlaintext {
  try {
    return actionPlaintext(contentSchema.parse(action), context);
  } catch (cause) {
    if (cause instanceof AirlockError) throw new RuntimeError('bad_request', cause.message, { cause });
    if (cause instanceof z.ZodError) throw new RuntimeError('bad_request', 'missing or wrong: action', { cause });
    throw cause;
  }
}

/** Room beyond the lifetime that a gateway takes for a mistake and replaces by its own (ART-060). */
const SHORT_LIFETIME_ROOM = 5_000;

/** How long an artifact lives, in milliseconds: as long as the human is waited for, but never so short that a gateway repairs it. */
export function lifetimeMs(timeoutSeconds: number): number {
  const waited = Math.min(timeoutSeconds * 1000, LIMITS.artifactLifetimeMaxMs);
  return Math.max(waited, LIMITS.artifactExpiryRepairMs + SHORT_LIFETIME_ROOM);
}
