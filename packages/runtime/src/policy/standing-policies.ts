import type { Verifier } from '@airlock/crypto';
import { pairingFacts, type PairingFacts } from '@airlock/enforcer';
import {
  absorbFailure,
  absorbPolicies,
  endPolicy,
  initialStanding,
  standingAt,
  type StandingContext,
  type StandingPolicy,
  type StandingState,
} from '@airlock/policy';
import { LIMITS } from '@airlock/protocol';
import type { BackgroundCalls } from '../engine/background-calls.js';
import type { EngineHost } from '../engine/engine-host.js';
import type { Ports } from '../ports/ports.js';
import type { PolicyDesk } from './policy-desk.js';
import { pairingName, standingContext } from './standing-context.js';
import type { StandingDesk } from './standing-desk.js';

/** How long after its last request a session counts as open, milliseconds. */
const OPEN_FOR = 15 * 60_000;

/** Sessions that are asked about; callers name theirs themselves, so there is no end to them. */
const MOST_ASKED = 32;
const MOST_KNOWN = 512;

export interface StandingPoliciesOptions {
  readonly ports: Pick<Ports, 'now' | 'mono' | 'timer'>;
  readonly host: EngineHost;
  readonly calls: BackgroundCalls;
  readonly policies: Pick<PolicyDesk, 'endedGrants' | 'endGrant'>;
  readonly verifier: Verifier;
  /** Told about an end of a grant that could not be recorded. */
  readonly onFailure: (cause: unknown) => void;
}

/** One session of a host in one workspace, or what names no session there. */
interface Session {
  readonly workspaceId: string;
  readonly sessionId: string | undefined;
  /** Which pairing the state belongs to. */
  readonly pairing: string;
  state: StandingState;
  /** Whether the gateway was asked, with or without success. */
  answered: boolean;
  asking: boolean;
  /** Monotonic milliseconds of the last request of the session. */
  usedMono: number;
  /** Monotonic milliseconds of the last question to the gateway. */
  askedMono: number;
}

/** Keeps the standing policies of open sessions fresh, in the background: no request ever waits for them (DND-125). */
export class StandingPolicies implements StandingDesk {
  readonly #options: StandingPoliciesOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<() => void>();
  readonly #ended = new Set<string>();
  #cancelTimer: (() => void) | null = null;
  #stopped = false;

  constructor(options: StandingPoliciesOptions) {
    this.#options = options;
  }

  at(workspaceId: string, sessionId: string | undefined): readonly StandingPolicy[] {
    const session = this.#sessionOf(workspaceId, sessionId);
    if (session === null) return [];
    const mono = this.#options.ports.mono();
    session.usedMono = mono;
    if (mono - session.askedMono >= LIMITS.policyRefreshMs) this.#ask(session);
    this.#arm();
    return this.#holding(session);
  }

  known(workspaceId: string, sessionId: string | undefined): readonly StandingPolicy[] {
    const session = this.#sessions.get(keyOf(workspaceId, sessionId));
    const isCurrent = session !== undefined && session.pairing === this.#pairingOf(workspaceId)?.name;
    return isCurrent ? this.#holding(session) : this.#ofOthers(workspaceId, sessionId);
  }

  all(workspaceId: string): readonly StandingPolicy[] {
    return this.#heardOf(workspaceId);
  }

  refresh(workspaceId: string, sessionId: string | undefined): void {
    const session = this.#sessions.get(keyOf(workspaceId, sessionId));
    if (session !== undefined) this.#ask(session);
  }

  end(policyId: string): void {
    this.#ended.add(policyId);
    for (const session of this.#sessions.values()) session.state = endPolicy(session.state, policyId);
  }

  watch(listener: () => void): void {
    this.#listeners.add(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** Null without a pairing. What was known under another pairing is forgotten. */
  #sessionOf(workspaceId: string, sessionId: string | undefined): Session | null {
    const pairing = this.#pairingOf(workspaceId);
    if (pairing === null) return null;
    const key = keyOf(workspaceId, sessionId);
    const known = this.#sessions.get(key);
    this.#sessions.delete(key);
    const session = known?.pairing === pairing.name ? known : this.#newSession(workspaceId, sessionId, pairing.name);
    // The session that was used last comes last, so that the first ones can be dropped.
    this.#sessions.set(key, session);
    if (this.#sessions.size > MOST_KNOWN) this.#sessions.delete(this.#leastUseful(key));
    return session;
  }

  /** The session to forget: the oldest, but callers that name session after session must not make a denial forgotten. */
  #leastUseful(newest: string): string {
    const others = [...this.#sessions].filter(([key]) => key !== newest);
    const [found = newest] = others.find(([, { state }]) => state.denying.length === 0) ?? others[0] ?? [];
    return found;
  }

  #newSession(workspaceId: string, sessionId: string | undefined, pairing: string): Session {
    const state = initialStanding([...this.#options.policies.endedGrants, ...this.#ended]);
    return {
      workspaceId,
      sessionId,
      pairing,
      state,
      answered: false,
      asking: false,
      usedMono: Number.NEGATIVE_INFINITY,
      askedMono: Number.NEGATIVE_INFINITY,
    };
  }

  #pairingOf(workspaceId: string): { readonly name: string; readonly facts: PairingFacts } | null {
    const facts = pairingFacts(this.#options.host.state, workspaceId, this.#options.ports.now());
    if (facts === null) return null;
    return { name: pairingName(facts), facts };
  }

  #now(): { readonly at: number; readonly mono: number } {
    const { ports } = this.#options;
    return { at: Math.floor(ports.now()), mono: ports.mono() };
  }

  #holding(session: Session): readonly StandingPolicy[] {
    if (!session.answered) return this.#ofOthers(session.workspaceId, session.sessionId);
    const own = standingAt(session.state, this.#now());
    if (session.state.refreshedMono !== null) return own;
    // Without an answer of its own a session is denied what any other one heard of (DND-110).
    const others = this.#ofOthers(session.workspaceId, session.sessionId).filter(({ effect }) => effect === 'deny');
    return [...own, ...others.filter((other) => !own.some(({ policyId }) => policyId === other.policyId))];
  }

  /** What a new session can know before its first answer: policies of the whole workspace that another session heard of. */
  #ofOthers(workspaceId: string, sessionId: string | undefined): readonly StandingPolicy[] {
    return this.#heardOf(workspaceId).filter(
      (policy) => policy.sessionId === undefined || policy.sessionId === sessionId,
    );
  }

