import type { Access, CallId, EnforcerId, PairingId, PersistId, RequestId, TimerId, WorkspaceId } from './base.js';
import type { AuditEntry } from './audit.js';
import type { DenyCode } from './codes.js';
import type { DurableRecord, JournalEntry, RecoveryHash } from './durable.js';
import type { GatewayEffect } from './gateway-calls.js';
import type { NotifyEffect } from './progress.js';

/**
 * Everything the engine wants done. Effects of one step are started in order; none waits for another, except where an
 * effect says so. Each effect with an answer gets exactly one.
 */
export type EnforcerEffect =
  | GatewayEffect
  /** Abort a call that is under way; it still answers once (`aborted`, or what came first). */
  | { readonly type: 'gateway.cancel'; readonly callId: CallId }
  | { readonly type: 'timer.set'; readonly timerId: TimerId; readonly afterMs: number }
  | { readonly type: 'timer.clear'; readonly timerId: TimerId }
  /** Replace a record atomically and sync it; answer `persist.done` or `persist.failed`. Records of one kind and key in order. */
  | { readonly type: 'persist'; readonly persistId: PersistId; readonly record: DurableRecord }
  /** Append and sync; answer `journal.recorded`, `journal.replayed` or `journal.unavailable`. */
  | { readonly type: 'journal.record'; readonly requestId: RequestId; readonly entry: JournalEntry }
  | { readonly type: 'audit.append'; readonly entry: AuditEntry }
  /** The caller may execute now, once. Comes after `execution.claim` only. */
  | { readonly type: 'execution.grant'; readonly requestId: RequestId }
  | { readonly type: 'execution.refuse'; readonly requestId: RequestId; readonly code: DenyCode }
  /** Slow hash of the code that came with `pairing.start`; answer `recovery.verified`. The engine never sees the code. */
  | {
      readonly type: 'recovery.verify';
      readonly pairingId: PairingId;
      readonly hash: RecoveryHash;
    }
  /** Make a new recovery code and its hash; keep the code for `paired`; answer `recovery.created`. */
  | { readonly type: 'recovery.create'; readonly pairingId: PairingId; readonly workspaceId: WorkspaceId }
  /** Open the WebSocket of an enforcer and say hello; answer `channel.opened` or `channel.closed`. */
  | {
      readonly type: 'channel.open';
      readonly workspaceId: WorkspaceId;
      readonly enforcerId: EnforcerId;
      readonly enforcerLabel: string;
      readonly workspaceName: string;
      readonly access: Access;
    }
  | { readonly type: 'channel.close'; readonly workspaceId: WorkspaceId }
  | NotifyEffect;

/** Effect of one type. */
export type EffectOf<T extends EnforcerEffect['type']> = Extract<EnforcerEffect, { readonly type: T }>;
