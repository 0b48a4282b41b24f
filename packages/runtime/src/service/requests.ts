import type { ActionContent } from '@airlock/actions';
import { openExchanges } from '@airlock/enforcer';
import type { Verdict } from '@airlock/policy';
import { RuntimeError } from '../errors.js';
import { HandOverDesk } from '../hand-over/hand-over-desk.js';
import type {
  ClaimAnswer,
  DecisionsAnswer,
  OutcomeAnswer,
  OutcomeBody,
  ReceiptAnswer,
  RequestBody,
  RequestEvent,
  RequestsAnswer,
  WithdrawAnswer,
} from '../socket/api.js';
import type { Workspace } from '../state/state-store.js';
import { realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';
import { admitted, closedBy } from './admission.js';
import { type Asked, type HandOverPart, prepare, type Question, questionOf } from './asked.js';
import type { Core } from './core.js';
import { explain } from './explain.js';
import { failOpenUntil, judge } from './judge.js';
import { OpenRequests } from './open-requests.js';
import { PolicyAnswers } from './policy-answers.js';
import { RecentDecisions } from './recent-decisions.js';
import { rememberTool } from './remember-tool.js';
import { RequestIds } from './request-ids.js';
import { denied, outcomeOf } from './request-messages.js';
import { RunningCommands } from './running-commands.js';

/** What a request of the daemon itself came to, with the exact text that is being approved. */
export interface OwnRequestEvent {
  readonly event: RequestEvent;
  readonly plaintext: string;
}

interface OwnLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Call {
  readonly requestId: string;
  readonly workspace: Workspace;
  readonly body: RequestBody;
  readonly signal: AbortSignal;
  readonly handOver: HandOverPart;
}

/** Requests of adapters, from the action to the claim: first the policy is asked, then, by the engine, the human. */
export class RequestService {
  readonly #core: Core;
  readonly #open: OpenRequests;
  readonly #answers: PolicyAnswers;
  readonly #ids: RequestIds;
  readonly #recent: RecentDecisions;
  readonly #commands = new RunningCommands();
  /** Approvals of hosts' calls, for the layers that execute them. */
  readonly handOver: HandOverDesk;

  constructor(core: Core) {
    this.#core = core;
    this.handOver = new HandOverDesk(core);
    this.#open = new OpenRequests(core);
    this.#answers = new PolicyAnswers(core);
    this.#ids = new RequestIds(core);
    this.#recent = new RecentDecisions(core.ports);
  }

  /**
   * `submitted`, then `decided`. Ending the iteration or aborting `signal` before `decided` withdraws. Throws `bad_request`,
   * and `request_id_used` for a proposed id that named a request before.
   */
  async *request(
    body: RequestBody,
    signal: AbortSignal,
    handOver: HandOverPart = 'none',
  ): AsyncGenerator<RequestEvent> {
    if (body.action.kind === 'policy.change') {
      throw new RuntimeError(
        'bad_request',
        'only the daemon itself asks for a change of policy (POST /v1/policy/changes)',
      );
    }
    const requestId = this.#ids.take(body.requestId);
    const path = realWorkspacePath(body.workspace);
    const workspace = workspaceOf(path, this.#core.state?.workspaces ?? []);
    const closed = closedBy(this.#core, workspace);
    const noted = { workspace: path, action: body.action, source: body.source };
    if (workspace === undefined || closed !== null) {
      const code = closed ?? 'not_paired';
      const passed = code === 'not_paired' ? this.#answers.unmanaged(requestId, path, body) : null;
      const event = passed ?? denied(this.#core, requestId, code);
      this.#recent.note(noted, event);
      yield event;
      return;
    }
    for await (const event of this.#decide({ requestId, workspace, body, signal, handOver })) {
      if (event.event === 'decided' && event.verdict !== 'allow') this.#commands.ended(requestId);
      this.#recent.note(noted, event);
      yield event;
    }
  }

  async claim(requestId: string): Promise<ClaimAnswer> {
    const { host, claims } = this.#core;
    const open = openExchanges(host.state).find(({ facts }) => facts.requestId === requestId);
    if (open?.facts.kind === 'policy.change') {
      return { granted: false, code: 'not_approved', message: 'the daemon itself carries out a change of policy' };
    }
    const asked = this.#open.asked(requestId);
    const code = this.#open.beforeClaim(requestId);
    if (code !== null) return this.#refused(code);
    const local = this.#answers.claim(requestId);
    const verdict = local ?? (await claims.ask(requestId, () => host.dispatch({ type: 'execution.claim', requestId })));
    if (!verdict.granted) return this.#refused(verdict.code);
    this.#commands.claimed(requestId);
    if (local === null && asked !== undefined) rememberTool(this.#core, asked, 'shown');
    if (asked?.handOver === 'gives') this.handOver.claimed(asked);
    return { granted: true };
  }

  /** Throws `no_receipt`. */
  receipt(requestId: string): ReceiptAnswer {
    return { receipt: this.#core.receipts.of(requestId) };
  }

  async outcome(requestId: string, body: OutcomeBody): Promise<OutcomeAnswer> {
    this.#commands.ended(requestId);
    if (!this.#answers.outcome(requestId, body)) {
      this.#core.host.dispatch({ type: 'execution.outcome', requestId, ...outcomeOf(body) });
    }
    return { recorded: true };
  }

  async withdraw(requestId: string): Promise<WithdrawAnswer> {
    if (this.#answers.withdraw(requestId)) return { withdrawn: true };
    const open = openExchanges(this.#core.host.state).some((one) => one.facts.requestId === requestId);
    this.#core.host.dispatch({ type: 'request.withdraw', requestId });
    return { withdrawn: open };
  }

  list(): RequestsAnswer {
    return this.#open.list();
  }

  decisions(): DecisionsAnswer {
    return this.#recent.list();
  }

  /** Opens a request of the daemon itself, a `policy.change`, and follows it. */
  async *askOwn(workspace: Workspace, action: ActionContent, limits: OwnLimits): AsyncGenerator<OwnRequestEvent> {
    const body = { action: { ...action }, timeoutSeconds: limits.timeoutMs / 1000, source: 'airlock' };
    for await (const own of this.#own(questionOf(workspace, body), limits)) {
      this.#recent.note({ ...body, workspace: workspace.path }, own.event);
      yield own;
    }
  }

  async *#own(question: Question, { timeoutMs, signal }: OwnLimits): AsyncGenerator<OwnRequestEvent> {
    const requestId = this.#ids.take();
    const asked = prepare(this.#core, requestId, question);
    if (asked === null) {
      yield { event: denied(this.#core, requestId, 'not_paired'), plaintext: '' };
      return;
    }
    const plaintext = asked.plaintext.text;
    const verdict = judge(this.#core, asked);
    if (verdict.kind !== 'ask') {
      yield { event: this.#answers.answer(asked, verdict), plaintext };
      return;
    }
    const opening = { timeoutSeconds: timeoutMs / 1000, label: undefined, signal };
    for await (const event of this.#open.open(asked, opening)) {
      if (event.event !== 'unsent') yield { event, plaintext };
    }
  }

  async *#decide(call: Call): AsyncGenerator<RequestEvent> {
    const now = this.#judged(call);
    if (now === null) {
      yield denied(this.#core, call.requestId, 'not_paired');
      return;
    }
    const { asked, verdict } = now;
    const approval = verdict.kind === 'ask' && call.handOver === 'takes' ? this.handOver.take(asked) : null;
    if (approval !== null) yield this.#answers.handOver(asked, approval);
    else if (verdict.kind === 'ask') yield* this.#ask(call, asked);
    else yield this.#answers.answer(asked, verdict);
  }

  /** Nobody but a human can permit it, so there is something to wait for: what was true may have changed after that. */
  async *#ask(call: Call, first: Asked): AsyncGenerator<RequestEvent> {
    const { requestId, workspace, body, signal } = call;
    const mayFailOpen = () => failOpenUntil(this.#core, first) !== null;
    const gate = await admitted(this.#core, workspace, { timeoutSeconds: body.timeoutSeconds, signal, mayFailOpen });
    if (gate.kind === 'closed') {
      yield denied(this.#core, requestId, gate.code);
      return;
    }
    const now = this.#judged(call);
    if (now === null) {
      yield denied(this.#core, requestId, 'not_paired');
      return;
    }
    const { asked, verdict } = now;
    if (verdict.kind !== 'ask') {
      yield this.#answers.answer(asked, verdict);
      return;
    }
    this.#answers.noteAsked(asked, verdict);
    const until = gate.kind === 'unreached' ? failOpenUntil(this.#core, asked) : null;
    if (gate.kind === 'unreached') {
      yield until === null
        ? denied(this.#core, requestId, 'gateway_unreachable')
        : this.#answers.failOpen(asked, until);
      return;
    }
    const opening = { timeoutSeconds: body.timeoutSeconds, label: body.label, signal };
    for await (const event of this.#open.open(asked, opening)) {
      yield event.event === 'unsent' ? this.#answers.failOpen(asked, event.until) : event;
    }
  }

  #judged({ requestId, workspace, body, handOver }: Call): { readonly asked: Asked; readonly verdict: Verdict } | null {
    const isCommandApproved = this.#commands.isIn(workspace.workspaceId);
    const asked = prepare(this.#core, requestId, { ...questionOf(workspace, body), isCommandApproved, handOver });
    if (asked === null) return null;
    this.#commands.asked(asked);
    return { asked, verdict: judge(this.#core, asked) };
  }

  #refused(code: string): ClaimAnswer {
    const why = explain(this.#core, code);
    return { granted: false, code, message: why?.reason ?? `refused: ${code}` };
  }
}
