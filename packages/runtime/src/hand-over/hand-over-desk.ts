import { mcpTarget } from '@airlock/actions';
import { LIMITS } from '@airlock/protocol';
import { Lapse } from '../host/lapse.js';
import { closedBy } from '../service/admission.js';
import type { Asked } from '../service/asked.js';
import type { Core } from '../service/core.js';
import { judge } from '../service/judge.js';
import { givenSubject, takenSubject } from './subject.js';

/** Approvals that are remembered; the oldest are forgotten first, which only asks again. */
const MOST = 64;

interface Approval {
  readonly from: Asked;
  readonly subject: string;
  readonly lapse: Lapse;
  /** `claimed`: on record as used, not with the host yet; `taken`: covers one request, and no other any more. */
  stage: 'claimed' | 'given' | 'taken' | 'ended';
}

/** An approval that covers one request. */
export interface HandedOver {
  /** What the human saw and approved. */
  readonly from: Asked;
  /** Why it does not cover the request any more, a code; null as long as it does. */
  readonly refusal: () => string | null;
}

/**
 * Approvals of a host's calls on their way to the layer of ours that executes them (LOC-147): each once, soon, and only while
 * everything holds that it was given under. They are in memory alone, so that none survives a start.
 */
export class HandOverDesk {
  readonly #core: Core;
  readonly #approvals = new Map<string, Approval>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Remembers an approval that was just used for a call of a host, if a layer of ours can be what executes it. */
  claimed(from: Asked): void {
    const subject = from.pairing.assurance === 'verified' ? givenSubject(from, this.#core.program) : null;
    if (subject === null) return;
    const { ports } = this.#core;
    const until = Math.min(ports.now() + LIMITS.approvalHandoverMs, from.context.expiresAt);
    this.#approvals.set(from.requestId, { from, subject, lapse: new Lapse(ports, until), stage: 'claimed' });
    this.#forget();
  }

  /** The host has it, so that its call begins: from now on it can be taken. */
  given(requestId: string): void {
    const approval = this.#approvals.get(requestId);
    if (approval?.stage === 'claimed') approval.stage = 'given';
  }

  /** The host's call is over, or is refused after all: nothing is executed for it any more. */
  ended(requestId: string): void {
    const approval = this.#approvals.get(requestId);
    if (approval === undefined) return;
    approval.stage = 'ended';
    this.#approvals.delete(requestId);
  }

  /** The approval that covers a request, used up by it; null when a human has to be asked. */
  take(asked: Asked): HandedOver | null {
    const subject = takenSubject(asked);
    if (subject === null) return null;
    for (const approval of this.#approvals.values()) {
      if (approval.stage !== 'given' || approval.subject !== subject) continue;
      if (!isUnderSame(asked, approval.from) || this.#refusal(asked, approval) !== null) continue;
      approval.stage = 'taken';
      return { from: approval.from, refusal: () => this.#refusal(asked, approval) };
    }
    return null;
  }

  #refusal(asked: Asked, { from, lapse, stage }: Approval): string | null {
    if (stage === 'ended') return 'call_over';
    if (lapse.isPast) return 'approval_expired';
    const closed = closedBy(this.#core, asked.workspace);
    if (closed !== null) return closed;
    // A denial of what the human saw counts like one of what is executed.
    if ([asked, from].some((each) => judge(this.#core, each, 'dry').kind === 'deny')) return 'policy_denied';
    const target = mcpTarget(asked.plaintext.action);
    const isChanged = target !== null && this.#core.tools.hasChanged(asked.workspace.workspaceId, target);
    return isChanged ? 'tool_changed' : null;
  }

  #forget(): void {
    for (const [requestId, { lapse }] of this.#approvals) {
      if (lapse.isPast || this.#approvals.size > MOST) this.ended(requestId);
    }
  }
}

/** The same workspace under the same verified approver, and no part of the gate touched that the human was not shown (LOC-090). */
function isUnderSame(asked: Asked, from: Asked): boolean {
  const { pairing, workspace, touches } = asked;
  return (
    workspace.workspaceId === from.workspace.workspaceId &&
    pairing.assurance === 'verified' &&
    pairing.enforcerId === from.pairing.enforcerId &&
    pairing.publicKey === from.pairing.publicKey &&
    touches.every((each) => from.touches.includes(each))
  );
}
