import type {
  AppCredential,
  Base64UrlText,
  EnforcerId,
  Hex64,
  PairingId,
  PersistId,
  RequestId,
  TimerId,
  Timed,
  WorkspaceId,
} from './base.js';
import type { Requirement } from './config.js';
import type { DurableState, RecoveryHash } from './durable.js';
import type { GatewayResultEvent } from './gateway-calls.js';

/** A request as the adapter's action became it. The engine checks it against its own plaintext before anything leaves. */
export interface RequestOpen {
  readonly requestId: RequestId;
  readonly workspaceId: WorkspaceId;
  /** Canonical JSON text of the `airlock.action` (section 11). */
  readonly plaintext: string;
  /** SHA-256 of the UTF-8 bytes of `plaintext`; recomputed. */
  readonly artifactHash: Hex64;
  /** ART-142; recomputed. */
  readonly contentSha256: Hex64;
  /** 12 random bytes, never used twice with one pairing key. */
  readonly gcmNonce: Base64UrlText;
  /** `msg-<uuid>` of the submission. */
  readonly submitMsgId: string;
  /** `ack-<uuid>` of the acknowledgement. */
  readonly ackMsgId: string;
  /** How long to wait for the human; the artifact's expiry when that is earlier. 300,000 when absent. */
  readonly timeoutMs?: number;
  /** Display keys of ART-100. */
  readonly metadata?: {
    readonly workspaceName?: string;
    readonly repoName?: string;
    readonly requestLabel?: string;
  };
}

/** How to pair. Key pair and secrets are fresh (CRYP-080, PAIR-140). */
export interface PairingStart {
  readonly pairingId: PairingId;
  readonly workspaceId: WorkspaceId;
  /** `claim` carries the code that an approver shows. */
  readonly mode: { readonly kind: 'initiate' } | { readonly kind: 'claim'; readonly pairingCode: string };
  /** Identity of the workspace; used when it is new to the engine, ignored otherwise. */
  readonly enforcerId: EnforcerId;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  /** New for every attempt: gateways end an older pairing of the same device on completion (PAIR-100). */
  readonly deviceId: string;
  readonly x25519: { readonly privateKey: Base64UrlText; readonly publicKey: Base64UrlText };
  /** Normalised secrets that prove the approver: the typed and the linked one, or the claimed one; empty for a 6-character code. */
  readonly secrets: readonly string[];
  /** Nobody can confirm at the terminal (PAIR-210). */
  readonly unattended: boolean;
  /** The user gave a recovery code; the runtime keeps it for `recovery.verify`. */
  readonly hasRecoveryCode: boolean;
}

type LocalEvent =
  /** First event: what was stored. Requests that were open are withdrawn, never resumed (ENF-130). */
  | { readonly type: 'engine.start'; readonly durable: DurableState }
  /** Denies and withdraws everything; afterwards nothing opens. */
  | { readonly type: 'engine.shutdown' }
  /** Something local is broken (journal, state file): deny everything with this code until `engine.repaired`. */
  | { readonly type: 'engine.fault'; readonly code: string }
  | { readonly type: 'engine.repaired' }
  | {
      readonly type: 'auth.signIn';
      readonly gatewayUrl: string;
      readonly method: { readonly kind: 'pat'; readonly pat: string } | { readonly kind: 'device' };
      readonly app?: AppCredential;
    }
  | { readonly type: 'auth.cancel' }
  | { readonly type: 'auth.signOut' }
  | ({ readonly type: 'pairing.start' } & PairingStart)
  | { readonly type: 'pairing.confirm'; readonly pairingId: PairingId; readonly accept: boolean }
  | { readonly type: 'pairing.cancel'; readonly pairingId: PairingId }
  /** What the policy in force of a workspace requires from now on, instead of what it required before. */
  | {
      readonly type: 'policy.requirements';
      readonly workspaceId: WorkspaceId;
      readonly requirements: readonly Requirement[];
    }
  /** The old approver approved `requestId`, a `policy.change` that names the new key (PAIR-260). Consumes that approval. */
  | { readonly type: 'pairing.replace'; readonly pairingId: PairingId; readonly requestId: RequestId }
  | { readonly type: 'pairing.unpair'; readonly workspaceId: WorkspaceId }
  /** The gateway answered a call beside the engine's own with 403 `pairing_revoked` (ENF-160). An older pairing's is ignored. */
  | { readonly type: 'pairing.revoked'; readonly workspaceId: WorkspaceId; readonly routingToken: string }
  | { readonly type: 'recovery.verified'; readonly pairingId: PairingId; readonly ok: boolean }
  | { readonly type: 'recovery.created'; readonly pairingId: PairingId; readonly hash: RecoveryHash | null }
  | ({ readonly type: 'request.open' } & RequestOpen)
  /** The caller went away or changed its mind. */
  | { readonly type: 'request.withdraw'; readonly requestId: RequestId }
  /** A local rule or a denying policy applies by now (ENF-020 step 21); may come at any time. */
  | { readonly type: 'request.deny'; readonly requestId: RequestId; readonly reason: string }
  /** The caller executes next if it is granted. */
  | { readonly type: 'execution.claim'; readonly requestId: RequestId }
  | {
      readonly type: 'execution.outcome';
      readonly requestId: RequestId;
      readonly outcome: 'succeeded' | 'failed' | 'unknown';
      readonly detail?: string;
    }
  | { readonly type: 'journal.recorded'; readonly requestId: RequestId }
  | { readonly type: 'journal.replayed'; readonly requestId: RequestId }
  | { readonly type: 'journal.unavailable'; readonly requestId: RequestId }
  | { readonly type: 'persist.done'; readonly persistId: PersistId }
  | { readonly type: 'persist.failed'; readonly persistId: PersistId }
  | { readonly type: 'timer.fired'; readonly timerId: TimerId }
  | { readonly type: 'channel.opened'; readonly workspaceId: WorkspaceId }
  | { readonly type: 'channel.closed'; readonly workspaceId: WorkspaceId }
  /** One text frame, unparsed. */
  | { readonly type: 'channel.message'; readonly workspaceId: WorkspaceId; readonly text: string };

/** Everything that can happen. Ids, nonces and keys in it are fresh and made by the runtime. */
export type EnforcerEvent = (LocalEvent & Timed) | GatewayResultEvent;

/** Event of one type. */
export type EventOf<T extends EnforcerEvent['type']> = Extract<EnforcerEvent, { readonly type: T }>;
