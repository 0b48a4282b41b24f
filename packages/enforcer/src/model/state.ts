import type { AuthState } from './auth.js';
import type { RequestId, WorkspaceId } from './base.js';
import type { EnforcerConfig, Requirement } from './config.js';
import type { Rejection } from './durable.js';
import type { EnforcerEffect } from './effects.js';
import type { Exchange, Withdrawal } from './exchange.js';
import type { PairingState } from './pairing.js';
import type { PresenceState } from './presence.js';

/** Whether anything may be opened at all. */
export type Lifecycle = 'starting' | 'running' | 'stopped';

/** The whole engine: plain, readonly data without bytes, functions or dates. It holds secrets: never log it. */
export interface EnforcerState {
  readonly config: EnforcerConfig;
  readonly lifecycle: Lifecycle;
  /** Code of a local defect that denies everything; null when there is none. */
  readonly fault: string | null;
  readonly auth: AuthState;
  readonly pairings: Readonly<Record<WorkspaceId, PairingState>>;
  readonly presence: Readonly<Record<WorkspaceId, PresenceState>>;
  readonly exchanges: Readonly<Record<RequestId, Exchange>>;
  /** Requests of an earlier run that still have to be withdrawn (ENF-130). */
  readonly orphans: Readonly<Record<RequestId, Withdrawal>>;
  /** Verified rejections of the last ten minutes. */
  readonly rejections: readonly Rejection[];
  /** What the policies in force require beyond `config`, by workspace. */
  readonly requirements: Readonly<Record<WorkspaceId, readonly Requirement[]>>;
}

/** What a step returns: the next state and what to do, in order. Nothing has been performed. */
export interface StepResult {
  readonly state: EnforcerState;
  readonly effects: readonly EnforcerEffect[];
}
