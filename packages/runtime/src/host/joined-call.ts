import { RuntimeError } from '../errors.js';
import type { OutcomeBody, RequestEvent } from '../socket/api.js';
import { Audience } from './audience.js';
import { callIdentity } from './call-identity.js';
import type { CallPorts } from './call-ports.js';
import { bodyOf, permitOf } from './call-request.js';
import type { HostAction, HostCall, HostOutcome, HostVerdict } from './host-desk.js';
import { decidedDenial, type Denial, ownDenial, type RefusalCode, thrownDenial } from './refusals.js';
import { Lapse } from './lapse.js';
import { changed, claimed, ended, type Use } from './use.js';

type Stage =
  | { readonly name: 'asking' }
  /** Permitted, not yet used. */
  | { readonly name: 'answered'; readonly use: Use }
  /** On record as used; `delivered` once somebody who was still there got it. */
  | { readonly name: 'given'; readonly use: Use; delivered: boolean }
  | { readonly name: 'refused'; readonly denial: Denial }
  /** The host said how it ended. */
  | { readonly name: 'over' };

type Answered = Extract<Stage, { readonly name: 'answered' }>;
type Given = Extract<Stage, { readonly name: 'given' }>;

/** How long a layer that was told to ask again is waited for where it does not say, milliseconds. */
const RETURNS_WITHIN = 5000;

/** How a layer's wait ends. */
type Waited = 'answered' | 'late' | 'gone';

/** One tool call of a host, whichever of its layers report it: one description, one request, one claim (LOC-145). */
export class JoinedCall {
  readonly #ports: CallPorts;
  readonly #first: Pick<HostCall, 'host' | 'sessionId' | 'toolUseId' | 'cwd'>;
  readonly #identity: string;
  readonly #audience: Audience;
  readonly #collected = new Set<string>();
  readonly #gone = new AbortController();
  readonly #listeners = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();
  #stage: Stage = { name: 'asking' };
  #requestId: string | null = null;
  /** On record as used, and nobody has said how it ended. */
  #unfinished: string | null = null;
  #lapse: Lapse;

