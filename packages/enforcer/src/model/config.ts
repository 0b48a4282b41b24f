/** Options of one enforcer. None of them changes while it runs. */
export interface EnforcerConfig {
  /** Refuse every pairing that is not verified (PAIR-210). */
  readonly requireVerifiedPairing: boolean;
  /** Require the canonical decision even from approvers that did not announce it (ENF-030). */
  readonly requireHarpDecision: boolean;
}

/** What a workspace may require beyond that, by its policy in force. */
export const REQUIREMENTS = ['harp-decision', 'verified-pairing'] as const;
/** One of {@link REQUIREMENTS}: the canonical decision (ENF-030), a verified pairing (PAIR-210). */
export type Requirement = (typeof REQUIREMENTS)[number];

/** Fixed times and counts of the engine, in milliseconds where not said otherwise (PROTOCOL section 19). */
export const ENGINE_LIMITS = {
  /** How long a request waits for a human unless it says otherwise. */
  approvalWaitMs: 300_000,
  /** Longest artifact lifetime that is accepted. */
  artifactLifetimeMs: 86_400_000,
  /** Tolerance for the clocks of others (fixed). */
  clockSkewMs: 60_000,
  /** Open requests per session, or per workspace where there is no session (ENF-135). */
  openPerSession: 8,
  /**
   * Open requests per workspace over all its sessions: the caller names its sessions itself, so that the cap above alone
   * bounds nothing. Room for four busy agents, and still a list that a human can read.
   */
  openPerWorkspace: 32,
  /** Rejections of one content within `rejectionWindowMs` after which it is denied here (ENF-135). */
  rejections: 3,
  rejectionWindowMs: 600_000,
  waitSeconds: 30,
  pauseMinMs: 1000,
  pauseMaxMs: 10_000,
  resubmitMinMs: 1000,
  resubmitMaxMs: 30_000,
  refreshEarlyMs: 60_000,
  refreshBackoffMinMs: 1000,
  refreshBackoffMaxMs: 60_000,
  deviceSlowDownMs: 5000,
  consentPollMs: 5000,
  pairingPollMs: 2000,
  pairingSessionMs: 600_000,
  pairingClaimedSessionMs: 1_800_000,
  heartbeatMs: 30_000,
  reconnectMinMs: 1000,
  reconnectMaxMs: 60_000,
  ackAttempts: 5,
  ackBackoffMs: 1000,
  withdrawAttempts: 3,
  orphanWithdrawAttempts: 10,
  withdrawBackoffMs: 1000,
  persistAttempts: 3,
  persistBackoffMs: 1000,
  /** How long a finished request is remembered, so that late answers are recognised. */
  forgetMs: 300_000,
  recoveryNoticeMs: 604_800_000,
  /** Largest plaintext; the wire's limit is on the ciphertext, which has the same size. */
  plaintextBytes: 2_097_152,
  decisionBytes: 65_536,
  reasonCharacters: 1000,
} as const;
