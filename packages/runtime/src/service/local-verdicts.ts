import type { ClaimVerdict } from '../engine/claim-desk.js';
import { toRuntimeError } from '../errors.js';
import type { OutcomeBody } from '../socket/api.js';
import type { Basis } from '../socket/policy-api.js';
import type { Core } from './core.js';
import { auditBasis } from './judge.js';
import { outcomeOf } from './request-messages.js';

/** How long a verdict waits to be claimed, milliseconds on the clock that nobody can set. */
const CLAIM_WITHIN = 60_000;

/** Verdicts that are remembered; the oldest are forgotten first, which refuses their claims. */
const MOST = 10_000;

/** Whether a verdict still holds, and on what basis, or the code of what ended it. */
export type Recheck = { readonly ok: true; readonly basis: Basis } | { readonly ok: false; readonly code: string };

/** An `allow` or `pass` that nobody had to be asked for (LOC-045). */
export interface LocalVerdict {
  readonly requestId: string;
  readonly workspaceId: string;
  readonly contentSha256: string;
  readonly artifactHash: string;
  /** Judges again, at the moment of the claim. */
  readonly recheck: () => Recheck;
  /** What must be on record before anything is executed. Throws when it cannot be recorded. */
  readonly record: () => void;
}

interface Given extends LocalVerdict {
  /** Monotonic milliseconds. */
  readonly claimBefore: number;
}

type Granted = Pick<LocalVerdict, 'requestId' | 'workspaceId' | 'artifactHash'>;

/** Verdicts of the policy on their way to an execution: each is good for one, soon, and only while it still holds. */
export class LocalVerdicts {
  readonly #core: Core;
  readonly #given = new Map<string, Given>();
  readonly #granted = new Map<string, Granted>();

  constructor(core: Core) {
    this.#core = core;
  }

  give(verdict: LocalVerdict): void {
    this.#given.set(verdict.requestId, { ...verdict, claimBefore: this.#core.ports.mono() + CLAIM_WITHIN });
    dropOldest(this.#given);
  }

  /** Null for a request that is none of these. */
  claim(requestId: string): ClaimVerdict | null {
    if (this.#granted.has(requestId)) return { granted: false, code: 'already_executed' };
    const given = this.#given.get(requestId);
    if (given === undefined) return null;
    const code = this.#grant(given);
    return code === null ? { granted: true } : { granted: false, code };
  }

  /** Whether the request was one of these. */
  outcome(requestId: string, body: OutcomeBody): boolean {
    const granted = this.#granted.get(requestId);
    if (granted === undefined) return this.#given.has(requestId);
    if (this.#granted.get(requestId) !== DONE) {
      const { outcome, detail } = outcomeOf(body);
      const { workspaceId, artifactHash } = granted;
      const entry = {
        kind: 'execution.outcome',
        at: this.#now(),
        requestId,
        workspaceId,
        artifactHash,
        outcome,
      } as const;
      this.#core.audit({ ...entry, ...(detail === undefined ? {} : { reason: detail }) });
      this.#granted.set(requestId, DONE);
    }
    return true;
  }

  /** Forgets a verdict that was not used; false when there is none. */
  withdraw(requestId: string): boolean {
    return this.#given.delete(requestId);
  }

  /** Whatever keeps it from being granted uses the verdict up: the caller asks anew. */
  #grant(given: Given): string | null {
    const { requestId, workspaceId, artifactHash, claimBefore } = given;
    this.#given.delete(requestId);
    if (this.#core.ports.mono() >= claimBefore) return 'approval_expired';
    const still = given.recheck();
    if (!still.ok) return still.code;
    try {
      given.record();
    } catch (cause) {
      return toRuntimeError(cause).code;
    }
    const entry = { kind: 'execution.granted', at: this.#now(), requestId, workspaceId, artifactHash } as const;
    this.#core.audit({ ...entry, ...auditBasis(still.basis) });
    const [problem] = this.#core.problems.all;
    if (problem !== undefined) return problem.code;
    this.#granted.set(requestId, { requestId, workspaceId, artifactHash });
    dropOldest(this.#granted);
    return null;
  }

  #now(): number {
    return Math.floor(this.#core.ports.now());
  }
}

/** Executed, and its end is on record. */
const DONE: Granted = { requestId: '', workspaceId: '', artifactHash: '' };

function dropOldest(from: Map<string, unknown>): void {
  for (const requestId of from.keys()) {
    if (from.size <= MOST) return;
    from.delete(requestId);
  }
}
