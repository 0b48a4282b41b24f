import { LIMITS } from '@airlock/protocol';
import {
  type Basis,
  type RequestBody,
  type RequestEvent,
  type StatusAnswer,
  workspaceAround,
} from '@airlock/runtime/client';
import { realpathSync } from 'node:fs';
import type { Repository } from '../repository/repository.js';
import type { GateDaemon, GatePorts } from './ports.js';
import { codeOf, Refusal } from './refusal.js';

/** Seconds that a human has to answer. */
const WAIT_SECONDS = LIMITS.approvalWaitMs / 1000;

/** What git wants to do, for the daemon. */
export type Question = Pick<RequestBody, 'action' | 'requestId'>;

/** A question that was answered with yes. */
export interface Allowed {
  readonly requestId: string;
  /** `approved`: a human saw it, so there is a receipt. Else what stands behind it. */
  readonly by: 'approved' | Basis['kind'];
}

/** The folder of the repository that lies in a workspace: linked work trees and submodules may be elsewhere. */
export function placeInWorkspace(status: Pick<StatusAnswer, 'workspaces'>, repository: Repository): string {
  const folder = realpathSync.native(repository.folder);
  const places = [folder, realpathSync.native(repository.commonDirectory)];
  return places.find((place) => workspaceAround(status, place) !== null) ?? folder;
}

/**
 * Asks and waits for the answer, saying so. An abort withdraws the request.
 * @throws Refusal for everything but a yes
 */
export async function ask(
  daemon: GateDaemon,
  { workspace, question }: { readonly workspace: string; readonly question: Question },
  ports: GatePorts,
): Promise<Allowed> {
  const body: RequestBody = { workspace, ...question, timeoutSeconds: WAIT_SECONDS, source: 'git' };
  try {
    return await read(daemon.request(body, { signal: ports.signal }), ports);
  } catch (thrown) {
    if (ports.signal.aborted) throw new Refusal('interrupted', 'the request was withdrawn');
    if (codeOf(thrown) !== 'request_id_used' || question.requestId === undefined) throw thrown;
  }
  return await ask(daemon, { workspace, question: { action: question.action } }, ports);
}

async function read(events: AsyncIterable<RequestEvent>, { say }: GatePorts): Promise<Allowed> {
  let trouble: string | null = null;
  for await (const event of events) {
    switch (event.event) {
      case 'submitted':
        say(`waiting for the approver to decide about ${event.requestId} (Ctrl-C withdraws it)`);
        break;
      case 'retrying':
        if (event.code !== trouble) say(`${event.code} the gateway does not take the request; trying again`);
        trouble = event.code;
        break;
      case 'decided':
        return decided(event);
      case 'error':
        throw new Refusal(event.code, event.message, event.fix);
    }
  }
  throw new Refusal('bad_answer', 'the daemon ended without an answer', 'airlock daemon status');
}

/** What may stand behind a verdict without a human. */
const BASES: Readonly<Record<'allow' | 'pass', readonly Basis['kind'][]>> = {
  allow: ['grant'],
  pass: ['auto', 'gate-off', 'unmanaged', 'fail-open'],
};

function decided(event: Extract<RequestEvent, { event: 'decided' }>): Allowed {
  const { verdict, outcome, requestId, basis } = event;
  if (verdict === 'deny') throw denial(event);
  if (verdict === 'allow' && outcome === 'approved' && basis === undefined) return { requestId, by: 'approved' };
  const isWhole = outcome === (verdict === 'allow' ? 'policy' : 'passed');
  if (isWhole && basis !== undefined && BASES[verdict].includes(basis.kind)) return { requestId, by: basis.kind };
  throw new Refusal('bad_answer', 'the daemon gave an answer that is none', 'airlock daemon status');
}

function denial(event: Extract<RequestEvent, { event: 'decided' }>): Refusal {
  const { outcome, code, reason, fix } = event;
  switch (outcome) {
    case 'rejected':
      return new Refusal('rejected', `by the approver${reason === undefined ? '' : `: ${reason}`}`);
    case 'policy':
      return new Refusal(code ?? 'policy', `denied by policy${reason === undefined ? '' : `: ${reason}`}`, fix);
    case 'timeout':
      return new Refusal(code ?? 'timeout', 'nobody answered in time');
    case 'withdrawn':
      return new Refusal(code ?? 'withdrawn', reason ?? 'the request was withdrawn', fix);
    case 'failed':
    case 'approved':
    case 'passed':
      return new Refusal(code ?? 'internal_error', reason ?? 'the request failed', fix);
  }
}

/** Why commits get no receipt: nobody was asked. */
export function withoutReceipt(by: Basis['kind']): string {
  switch (by) {
    case 'grant':
      return 'allowed by a standing permission of the approver; there is no receipt';
    case 'auto':
      return 'not gated: auto mode is on; there is no receipt';
    case 'gate-off':
      return 'not gated: the signed policy switches this gate off; there is no receipt';
    case 'unmanaged':
      return 'not gated: the signed policy leaves this folder alone; there is no receipt';
    case 'fail-open':
      return 'not gated: fail mode is open, and the gateway cannot be reached; there is no receipt';
    case 'pattern':
    case 'read':
    case 'denial':
    case 'handed-over':
      return 'there is no receipt';
  }
}
