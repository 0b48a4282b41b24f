import { policyChangeAction } from '@airlock/actions';
import { admission, pairingFacts, type PairingFacts } from '@airlock/enforcer';
import { PolicyChangeError, type PolicyChange, type ProposedPolicy, proposePolicy } from '@airlock/policy';
import { RuntimeError, toRuntimeError } from '../errors.js';
import type { PendingChange } from '../policy/policy-desk.js';
import type { RequestEvent } from '../socket/api.js';
import type { PolicyChangeBody, PolicyChangeEvent } from '../socket/policy-api.js';
import { approvedTool } from './approved-tool.js';
import type { Workspace } from '../state/state-store.js';
import { realWorkspacePath } from '../workspaces/workspaces.js';
import { usableState, type Core } from './core.js';
import { explain } from './explain.js';
import { workspaceAt } from './policy-workspace.js';
import type { RequestService } from './requests.js';

interface Signing {
  readonly workspace: Workspace;
  readonly pairing: PairingFacts;
  readonly proposed: ProposedPolicy;
  readonly pending: PendingChange;
}

type Decided = Extract<RequestEvent, { readonly event: 'decided' }>;
type Approved = Signing & { readonly requestId: string; readonly plaintext: string };

/** Changes of policy that loosen: each is a new document that the approver of its workspace signs (LOC-080). */
export class PolicyChanges {
  readonly #core: Core;
  readonly #requests: RequestService;
  readonly #signing = new Set<string>();

  constructor(core: Core, requests: RequestService) {
    this.#core = core;
    this.#requests = requests;
  }

  /** `submitted`, then `applied` or `refused`. Ending the iteration or aborting `signal` before that withdraws it. */
  async *change(body: PolicyChangeBody, signal: AbortSignal): AsyncGenerator<PolicyChangeEvent> {
    const { policies } = this.#core;
    const workspace = workspaceAt(body.workspace, usableState(this.#core).workspaces);
    const { workspaceId } = workspace;
    const pairing = this.#approverOf(workspace);
    if (this.#signing.has(workspaceId)) {
      throw new RuntimeError('policy_change_in_progress', 'another change of this policy waits for the approver', {
        fix: 'answer it, or end the command that asked',
      });
    }
    const proposed = this.#propose(workspace, body.change);
    this.#signing.add(workspaceId);
    const pending = policies.begin(workspaceId, proposed.version);
    try {
      const limits = { timeoutMs: body.timeoutSeconds * 1000, signal };
      yield* this.#sign({ workspace, pairing, proposed, pending }, limits);
    } finally {
      pending.end();
      this.#signing.delete(workspaceId);
    }
  }

  /** The approver that would have to sign. Throws when nobody may: it cannot loosen, or cannot be asked. */
  #approverOf({ workspaceId }: Workspace): PairingFacts {
    const { host, ports } = this.#core;
    const gate = admission(host.state, workspaceId);
    if (gate.kind === 'closed') throw this.#closed(gate.code);
    const facts = pairingFacts(host.state, workspaceId, ports.now());
    if (facts === null) throw this.#closed('not_paired');
    if (facts.policyChangeHonoured) return facts;
    const why =
      facts.assurance === 'verified'
        ? 'its key is unprotected: any program on that device could use it'
        : 'it did not prove the whole code when it was paired';
    throw new RuntimeError('approver_cannot_loosen', `the approver of this workspace may not loosen anything: ${why}`, {
      fix:
        facts.assurance === 'verified'
          ? 'airlock approver init (with a passphrase), then airlock pair'
          : 'airlock pair',
    });
  }

  #closed(code: string): RuntimeError<string> {
    const why = explain(this.#core, code);
    return new RuntimeError(code, why?.reason ?? `refused: ${code}`, why?.fix === undefined ? {} : { fix: why.fix });
  }

  #propose({ workspaceId }: Workspace, asked: PolicyChangeBody['change']): ProposedPolicy {
    const { policies, ports } = this.#core;
    const change = completed(this.#core, workspaceId, asked);
    const base = { ...policies.inForce(workspaceId), version: policies.nextBase(workspaceId) };
    try {
      return proposePolicy(base, change, Math.floor(ports.now()));
    } catch (cause) {
      if (!(cause instanceof PolicyChangeError)) throw cause;
      throw new RuntimeError('policy_change_invalid', cause.message, { cause });
    }
  }

  async *#sign(
    signing: Signing,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): AsyncGenerator<PolicyChangeEvent> {
    const { workspace, proposed } = signing;
    const { text: policy, summary } = proposed;
    const action = policyChangeAction({ policy, summary });
    for await (const { event, plaintext } of this.#requests.askOwn(workspace, action, limits)) {
      switch (event.event) {
        case 'submitted': {
          const { requestId, expiresAt } = event;
          yield { event: 'submitted', requestId, expiresAt, summary };
          break;
        }
        case 'decided': {
          const { requestId, verdict } = event;
          yield verdict === 'allow' ? await this.#apply({ ...signing, requestId, plaintext }) : refusalOf(event);
          return;
        }
        case 'retrying':
        case 'error':
          yield event;
      }
    }
  }

