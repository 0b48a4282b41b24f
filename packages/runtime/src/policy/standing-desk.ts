import type { StandingPolicy } from '@airlock/policy';

/** The standing policies of the approver, refreshed in the background (DND-125). */
export interface StandingDesk {
  /** What holds now; never waits. Marks the session as open, so that it is refreshed from now on. */
  at(workspaceId: string, sessionId: string | undefined): readonly StandingPolicy[];
  /** What holds now, without taking the session for open. */
  known(workspaceId: string, sessionId: string | undefined): readonly StandingPolicy[];
  /** What holds now in a workspace, whatever the session: for people to read. */
  all(workspaceId: string): readonly StandingPolicy[];
  /** Asks the gateway soon, because a human has just decided something there. Never waits. */
  refresh(workspaceId: string, sessionId: string | undefined): void;
  /** Drops a grant that was ended from this side. */
  end(policyId: string): void;
  /** Calls `listener` after every answer of the gateway. */
  watch(listener: () => void): void;
}