  /** What any session of a workspace heard of under its pairing of now. */
  #heardOf(workspaceId: string): readonly StandingPolicy[] {
    const pairing = this.#pairingOf(workspaceId)?.name;
    const found = new Map<string, StandingPolicy>();
    for (const other of this.#sessions.values()) {
      if (other.workspaceId !== workspaceId || other.pairing !== pairing) continue;
      for (const policy of standingAt(other.state, this.#now())) found.set(policy.policyId, policy);
    }
    return [...found.values()];
  }

  #arm(): void {
    if (this.#cancelTimer !== null || this.#stopped) return;
    this.#cancelTimer = this.#options.ports.timer(LIMITS.policyRefreshMs, () => {
      this.#cancelTimer = null;
      this.#askAll();
    });
  }

  #askAll(): void {
    const mono = this.#options.ports.mono();
    const open = [...this.#sessions.values()].filter(({ usedMono }) => mono - usedMono < OPEN_FOR);
    for (const session of open.slice(-MOST_ASKED)) this.#ask(session);
    if (open.length > 0) this.#arm();
  }

  #ask(session: Session): void {
    if (session.asking || this.#stopped) return;
    session.asking = true;
    session.askedMono = this.#options.ports.mono();
    this.#fetch(session)
      .catch(() => {
        // Without an answer no grant holds, and every denial stays (DND-110).
        session.state = absorbFailure(session.state);
        session.answered = true;
      })
      .finally(() => {
        session.asking = false;
        for (const listener of this.#listeners) listener();
      });
  }

  async #fetch(session: Session): Promise<void> {
    const { workspaceId, sessionId } = session;
    const pairing = this.#pairingOf(workspaceId);
    if (pairing === null || pairing.name !== session.pairing) return;
    const { facts } = pairing;
    const query = { enforcerId: facts.enforcerId, workspaceId, ...(sessionId === undefined ? {} : { sessionId }) };
    // As old as the question: what came into force after it may be missing from the answer, never the other way round.
    const { mono } = this.#now();
    const answer = await this.#options.calls.call((client, options) => client.policies.effective(query, options));
    if (answer === null || this.#pairingOf(workspaceId)?.name !== session.pairing) return;
    this.#absorb(session, {
      policies: answer.body,
      mono,
      context: standingContext(facts, { workspaceId, sessionId, verifier: this.#options.verifier }),
    });
  }

  #absorb(
    session: Session,
    { policies, mono, context }: { policies: readonly unknown[]; mono: number; context: StandingContext },
  ): void {
    const before = session.state;
    const { state, ended } = absorbPolicies(before, { policies, at: this.#now().at, mono }, context);
    session.state = state;
    session.answered = true;
    for (const policyId of ended) {
      this.end(policyId);
      this.#recordEnd(policyId, before.approving.find((policy) => policy.policyId === policyId)?.expiresAt);
    }
  }

  /** A grant that the gateway once left out is never honoured again, whatever it sends later (DND-120). */
  #recordEnd(policyId: string, expiresAt: number | undefined): void {
    try {
      // It may still count for the tolerance of the clocks after its end.
      this.#options.policies.endGrant(
        policyId,
        (expiresAt ?? this.#now().at + LIMITS.policySpanMaxMs) + LIMITS.clockSkewMs,
      );
    } catch (cause) {
      this.#options.onFailure(cause);
    }
  }
}

function keyOf(workspaceId: string, sessionId: string | undefined): string {
  return JSON.stringify([workspaceId, sessionId ?? null]);
}
