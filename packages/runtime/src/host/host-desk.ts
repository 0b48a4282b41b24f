import type { RequestBody, StatusAnswer } from '../socket/api.js';
import type { Basis } from '../socket/policy-api.js';
import type { HostAdapter } from '../socket/host-adapter.js';

/** Why something is refused, in the words of the one who refuses. */
export interface HostRefusal {
  /** `HARP_ERR_…`, a code of the runtime, or one of the adapter. */
  readonly code: string;
  readonly message: string;
  /** What to type next. */
  readonly fix?: string;
}

/** One tool call of a host, described for policy and human. */
export interface HostAction extends Pick<RequestBody, 'action' | 'facts' | 'label' | 'isClaimed'> {
  /** Folder the call happens in; the workspace around it decides. */
  readonly workspace: string;
  /** The host executes it through a layer of ours where there is one, which may be given this approval, once (LOC-147). */
  readonly handsOver?: true;
  /**
   * Whether what was described is still so, right before it is let through (INV-18): null, or what changed. With what lets
   * it through; nothing for a human.
   */
  readonly recheck: (basis?: Basis | null) => Promise<HostRefusal | null>;
}

/** One layer of a host (a hook, a module) that reports a tool call and waits for its verdict (LOC-145). */
export interface HostCall {
  /** Host of the adapter; the `source` of its requests. */
  readonly host: string;
  /** Name of the layer, for example the event: each may collect one verdict once. */
  readonly layer: string;
  readonly sessionId: string;
  /** Null where the host gives none: such a call is never joined. */
  readonly toolUseId: string | null;
  readonly agentId: string | null;
  /** Null where the layer cannot tell; then that of the call it joins counts. */
  readonly cwd: string | null;
  readonly tool: string;
  /** RFC 8785 text of the host's exact input (ART-140). */
  readonly inputJson: string;
  /** Whatever else must be the same when a layer comes back for this call; absent: nothing. */
  readonly rest?: string;
  /** Called once per joined call. Whatever it throws denies, a coded error with its code. */
  readonly describe: () => Promise<HostAction>;
  /** How long the human is waited for, seconds. */
  readonly timeoutSeconds: number;
  /** After this many milliseconds without a decision the layer gets `pending`; absent: it waits. */
  readonly waitMs?: number;
  /** How long a layer that got `pending` is waited for, milliseconds; absent: 5 s. */
  readonly returnsWithinMs?: number;
  readonly signal: AbortSignal;
}

/** What a layer gets. `allow` is on record as used before it is given. */
export type HostVerdict =
  | { readonly permission: 'allow'; readonly requestId: string; readonly basis: Basis | null }
  | { readonly permission: 'pass'; readonly requestId: string; readonly basis: Basis }
  | {
      readonly permission: 'deny';
      readonly requestId: string | null;
      readonly code: string;
      /** For human and model; untrusted when `isHuman`. */
      readonly reason: string;
      readonly fix?: string;
      /** The approver rejected it; `reason` is the approver's, empty where none was given. */
      readonly isHuman: boolean;
    }
  | { readonly permission: 'pending' };

/** What the host says about a call that was let through. */
export interface HostOutcome {
  readonly host: string;
  readonly sessionId: string;
  readonly toolUseId: string;
  readonly result: 'succeeded' | 'failed';
  /** A mismatch between what was approved and what is there now: recorded as an incident. */
  readonly incident?: string;
}

/** What the daemon offers to the adapters of hosts. */
export interface HostDesk {
  /** Joins the layers of one call, asks policy and human once, claims before it answers `allow` (LOC-145). */
  decide(call: HostCall): Promise<HostVerdict>;
  /** Records how a call ended; one that nobody let through is ignored. */
  ended(outcome: HostOutcome): void;
  /** Withdraws what is open in a session and forgets its calls. */
  sessionEnded(host: string, sessionId: string): void;
  /** Records something that must not happen (`host.incident` in the audit log): a code, no plaintext. */
  incident(entry: { readonly host: string; readonly sessionId: string; readonly code: string }): void;
  status(): StatusAnswer;
}

/** Makes the adapter of one host; handed to the daemon by the composing app. */
export type HostAdapterFactory = (desk: HostDesk) => HostAdapter;
