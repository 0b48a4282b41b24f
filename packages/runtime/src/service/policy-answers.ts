import type { Verdict } from '@airlock/policy';
import type { ClaimVerdict } from '../engine/claim-desk.js';
import type { HandedOver } from '../hand-over/hand-over-desk.js';
import type { OutcomeBody, RequestBody, RequestEvent } from '../socket/api.js';
import type { Basis } from '../socket/policy-api.js';
import { workspaceOf } from '../workspaces/workspaces.js';
import { closedBy } from './admission.js';
import { type Asked, describeOutside } from './asked.js';
import type { Core } from './core.js';
import { auditBasis, basisOf, denialOf, failOpenUntil, judge, recordTaint } from './judge.js';
import { LocalVerdicts, type Recheck } from './local-verdicts.js';
import { rememberTool } from './remember-tool.js';
import { given, policyDenied } from './request-messages.js';
import { unmanagedAround } from './unmanaged.js';

type Answer = Exclude<Verdict, { readonly kind: 'ask' }>;
type Asking = Extract<Verdict, { readonly kind: 'ask' }>;

const CHANGED: Recheck = { ok: false, code: 'policy_changed' };

/** Answers that need no human: on record, reported where the approver's policies gave them, and claimable once. */
export class PolicyAnswers {
  readonly #core: Core;
  readonly #verdicts: LocalVerdicts;

  constructor(core: Core) {
    this.#core = core;
    this.#verdicts = new LocalVerdicts(core);
  }

  answer(asked: Asked, verdict: Answer): RequestEvent {
    if (verdict.kind === 'deny') return this.#deny(asked, verdict.policyId);
    const { kind } = verdict;
    const basis = basisOf(verdict);
    if (basis.kind === 'pattern') this.#report(asked, basis.patternIds.join(' '));
    if (basis.kind === 'grant') this.#report(asked, basis.policyId);
    return this.#give(asked, { kind, basis, recheck: () => this.#stillSame(asked, kind) });
  }

  /** The gateway is out of reach and nothing has left: the signed fail mode lets the call pass (ENF-155). */
  failOpen(asked: Asked, until: number): RequestEvent {
    const basis: Basis = { kind: 'fail-open', until };
    return this.#give(asked, { kind: 'pass', basis, recheck: () => this.#stillOpen(asked) });
  }

  /** `pass` for a folder without a pairing that a signed policy of this user leaves alone (LOC-130); null otherwise. */
  unmanaged(requestId: string, path: string, body: RequestBody): RequestEvent | null {
    const find = () => unmanagedAround(this.#core, path, workspaceOf(path, this.#core.state?.workspaces ?? []));
    const folder = find();
    const outside = folder === null ? null : describeOutside(this.#core, requestId, body);
    if (folder === null || outside === null) return null;
    const basis: Basis = { kind: 'unmanaged', path: folder };
    this.#audit({ requestId, ...outside }, 'policy.passed', basis);
    const recheck = (): Recheck => (find() === folder ? { ok: true, basis } : CHANGED);
    this.#verdicts.give({ requestId, ...outside, recheck, record: () => undefined });
    return { event: 'decided', requestId, verdict: 'pass', outcome: 'passed', basis };
  }

  /** Why a human is asked; a code, for the detail may hold words of the action. */
  noteAsked({ requestId, workspace, plaintext }: Asked, { reason }: Asking): void {
    const { workspaceId } = workspace;
    const { contentSha256 } = plaintext;
    this.#core.audit({ kind: 'policy.asked', at: this.#now(), requestId, workspaceId, contentSha256, code: reason });
  }

  /** A human approved the call of a host that this request executes (LOC-147). */
  handOver(asked: Asked, { from, refusal }: HandedOver): RequestEvent {
    const names = namesOf(asked);
    const basis: Basis = { kind: 'handed-over', requestId: from.requestId };
    const { artifactHash: fromArtifactHash, contentSha256: fromContentSha256 } = from.plaintext;
    const entry = {
      kind: 'approval.handed-over',
      at: this.#now(),
      ...names,
      fromArtifactHash,
      fromContentSha256,
    } as const;
    this.#core.audit({ ...entry, ...auditBasis(basis) });
    const recheck = (): Recheck => {
      const code = refusal();
      return code === null ? { ok: true, basis } : { ok: false, code };
    };
    this.#verdicts.give({ ...names, recheck, record: () => this.#recordHandOver(asked) });
    return given(asked, 'allow', basis);
  }

  /** Null for a request that was not answered here. */
  claim(requestId: string): ClaimVerdict | null {
    return this.#verdicts.claim(requestId);
  }

  /** Whether the request was answered here. */
  outcome(requestId: string, body: OutcomeBody): boolean {
    return this.#verdicts.outcome(requestId, body);
  }

  withdraw(requestId: string): boolean {
    return this.#verdicts.withdraw(requestId);
  }

  #deny(asked: Asked, policyId: string): RequestEvent {
    const denial = denialOf(this.#core, asked, policyId);
    this.#audit(namesOf(asked), 'policy.denied', denial.basis);
    this.#core.reports.add({ asked, decision: 'reject', policyId });
    return policyDenied(asked.requestId, denial);
  }

  #give(asked: Asked, verdict: { kind: 'allow' | 'pass'; basis: Basis; recheck: () => Recheck }): RequestEvent {
    const { kind, basis, recheck } = verdict;
    const names = namesOf(asked);
    this.#audit(names, kind === 'allow' ? 'policy.allowed' : 'policy.passed', basis);
    this.#verdicts.give({ ...names, recheck, record: () => recordTaint(this.#core, asked) });
    return given(asked, kind, basis);
  }

  /** The tool is known from now on as what it was here, so that a later change of it is noticed. */
  #recordHandOver(asked: Asked): void {
    recordTaint(this.#core, asked);
    rememberTool(this.#core, asked, 'handed-over');
  }

  #stillSame(asked: Asked, kind: 'allow' | 'pass'): Recheck {
    const code = closedBy(this.#core, asked.workspace);
    if (code !== null) return { ok: false, code };
    const now = judge(this.#core, asked);
    if (now.kind === 'deny') return { ok: false, code: 'policy_denied' };
    if (now.kind === 'ask' || now.kind !== kind) return CHANGED;
    return { ok: true, basis: basisOf(now) };
  }

  #stillOpen(asked: Asked): Recheck {
    const code = closedBy(this.#core, asked.workspace);
    if (code !== null) return { ok: false, code };
    if (judge(this.#core, asked).kind === 'deny') return { ok: false, code: 'policy_denied' };
    const until = failOpenUntil(this.#core, asked);
    return until === null ? CHANGED : { ok: true, basis: { kind: 'fail-open', until } };
  }

  #report(asked: Asked, policyId: string): void {
    this.#core.reports.add({ asked, decision: 'approve', policyId });
  }

  #audit(
    { requestId, workspaceId, contentSha256 }: { requestId: string; workspaceId: string; contentSha256: string },
    kind: 'policy.allowed' | 'policy.passed' | 'policy.denied',
    basis: Basis,
  ): void {
    this.#core.audit({ kind, at: this.#now(), requestId, workspaceId, contentSha256, ...auditBasis(basis) });
  }

  #now(): number {
    return Math.floor(this.#core.ports.now());
  }
}

function namesOf({ requestId, workspace, plaintext }: Asked) {
  const { artifactHash, contentSha256 } = plaintext;
  return { requestId, workspaceId: workspace.workspaceId, artifactHash, contentSha256 };
}
