import { RuntimeError } from '../errors.js';
import type { OutcomeBody, RequestEvent } from '../socket/api.js';
import { Audience } from './audience.js';
import { callIdentity } from './call-identity.js';
import type { CallPorts, Permit } from './call-ports.js';
import { bodyOf, permitOf } from './call-request.js';
import type { HostAction, HostCall, HostOutcome, HostVerdict } from './host-desk.js';
import { decidedDenial, type Denial, denial, ownDenial, type RefusalCode, thrownDenial } from './refusals.js';

/** What has to hold whenever the verdict is handed out. */
type Watched = Pick<HostAction, 'recheck' | 'workspace'>;

type Stage =
  | { readonly name: 'asking' }
  /** Permitted, not yet used. */
  | { readonly name: 'answered'; readonly permit: Permit; readonly watched: Watched }
  /** On record as used; `delivered` once somebody who was still there got it. */
  | { readonly name: 'given'; readonly permit: Permit; readonly watched: Watched; delivered: boolean }
  | { readonly name: 'refused'; readonly denial: Denial }
  /** The host said how it ended. */
  | { readonly name: 'over' };

/** Until when an allow may be collected: epoch milliseconds, and on the clock that nobody can set. */
interface Lapse {
  readonly wall: number;
  readonly mono: number;
}

