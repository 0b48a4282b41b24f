import { x25519PublicKey } from '@airlock/crypto';
import { policyChangeAction } from '@airlock/actions';
import type { PairingProgress, PairingStart } from '@airlock/enforcer';
import {
  AirlockError,
  base64UrlEncode,
  canonicalize,
  formatShownCode,
  LINK_SECRET_DIGITS,
  makePairingSecret,
  pairingLink,
  type PolicyDocument,
  parsePairingCode,
  readShownCode,
  TYPED_SECRET_DIGITS,
} from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type { ConfirmAnswer, PairBody, PairEvent, UnpairAnswer } from '../socket/api.js';
import type { Workspace } from '../state/state-store.js';
import { newWorkspace, realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';
import { usableState, type Core } from './core.js';
import { pairingLeftBehind } from './not-stored.js';
import { refusalMessage } from './pairing-refusals.js';
import { refuseInsidePinned } from './pinned-around.js';
import type { RequestService } from './requests.js';

const KEY_BYTES = 32;

/** Random bytes behind one Crockford secret; more than its digits need. */
const SECRET_RANDOM = 20;

/** How long the old approver may take to agree to a new one, milliseconds. */
const OLD_APPROVER_WAIT = 300_000;

interface Attempt {
  readonly pairingId: string;
  readonly workspace: Workspace;
  readonly start: PairingStart;
  readonly body: PairBody;
}

type Started = Extract<PairingProgress, { kind: 'started' }>;

/** Pairing from the terminal's side: makes keys and secrets, shows the code, asks, and reports. */
export class PairingService {
  readonly #core: Core;
  readonly #requests: RequestService;
  readonly #underWay = new Set<string>();

  constructor(core: Core, requests: RequestService) {
    this.#core = core;
    this.#requests = requests;
  }

  get busy(): boolean {
    return this.#underWay.size > 0;
  }

  async *pair(body: PairBody, signal: AbortSignal): AsyncGenerator<PairEvent> {
    const workspace = await this.#workspace(body.workspace);
    const attempt = this.#attempt(workspace, body);
    const { pairingId } = attempt;
    const { host, hub, recovery } = this.#core;
    const progress = hub.pairing(pairingId);
    const cancel = () => host.dispatch({ type: 'pairing.cancel', pairingId });
    signal.addEventListener('abort', cancel, { once: true });
    if (body.recoveryCode !== undefined) recovery.give(pairingId, body.recoveryCode);
    this.#underWay.add(pairingId);
    const over = new AbortController();
    let ended = false;
    try {
      host.dispatch({ type: 'pairing.start', ...attempt.start });
      for await (const step of progress.events) {
        const event = this.#eventOf(step, attempt);
        ended = isEnd(step);
        if (event !== null) yield event;
        if (ended) return;
        if (step.kind === 'needs-old-approver') this.#askOldApprover(step, attempt, over.signal).catch(cancel);
      }
    } finally {
      over.abort();
      this.#underWay.delete(pairingId);
      signal.removeEventListener('abort', cancel);
      progress.close();
      recovery.forget(pairingId);
      if (!ended) cancel();
    }
  }

  async confirm(pairingId: string, accept: boolean): Promise<ConfirmAnswer> {
    if (!this.#underWay.has(pairingId)) throw new RuntimeError('not_found', 'there is no such pairing under way');
    this.#core.host.dispatch({ type: 'pairing.confirm', pairingId, accept });
    return { accepted: accept };
  }

  async unpair(folder: string): Promise<UnpairAnswer> {
    const path = realWorkspacePath(folder);
    const workspace = workspaceOf(path, usableState(this.#core).workspaces);
    if (workspace === undefined) {
      throw new RuntimeError('not_paired', `${path} is not paired`, { fix: 'airlock pair' });
    }
    this.#core.host.dispatch({ type: 'pairing.unpair', workspaceId: workspace.workspaceId });
    await this.#core.state?.settled();
    const problem = pairingLeftBehind(this.#core, workspace.workspaceId);
    if (problem !== null) throw problem;
    return { workspace: workspace.path, unpaired: true };
  }

  async #workspace(folder: string): Promise<Workspace> {
    const state = usableState(this.#core);
    const path = realWorkspacePath(folder);
    const known = state.workspaces.find((workspace) => workspace.path === path);
    refuseInsidePinned(this.#core, path, state.workspaces);
    if (known !== undefined) return known;
    const made = newWorkspace(path, this.#core.ports);
    await state.addWorkspace(made);
    return made;
  }

  #attempt(workspace: Workspace, body: PairBody): Attempt {
    const { ports } = this.#core;
    const { workspaceId, enforcerId, enforcerLabel, workspaceName } = workspace;
    const pairingId = `pair-${ports.uuid()}`;
    const privateKey = ports.random(KEY_BYTES);
    const start: PairingStart = {
      pairingId,
      workspaceId,
      enforcerId,
      enforcerLabel,
      workspaceName,
      ...this.#secretsFor(body),
      deviceId: `dev-${ports.uuid()}`,
      x25519: {
        privateKey: base64UrlEncode(privateKey),
        publicKey: base64UrlEncode(x25519PublicKey(privateKey)),
      },
      unattended: body.canConfirm !== true,
      hasRecoveryCode: body.recoveryCode !== undefined,
    };
    return { pairingId, workspace, start, body };
  }

  #secretsFor(body: PairBody): Pick<PairingStart, 'mode' | 'secrets'> {
    if (body.mode === 'claim') {
      const shown = readCode(body.shownCode);
      const secrets = shown.secret === undefined ? [] : [shown.secret];
      return { mode: { kind: 'claim', pairingCode: shown.code }, secrets };
    }
    const { ports } = this.#core;
    const typed = makePairingSecret(ports.random(SECRET_RANDOM), TYPED_SECRET_DIGITS);
    const linked = makePairingSecret(ports.random(SECRET_RANDOM), LINK_SECRET_DIGITS);
    return { mode: { kind: 'initiate' }, secrets: [typed, linked] };
  }

  #eventOf(step: PairingProgress, attempt: Attempt): PairEvent | null {
    const { pairingId, workspace } = attempt;
    switch (step.kind) {
      case 'started':
        return { event: 'pairing', pairingId, expiresAt: step.expiresAt, ...this.#shown(step, attempt) };
      case 'confirm':
        return { event: 'confirm', pairingId, safetyNumber: step.safetyNumber, fingerprint: step.fingerprint };
      case 'needs-old-approver':
        return { event: 'old-approver', pairingId, signerKeyId: step.signerKeyId, reachable: step.reachable };
      case 'paired': {
        const { signerKeyId, assurance, safetyNumber } = step;
        const recoveryCode = this.#core.recovery.take(pairingId);
        return {
          event: 'paired',
          workspace: workspace.path,
          signerKeyId,
          assurance,
          capabilities: this.#capabilities(workspace.workspaceId),
          safetyNumber,
          ...(recoveryCode === undefined ? {} : { recoveryCode }),
        };
      }
      case 'expired':
        return { event: 'expired' };
      case 'refused':
        return { event: 'refused', reason: step.reason, message: refusalMessage(step) };
      default:
        return step satisfies never;
    }
  }

  #capabilities(workspaceId: string): string[] {
    return [...(this.#core.host.state.pairings[workspaceId]?.standing.active?.capabilities ?? [])];
  }

  #shown(step: Started, { start, body }: Attempt): { code: string; link: string } {
    const [typed, linked] = start.secrets;
    const gatewayUrl = this.#core.state?.gatewayUrl ?? null;
    if (start.mode.kind === 'claim' || typed === undefined || linked === undefined || gatewayUrl === null) {
      return { code: '', link: '' };
    }
    const code = parsePairingCode(step.pairingCode);
    const { enrollmentCode } = body;
    const link = pairingLink({
      approverOrigin: body.approverOrigin ?? gatewayUrl,
      gatewayUrl,
      code,
      secret: linked,
      ...(enrollmentCode === undefined ? {} : { enrollmentCode }),
    });
    return { code: formatShownCode(code, typed), link };
  }

  /** The pinned approver has to agree to its successor (PAIR-260). */
  async #askOldApprover(
    step: Extract<PairingProgress, { kind: 'needs-old-approver' }>,
    { pairingId, workspace }: Attempt,
    signal: AbortSignal,
  ): Promise<void> {
    const { host, ports } = this.#core;
    const give = () => host.dispatch({ type: 'pairing.cancel', pairingId });
    if (!step.reachable) return give();
    const { version: replaced } = this.#core.policies.inForce(workspace.workspaceId);
    const version = Math.max(replaced + 1, Math.floor(ports.now() / 1000));
    const action = policyChangeAction({
      policy: canonicalize({ approverKey: step.publicKey, version } satisfies PolicyDocument),
      summary: `Replace the approver of ${workspace.workspaceName} by ${step.signerKeyId}`,
    });
    for await (const { event } of this.#requests.askOwn(workspace, action, { timeoutMs: OLD_APPROVER_WAIT, signal })) {
      if (event.event !== 'decided') continue;
      if (event.verdict === 'allow') {
        host.dispatch({ type: 'pairing.replace', pairingId, requestId: event.requestId });
      } else {
        give();
      }
    }
  }
}

function isEnd(step: PairingProgress): boolean {
  return step.kind === 'paired' || step.kind === 'expired' || step.kind === 'refused';
}

function readCode(text: string | undefined): ReturnType<typeof readShownCode> {
  if (text === undefined) throw new RuntimeError('bad_request', 'missing or wrong: shownCode');
  try {
    return readShownCode(text);
  } catch (cause) {
    if (cause instanceof AirlockError) throw new RuntimeError('bad_request', cause.message, { cause });
    throw cause;
  }
}
