import type { LocalRestriction, PolicyInForce, SignedPolicyRecord } from '@airlock/policy';
import type { RuntimeError } from '../errors.js';
import type { DocumentEntry } from '../restrictions/entries.js';

type WithoutVersion<R> = R extends unknown ? Omit<R, 'version'> : never;
/** Something to be taken away; the version it narrows follows from what is in force. */
export type NewRestriction = WithoutVersion<LocalRestriction>;

/** The policy of one workspace with where it comes from. */
export interface PolicyStanding {
  readonly policy: PolicyInForce;
  /** The signed document that should be in force; null when there never was one. */
  readonly document: DocumentEntry | null;
  /** What narrows it, in its order. */
  readonly restrictions: readonly LocalRestriction[];
  /** Why that document is not in force although its approver is paired; null when all is well (LOC-085). */
  readonly problem: RuntimeError<string> | null;
}

/** A change of policy that is being signed. */
export interface PendingChange {
  /** Whether the document that it started from is still the one in force. */
  isCurrent(): boolean;
  /**
   * Checks the record under the key that is paired now and puts it in force, durably before it returns. Throws
   * `policy_void` when it is not what that key approved, and `state_corrupt` or `state_unavailable` when it cannot be
   * kept: then the document before it stays in force.
   */
  accept(record: SignedPolicyRecord, signerKeyId: string): DocumentEntry;
  /** To be called once it is over, whatever came of it. */
  end(): void;
}

/** The policy in force and the local list that narrows it, as the services of the daemon use them. */
export interface PolicyDesk {
  /** The strictest policy where there is no usable document. Cheap: nothing is read or verified again. */
  inForce(workspaceId: string): PolicyInForce;
  /** The same with its origin. */
  standing(workspaceId: string): PolicyStanding;
  /** Reads and verifies a document again that was found void. */
  reload(workspaceId: string): void;
  /** A version that is higher than every one that is or was being signed here. */
  nextBase(workspaceId: string): number;
  /** Notes that a document of this version is being signed: what is taken away meanwhile narrows that one too. */
  begin(workspaceId: string, version: number): PendingChange;
  /**
   * Takes something away, durably before it returns. False when it was so already. Throws `state_corrupt` or
   * `state_unavailable`: then it was not recorded.
   */
  narrow(workspaceId: string, restriction: NewRestriction): boolean;
  /** Whether a command of this session changed its shell. */
  isTainted(workspaceId: string, sessionId: string): boolean;
  /** Durable before it returns. Throws when it cannot be recorded: then nothing may be executed. */
  taint(workspaceId: string, sessionId: string): void;
  /** Standing policies that are never to be honoured again, expired ones left out. */
  readonly endedGrants: readonly string[];
  /** Durable before it returns; `expiresAt` in epoch milliseconds says until when it must be remembered. */
  endGrant(policyId: string, expiresAt: number): void;
  /** Lets the secret store know what was recorded, so that an older list is noticed; never rejects. */
  settled(): Promise<void>;
}