  /** Uses the approval up and puts the document in force. */
  async #apply(approved: Approved): Promise<PolicyChangeEvent> {
    const { requestId } = approved;
    const { host, claims } = this.#core;
    const decision = evidenceOf(this.#core, requestId);
    const claimed = await claims.ask(requestId, () => host.dispatch({ type: 'execution.claim', requestId }));
    if (!claimed.granted) return failed(this.#closed(claimed.code));
    const result = this.#accept(approved, decision);
    const outcome = result.event === 'applied' ? 'succeeded' : 'failed';
    const code = result.event === 'refused' ? result.code : undefined;
    host.dispatch({ type: 'execution.outcome', requestId, outcome, ...(code === undefined ? {} : { detail: code }) });
    await this.#core.policies.settled();
    return result;
  }

  #accept({ workspace, pairing, pending, requestId, plaintext }: Approved, decision: string | null): PolicyChangeEvent {
    const { audit, ports } = this.#core;
    const { signerKeyId } = pairing;
    if (decision === null || !pending.isCurrent()) {
      return failed(
        new RuntimeError('policy_changed_meanwhile', 'another policy came into force while this one was signed', {
          fix: 'ask again',
        }),
      );
    }
    try {
      const { version, sha256 } = pending.accept({ plaintext, decision }, signerKeyId);
      const { workspaceId } = workspace;
      audit({
        kind: 'policy.changed',
        at: Math.floor(ports.now()),
        requestId,
        workspaceId,
        version,
        sha256,
        signerKeyId,
      });
      return { event: 'applied', version, sha256, signerKeyId };
    } catch (cause) {
      return failed(toRuntimeError(cause));
    }
  }
}

/** The message that approved a request, while the approval is there to be claimed. */
function evidenceOf({ host }: Core, requestId: string): string | null {
  const exchange = Object.values(host.state.exchanges).find(({ facts }) => facts.requestId === requestId);
  return exchange?.name === 'Approved' ? (exchange.decision.evidence ?? null) : null;
}

/**
 * A change with what only the daemon knows: a folder's real path, whatever name it was given by (LOC-130), and what a tool
 * was when it was approved last. Throws `bad_request` and `tool_unknown`.
 */
function completed(core: Core, workspaceId: string, change: PolicyChangeBody['change']): PolicyChange {
  switch (change.kind) {
    case 'unmanage':
      return { ...change, path: realWorkspacePath(change.path) };
    case 'allow-tool':
      return { kind: change.kind, tool: approvedTool(core.tools, workspaceId, change) };
    case 'auto-on':
    case 'fail-open':
    case 'add-pattern':
    case 'gate-off':
    case 'lift-requirement':
    case 'renew':
      return change;
  }
}

function refusalOf({ outcome, code, reason, fix }: Decided): PolicyChangeEvent {
  return {
    event: 'refused',
    outcome: outcome === 'approved' || outcome === 'passed' ? 'failed' : outcome,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(fix === undefined ? {} : { fix }),
  };
}

function failed({ code, message, fix }: RuntimeError<string>): PolicyChangeEvent {
  return { event: 'refused', outcome: 'failed', code, reason: message, ...(fix === undefined ? {} : { fix }) };
}