  /** Asks at once. Throws `CanonicalizationError` for what has no identity. */
  constructor(ports: CallPorts, call: HostCall) {
    const { host, sessionId, toolUseId, cwd } = call;
    this.#ports = ports;
    this.#first = { host, sessionId, toolUseId, cwd };
    this.#identity = callIdentity(call);
    this.#lapse = new Lapse(ports.ports, ports.ports.now() + call.timeoutSeconds * 1000);
    this.#audience = new Audience(ports.ports, () => this.#abandon('withdrawn'));
    this.#ask(call).catch((cause: unknown) => {
      if (this.#stage.name === 'asking') this.#refuse(thrownDenial(this.#requestId, cause));
    });
  }

  /** Whether somebody still has to decide or to collect. */
  get isOpen(): boolean {
    const { name } = this.#stage;
    return name === 'asking' || name === 'answered' || !this.#audience.isEmpty;
  }

  /** Null before there is one. */
  get requestId(): string | null {
    return this.#requestId;
  }

  belongsTo(host: string, sessionId: string): boolean {
    return this.#first.host === host && this.#first.sessionId === sessionId;
  }

  /** Hands the verdict to a layer, once, when there is one. A layer with other input gets none, and no later one does. */
  async collect(call: HostCall): Promise<HostVerdict> {
    if (callIdentity({ ...call, cwd: call.cwd ?? this.#first.cwd }) !== this.#identity) {
      return this.#refuse(this.#incident(call, 'input_changed'));
    }
    if (this.#collected.has(call.layer)) return this.#incident(call, 'collected_again');
    let how: Waited = 'gone';
    this.#audience.enter(call.layer);
    try {
      how = await this.#wait(call);
      if (how === 'late') return { permission: 'pending' };
      return how === 'gone' ? ownDenial(this.#requestId, 'withdrawn') : await this.#inTurn(() => this.#hand(call));
    } finally {
      this.#audience.leave(call.layer, how === 'late' ? (call.returnsWithinMs ?? RETURNS_WITHIN) : null);
    }
  }

  /** What the host says about the end. That of a call that was not let through, or not any more, is an incident. */
  ended({ result }: Pick<HostOutcome, 'result'>): void {
    const wasPermitted = this.#stage.name === 'given' && this.#stage.delivered;
    if (!wasPermitted && this.#stage.name !== 'over' && result === 'succeeded') {
      this.#ports.incident({ ...this.#first, requestId: this.#requestId }, 'ran_unapproved');
    }
    this.#endHandOver();
    if (wasPermitted) this.#stage = { name: 'over' };
    else this.#abandon('call_over');
    this.#finish({ result: 'exited', exitCode: result === 'succeeded' ? 0 : 1 });
  }

  /** Gives up what is open and keeps nothing; the end of what was let through stays unknown. */
  forget(code: RefusalCode): void {
    this.#refuse(ownDenial(this.#requestId, code));
    this.#audience.stop();
    this.#finish({ result: 'unknown' });
  }

  async #ask(call: HostCall): Promise<void> {
    const action = await call.describe();
    if (this.#stage.name !== 'asking') return;
    const part = action.handsOver === true ? 'gives' : 'none';
    for await (const event of this.#ports.requests.request(bodyOf(call, action), this.#gone.signal, part)) {
      this.#take(event, action);
    }
    if (this.#stage.name === 'asking') throw new RuntimeError('internal_error', 'the request ended without a decision');
  }

  #take(event: RequestEvent, { recheck, workspace }: HostAction): void {
    if (event.event === 'error') {
      const { code, message, fix } = event;
      throw new RuntimeError(code, message, fix === undefined ? {} : { fix });
    }
    this.#requestId = event.requestId;
    if (event.event === 'submitted') this.#lapse = new Lapse(this.#ports.ports, event.expiresAt);
    if (event.event !== 'decided') return;
    const permit = permitOf(event);
    if (this.#stage.name !== 'asking') {
      if (permit !== null) this.#withdraw(event.requestId);
    } else if (permit === null) this.#refuse(decidedDenial(event));
    else this.#enter({ name: 'answered', use: { permit, recheck, workspace } });
  }

  async #wait({ signal, waitMs }: HostCall): Promise<Waited> {
    if (signal.aborted) return 'gone';
    if (this.#stage.name !== 'asking') return 'answered';
    return await new Promise((resolve) => {
      const finish = (how: Waited) => {
        signal.removeEventListener('abort', leave);
        this.#listeners.delete(collect);
        cancel();
        resolve(how);
      };
      const leave = () => finish('gone');
      const collect = () => finish('answered');
      const cancel = waitMs === undefined ? () => undefined : this.#ports.ports.timer(waitMs, () => finish('late'));
      signal.addEventListener('abort', leave, { once: true });
      this.#listeners.add(collect);
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  /** What counts is whether it holds when the layer gets it: whatever is awaited, it may be refused meanwhile. */
  async #hand(call: HostCall): Promise<HostVerdict> {
    for (;;) {
      if (this.#collected.has(call.layer)) return this.#incident(call, 'collected_again');
      if (call.signal.aborted) return ownDenial(this.#requestId, 'withdrawn');
      const stage = await this.#ready(this.#stage);
      if (this.#stage === stage && !call.signal.aborted) return this.#give(call, stage);
    }
  }

  /** The stage after everything that has to be so right before it is handed out. */
  async #ready(stage: Stage): Promise<Stage> {
    if (stage.name === 'answered') await this.#claim(stage);
    if (stage.name === 'given') await this.#check(stage);
    return this.#stage;
  }

  #give(call: HostCall, stage: Stage): HostVerdict {
    switch (stage.name) {
      case 'asking':
      case 'answered':
        throw new RuntimeError('internal_error', 'nothing is decided yet');
      case 'over':
        return this.#incident(call, 'call_over');
      case 'refused':
        // Not used up: a host that runs a layer a second time after a refusal gets the same reason again.
        return stage.denial;
      case 'given':
        this.#collected.add(call.layer);
        stage.delivered = true;
        this.#ports.handOver.given(stage.use.permit.requestId);
        return stage.use.permit;
    }
  }

  /** Puts the permit on record as used, or refuses. */
  async #claim(stage: Answered): Promise<void> {
    const { use } = stage;
    const change = await changed(use);
    if (this.#stage !== stage) return;
    if (change !== null) {
      this.#refuse(change);
      return;
    }
    const refusal = await claimed(use, this.#ports);
    if (refusal === null) this.#unfinished = use.permit.requestId;
    if (this.#stage !== stage) this.#finish({ result: 'not-started', code: 'withdrawn' });
    else if (refusal !== null) this.#refuse(refusal);
    else {
      this.#enter({ name: 'given', use, delivered: false });
      const late = ended(use, this.#lapse, this.#ports);
      if (late !== null) this.#refuse(late);
    }
  }

  /** Refuses what was given when it does not hold any more. */
  async #check(stage: Given): Promise<void> {
    const change = await changed(stage.use);
    if (this.#stage !== stage) return;
    const refusal = change ?? ended(stage.use, this.#lapse, this.#ports);
    if (refusal !== null) this.#refuse(refusal);
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    for (const listener of [...this.#listeners]) listener();
  }

  /** From here on every layer is refused. What was decided before stays. */
  #refuse(refusal: Denial): Denial {
    const stage = this.#stage;
    if (stage.name === 'refused' || stage.name === 'over') return refusal;
    this.#enter({ name: 'refused', denial: refusal });
    this.#endHandOver();
    this.#gone.abort();
    if (stage.name === 'answered') this.#withdraw(stage.use.permit.requestId);
    if (stage.name === 'given' && !stage.delivered) this.#finish({ result: 'not-started', code: refusal.code });
    return refusal;
  }

  /** What nobody has got is withdrawn; what somebody has got stays collectable. */
  #abandon(code: RefusalCode): void {
    const stage = this.#stage;
    if (stage.name === 'given' && stage.delivered) return;
    this.#refuse(ownDenial(this.#requestId, code));
  }

  #incident({ layer }: Pick<HostCall, 'layer'>, code: RefusalCode): Denial {
    this.#ports.incident({ ...this.#first, layer, requestId: this.#requestId }, code);
    return ownDenial(this.#requestId, code);
  }

  #endHandOver(): void {
    if (this.#requestId !== null) this.#ports.handOver.ended(this.#requestId);
  }

  #withdraw(requestId: string): void {
    this.#ports.requests.withdraw(requestId).catch(() => this.#unrecorded(requestId));
  }

  #finish(outcome: OutcomeBody): void {
    const requestId = this.#unfinished;
    if (requestId === null) return;
    this.#unfinished = null;
    this.#ports.requests.outcome(requestId, outcome).catch(() => this.#unrecorded(requestId));
  }

  #unrecorded(requestId: string): void {
    this.#ports.incident({ ...this.#first, requestId }, 'not_recorded');
  }
}
