import type { ActionContent } from '@airlock/actions';
import { admission, openExchanges, pairingFacts, reportedState } from '@airlock/enforcer';
import { base64UrlEncode } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type {
  ClaimAnswer,
  OutcomeAnswer,
  OutcomeBody,
  RequestBody,
  RequestEvent,
  RequestsAnswer,
  WithdrawAnswer,
} from '../socket/api.js';
import type { Workspace } from '../state/state-store.js';
import { realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';
import { whenState, type Core } from './core.js';
import { explain } from './explain.js';
import {
  artifactTypeOf,
  denied,
  eventOf,
  lifetimeMs,
  outcomeWord,
  plaintextOf,
  type Asked,
} from './request-messages.js';

const SALT_BYTES = 16;
const GCM_NONCE_BYTES = 12;

/** How long a request waits for a token refresh or consent check that is under way, milliseconds. */
const ADMISSION_WAIT = 15_000;

/** What a request of the daemon itself came to, with the exact text that is being approved. */
export interface OwnRequestEvent {
  readonly event: RequestEvent;
  readonly plaintext: string;
}

/** Approval requests of adapters: from the action to the claim. Decides nothing; the engine does. */
export class RequestService {
  readonly #core: Core;
  readonly #asked = new Map<string, Asked>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** `submitted`, then `decided`. Ending the iteration or aborting `signal` before `decided` withdraws. */
  async *request(body: RequestBody, signal: AbortSignal): AsyncGenerator<RequestEvent> {
    if (body.action.kind === 'policy.change') {
      throw new RuntimeError(
        'bad_request',
        'only the daemon itself asks for a change of policy (POST /v1/policy/changes)',
      );
    }
    const requestId = `req-${this.#core.ports.uuid()}`;
    const known = this.#core.state?.workspaces ?? [];
    const workspace = workspaceOf(realWorkspacePath(body.workspace), known);
    const closed = await this.#admit(workspace, body, signal);
    if (workspace === undefined || closed !== null) {
      yield denied(this.#core, requestId, closed ?? 'not_paired');
      return;
    }
    const asked = this.#prepare(requestId, workspace, body);
    if (asked === null) {
      yield denied(this.#core, requestId, 'not_paired');
      return;
    }
    yield* this.#ask(requestId, { asked, body, signal });
  }

  async claim(requestId: string): Promise<ClaimAnswer> {
    const { host, claims } = this.#core;
    const open = openExchanges(host.state).find(({ facts }) => facts.requestId === requestId);
    if (open?.facts.kind === 'policy.change') {
      return { granted: false, code: 'not_approved', message: 'the daemon itself carries out a change of policy' };
    }
    const verdict = await claims.ask(requestId, () => host.dispatch({ type: 'execution.claim', requestId }));
    if (verdict.granted) return { granted: true };
    const why = explain(this.#core, verdict.code);
    return { granted: false, code: verdict.code, message: why?.reason ?? `refused: ${verdict.code}` };
  }

  async outcome(requestId: string, body: OutcomeBody): Promise<OutcomeAnswer> {
    const detail = body.code ?? body.signal ?? (body.exitCode === undefined ? undefined : `exit ${body.exitCode}`);
    this.#core.host.dispatch({
      type: 'execution.outcome',
      requestId,
      outcome: outcomeWord(body),
      ...(detail === undefined ? {} : { detail }),
    });
    return { recorded: true };
  }

  async withdraw(requestId: string): Promise<WithdrawAnswer> {
    const open = openExchanges(this.#core.host.state).some((one) => one.facts.requestId === requestId);
    this.#core.host.dispatch({ type: 'request.withdraw', requestId });
    return { withdrawn: open };
  }

  list(): RequestsAnswer {
    const requests = openExchanges(this.#core.host.state).map((exchange) => {
      const asked = this.#asked.get(exchange.facts.requestId);
      return {
        requestId: exchange.facts.requestId,
        workspace: asked?.workspace.path ?? exchange.facts.workspaceId,
        source: asked?.source ?? 'airlock',
        kind: exchange.facts.kind,
        state: reportedState(exchange),
        createdAt: asked?.createdAt ?? this.#core.startedAt,
        expiresAt: exchange.facts.expiresAt,
      };
    });
    return { requests };
  }

  /** Opens a request of the daemon itself, a `policy.change`, and follows it. */
  async *askOwn(
    workspace: Workspace,
    action: ActionContent,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): AsyncGenerator<OwnRequestEvent> {
    const requestId = `req-${this.#core.ports.uuid()}`;
    const body = { workspace: workspace.path, action, timeoutSeconds: limits.timeoutMs / 1000, source: 'airlock' };
    const asked = this.#prepare(requestId, workspace, { ...body, action: { ...action } });
    if (asked === null) {
      yield { event: denied(this.#core, requestId, 'not_paired'), plaintext: '' };
      return;
    }
    const opened = { asked, body: { ...body, action: { ...action } }, signal: limits.signal };
    for await (const event of this.#ask(requestId, opened)) yield { event, plaintext: asked.plaintext.text };
  }

  /** Null when requests of the workspace may be submitted, else the code of the refusal. */
  async #admit(workspace: Workspace | undefined, body: RequestBody, signal: AbortSignal): Promise<string | null> {
    const [problem] = this.#core.problems.all;
    if (problem !== undefined) return problem.code;
    if (workspace === undefined) return this.#signedIn() ? 'not_paired' : 'not_signed_in';
    const { workspaceId } = workspace;
    const withinMs = Math.min(ADMISSION_WAIT, body.timeoutSeconds * 1000);
    const settled = () => {
      const now = admission(this.#core.host.state, workspaceId);
      return now.kind === 'later' ? null : now;
    };
    const found = await whenState(this.#core, settled, { withinMs, signal });
    if (found === null) return 'gateway_unreachable';
    return found.kind === 'open' ? null : found.code;
  }

  #signedIn(): boolean {
    const { name } = this.#core.host.state.auth;
    return name === 'SignedIn' || name === 'Refreshing';
  }

  #prepare(requestId: string, workspace: Workspace, body: RequestBody): Asked | null {
    const { ports, host } = this.#core;
    const createdAt = Math.floor(ports.now());
    const facts = pairingFacts(host.state, workspace.workspaceId, createdAt);
    if (facts === null) return null;
    const policy = this.#core.policies.inForce(workspace.workspaceId);
    const plaintext = plaintextOf(body.action, {
      requestId,
      artifactType: artifactTypeOf(body.action),
      createdAt,
      expiresAt: createdAt + lifetimeMs(body.timeoutSeconds),
      salt: ports.random(SALT_BYTES),
      enforcerId: facts.enforcerId,
      workspaceId: workspace.workspaceId,
      workspace: facts.workspaceName,
      repoName: facts.workspaceName,
      repoRef: workspace.workspaceId,
      source: body.source,
      policyVersion: policy.version,
      policySha256: policy.sha256,
      notices: facts.notices,
      ...(body.sessionId === undefined ? {} : { sessionId: body.sessionId }),
    });
    const { kind } = plaintext.action;
    return { workspace, source: body.source, kind, createdAt, facts, plaintext };
  }

  async *#ask(
    requestId: string,
    { asked, body, signal }: { asked: Asked; body: RequestBody; signal: AbortSignal },
  ): AsyncGenerator<RequestEvent> {
    const { hub, host } = this.#core;
    const { plaintext } = asked;
    const progress = hub.request(requestId);
    const withdraw = () => host.dispatch({ type: 'request.withdraw', requestId });
    signal.addEventListener('abort', withdraw, { once: true });
    this.#asked.set(requestId, asked);
    let decided = false;
    try {
      host.dispatch(this.#opening(requestId, asked, body));
      if (signal.aborted) withdraw();
      for await (const step of progress.events) {
        decided = step.kind === 'decided';
        yield eventOf(this.#core, { requestId, step, asked });
        if (decided) return;
      }
    } finally {
      signal.removeEventListener('abort', withdraw);
      progress.close();
      this.#asked.delete(requestId);
      if (!decided) withdraw();
    }
    throw new RuntimeError(
      'internal_error',
      `request ${requestId} ended without a decision (${plaintext.artifactHash})`,
    );
  }

  #opening(requestId: string, { workspace, facts, plaintext }: Asked, body: RequestBody) {
    const { ports } = this.#core;
    return {
      type: 'request.open',
      requestId,
      workspaceId: workspace.workspaceId,
      plaintext: plaintext.text,
      artifactHash: plaintext.artifactHash,
      contentSha256: plaintext.contentSha256,
      gcmNonce: base64UrlEncode(ports.random(GCM_NONCE_BYTES)),
      submitMsgId: `msg-${ports.uuid()}`,
      ackMsgId: `ack-${ports.uuid()}`,
      timeoutMs: body.timeoutSeconds * 1000,
      metadata: {
        workspaceName: facts.workspaceName,
        ...(body.label === undefined ? {} : { requestLabel: body.label }),
      },
    } as const;
  }
}