/** One tool call of a host, whichever of its layers report it: one description, one request, one claim (LOC-145). */
export class JoinedCall {
  readonly #ports: CallPorts;
  readonly #first: Pick<HostCall, 'host' | 'sessionId' | 'toolUseId' | 'cwd'>;
  readonly #identity: string;
  readonly #audience: Audience;
  readonly #collected = new Set<string>();
  readonly #gone = new AbortController();
  readonly #answered: Promise<void>;
  #settle: () => void = () => undefined;
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
    this.#lapse = this.#lapseAt(ports.ports.now() + call.timeoutSeconds * 1000);
    this.#audience = new Audience(ports.ports, () => this.#abandon('withdrawn'));
    this.#answered = new Promise((resolve) => {
      this.#settle = resolve;
    });
    void this.#ask(call);
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
    let how: 'answered' | 'late' | 'gone' = 'gone';
    this.#audience.enter(call.layer);
    try {
      how = await this.#wait(call);
      if (how === 'late') return { permission: 'pending' };
      return how === 'gone' ? ownDenial(this.#requestId, 'withdrawn') : await this.#inTurn(() => this.#hand(call));
    } finally {
      this.#audience.leave(call.layer, how === 'late');
    }
  }

  /** What the host says about the end. That of a call that was not let through, or not any more, is an incident. */
  ended({ result }: Pick<HostOutcome, 'result'>): void {
    const wasPermitted = this.#stage.name === 'given' && this.#stage.delivered;
    if (!wasPermitted && this.#stage.name !== 'over' && result === 'succeeded') {
      this.#ports.incident({ ...this.#first, requestId: this.#requestId }, 'ran_unapproved');
    }
    if (wasPermitted) this.#stage = { name: 'over' };
    else this.#abandon('call_over');
    void this.#finish({ result: 'exited', exitCode: result === 'succeeded' ? 0 : 1 });
  }

  /** Gives up what is open and keeps nothing; the end of what was let through stays unknown. */
  forget(code: RefusalCode): void {
    this.#abandon(code);
    this.#audience.stop();
    void this.#finish({ result: 'unknown' });
  }

  async #ask(call: HostCall): Promise<void> {
    try {
      const action = await call.describe();
      if (this.#stage.name !== 'asking') return;
      for await (const event of this.#ports.requests.request(bodyOf(call, action), this.#gone.signal)) {
        this.#take(event, action);
      }
      throw new RuntimeError('internal_error', 'the request ended without a decision');
    } catch (cause) {
      if (this.#stage.name === 'asking') this.#refuse(thrownDenial(this.#requestId, cause));
    }
  }

  #take(event: RequestEvent, action: HostAction): void {
    if (event.event === 'error') {
      const { code, message, fix } = event;
      throw new RuntimeError(code, message, fix === undefined ? {} : { fix });
    }
    this.#requestId = event.requestId;
    if (event.event === 'submitted') this.#lapse = this.#lapseAt(event.expiresAt);
    if (event.event !== 'decided') return;
    const permit = permitOf(event);
    if (this.#stage.name !== 'asking') {
      if (permit !== null) this.#withdraw(event.requestId);
    } else if (permit === null) this.#refuse(decidedDenial(event));
    else {
      const { recheck, workspace } = action;
      this.#stage = { name: 'answered', permit, watched: { recheck, workspace } };
      this.#settle();
    }
  }

  async #wait({ signal, waitMs }: HostCall): Promise<'answered' | 'late' | 'gone'> {
    if (signal.aborted) return 'gone';
    if (this.#stage.name !== 'asking') return 'answered';
    return await new Promise((resolve) => {
      const finish = (how: 'answered' | 'late' | 'gone') => {
        signal.removeEventListener('abort', leave);
        cancel();
        resolve(how);
      };
      const leave = () => finish('gone');
      const cancel = waitMs === undefined ? () => undefined : this.#ports.ports.timer(waitMs, () => finish('late'));
      signal.addEventListener('abort', leave, { once: true });
      void this.#answered.then(() => finish('answered'));
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  /** What counts is whether it still holds when the layer gets it: whatever is awaited, it may be refused meanwhile. */
  async #hand(call: HostCall): Promise<HostVerdict> {
    for (;;) {
      if (this.#collected.has(call.layer)) return this.#incident(call, 'collected_again');
      if (call.signal.aborted) return ownDenial(this.#requestId, 'withdrawn');
      const stage = await this.#ready(this.#stage);
      if (this.#stage === stage && !call.signal.aborted) return this.#give(call, stage);
    }
  }

  /** The stage that may be handed out after everything that has to be so right before. */
  async #ready(stage: Stage): Promise<Stage> {
    if (stage.name === 'answered') await this.#use(stage);
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
        this.#collected.add(call.layer);
        return stage.denial;
      case 'given':
        this.#collected.add(call.layer);
        stage.delivered = true;
        return stage.permit;
    }
  }

  /** Puts the permit on record as used, or refuses. */
  async #use(stage: Extract<Stage, { name: 'answered' }>): Promise<void> {
    const { permit, watched } = stage;
    const changed = await this.#changed(watched);
    if (this.#stage !== stage) return;
    if (changed !== null) {
      this.#refuse(changed);
      return;
    }
    const refusal = await this.#claim(permit.requestId);
    if (refusal === null) this.#unfinished = permit.requestId;
    if (this.#stage !== stage) await this.#finish({ result: 'not-started', code: 'withdrawn' });
    else if (refusal === null) this.#stage = { name: 'given', permit, watched, delivered: false };
    else this.#refuse(refusal);
  }

  /** Refuses what was given when it does not hold any more. */
  async #check(stage: Extract<Stage, { name: 'given' }>): Promise<void> {
    const { permit, watched } = stage;
    const changed = await this.#changed(watched);
    if (this.#stage !== stage) return;
    const { now, mono } = this.#ports.ports;
    const lapsed = permit.permission === 'allow' && (now() >= this.#lapse.wall || mono() >= this.#lapse.mono);
    const refusal = changed ?? (lapsed ? ownDenial(permit.requestId, 'verdict_lapsed') : this.#closed(stage));
    if (refusal !== null) this.#refuse(refusal);
  }

  async #changed({ recheck }: Watched): Promise<Denial | null> {
    try {
      const changed = await recheck();
      return changed === null ? null : denial(this.#requestId, changed);
    } catch (cause) {
      return thrownDenial(this.#requestId, cause);
    }
  }

  #closed({ watched, permit }: Extract<Stage, { name: 'given' }>): Denial | null {
    try {
      const closed = this.#ports.closed(watched.workspace, permit);
      return closed === null ? null : denial(permit.requestId, closed);
    } catch (cause) {
      return thrownDenial(permit.requestId, cause);
    }
  }

  async #claim(requestId: string): Promise<Denial | null> {
    try {
      const answer = await this.#ports.requests.claim(requestId);
      return answer.granted ? null : denial(requestId, answer);
    } catch (cause) {
      return thrownDenial(requestId, cause);
    }
  }

  /** From here on every layer is refused. What was decided before stays. */
  #refuse(refusal: Denial): Denial {
    const stage = this.#stage;
    if (stage.name === 'refused' || stage.name === 'over') return refusal;
    this.#stage = { name: 'refused', denial: refusal };
    this.#settle();
    this.#gone.abort();
    if (stage.name === 'answered') this.#withdraw(stage.permit.requestId);
    if (stage.name === 'given' && !stage.delivered) void this.#finish({ result: 'not-started', code: refusal.code });
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

  #withdraw(requestId: string): void {
    this.#ports.requests.withdraw(requestId).catch(() => this.#unrecorded(requestId));
  }

  async #finish(outcome: OutcomeBody): Promise<void> {
    const requestId = this.#unfinished;
    if (requestId === null) return;
    this.#unfinished = null;
    try {
      await this.#ports.requests.outcome(requestId, outcome);
    } catch {
      this.#unrecorded(requestId);
    }
  }

  #unrecorded(requestId: string): void {
    this.#ports.incident({ ...this.#first, requestId }, 'not_recorded');
  }

  /** A wall clock that is set back must not make an approval live longer. */
  #lapseAt(wall: number): Lapse {
    const { now, mono } = this.#ports.ports;
    return { wall, mono: mono() + Math.max(0, wall - now()) };
  }
}
