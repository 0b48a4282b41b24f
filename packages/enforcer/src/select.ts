import type { Assurance } from '@airlock/protocol';
import type { WorkspaceId } from './model/base.js';
import type { DenyCode } from './model/codes.js';
import type { EpochMs } from './model/base.js';
import type { Exchange, ReportedState } from './model/exchange.js';
import type { EnforcerState } from './model/state.js';

/** Whether a request of a workspace would be submitted now, later (a refresh or consent check is under way) or never. */
export type Admission =
  | { readonly kind: 'open' }
  | { readonly kind: 'later' }
  | { readonly kind: 'closed'; readonly code: DenyCode };

/** The gate of the composition: signed in, consented, paired, and paired with the gateway that is signed in to. */
export function admission(state: EnforcerState, workspaceId: WorkspaceId): Admission {
  throw new TypeError(`not written: ${state.lifecycle} ${workspaceId}`);
}

/** The state a peer or a user sees (ENF-080). */
export function reportedState(exchange: Exchange): ReportedState {
  throw new TypeError(`not written: ${exchange.name}`);
}

/** Requests that can still end in an execution. */
export function openExchanges(state: EnforcerState): readonly Exchange[] {
  throw new TypeError(`not written: ${state.lifecycle}`);
}

/** What the runtime must know to build an artifact for a workspace and to describe its pairing. */
export interface PairingFacts {
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly assurance: Assurance;
  readonly signerKeyId: string;
  readonly publicKey: string;
  readonly capabilities: readonly string[];
  readonly safetyNumber: string;
  readonly pairedAt: EpochMs;
  /** Notices of ART-145 that follow from the pairing, sorted. */
  readonly notices: readonly string[];
  /** Whether approvals of `policy.change` by this approver count (PAIR-220, PAIR-225). */
  readonly policyChangeHonoured: boolean;
}

/** Facts of the pairing in force, or null. `at` decides whether the use of a recovery code is still shown. */
export function pairingFacts(state: EnforcerState, workspaceId: WorkspaceId, at: EpochMs): PairingFacts | null {
  throw new TypeError(`not written: ${state.lifecycle} ${workspaceId} ${at}`);
}
