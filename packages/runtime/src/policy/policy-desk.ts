import type { PolicyInForce } from '@airlock/policy';

/** The policy in force and the local list that narrows it, as the services of the daemon use them. */
export interface PolicyDesk {
  /** The strictest policy where there is no usable document. Cheap: nothing is read or verified again. */
  inForce(workspaceId: string): PolicyInForce;
  /** Whether a command of this session changed its shell. */
  isTainted(workspaceId: string, sessionId: string): boolean;
  /** Durable before it returns. Throws when it cannot be recorded: then nothing may be executed. */
  taint(workspaceId: string, sessionId: string): void;
  /** Standing policies that are never to be honoured again, expired ones left out. */
  readonly endedGrants: readonly string[];
  /** Durable before it returns; `expiresAt` in epoch milliseconds says until when it must be remembered. */
  endGrant(policyId: string, expiresAt: number): void;
}
