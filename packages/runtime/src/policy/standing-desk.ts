import type { StandingPolicy } from '@airlock/policy';

/** The standing policies of the approver, refreshed in the background (DND-125). */
export interface StandingDesk {
  /** What holds now; never waits. Marks the session as open, so that it is refreshed from now on. */
  at(workspaceId: string, sessionId: string | undefined): readonly StandingPolicy[];
  /** Drops a grant that was ended from this side. */
  end(policyId: string): void;
}
