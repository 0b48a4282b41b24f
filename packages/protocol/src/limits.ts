const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Limits and timers of section 19 (GW-500). Names end in their unit: `Ms` milliseconds, `Bytes` bytes; others count.
 */
export const LIMITS = {
  artifactCiphertextBytes: 2 * MIB,
  requestBodyArtifactBytes: 3 * MIB,
  requestBodyBytes: 64 * KIB,
  frameBytes: 3 * MIB,
  decisionMessageBytes: 64 * KIB,
  localRequestBytes: 4 * MIB,
  gitBlobShownBytes: 256 * KIB,
  jsonDepth: 64,

  waitTimeoutMinMs: 1 * SECOND,
  waitTimeoutMaxMs: 60 * SECOND,
  waitTimeoutDefaultMs: 30 * SECOND,
  waitErrorDelayMinMs: 1 * SECOND,
  waitErrorDelayMaxMs: 10 * SECOND,
  waitConcurrentPerExchange: 4,
  waitPerMinutePerExchange: 60,
  redeliverySpacingFromThirdMs: 1 * SECOND,
  redeliverySpacingFromTenthMs: 5 * SECOND,

  artifactLifetimeDefaultMs: 10 * MINUTE,
  artifactLifetimeMaxMs: 24 * HOUR,
  artifactExpiryRepairMs: 5 * SECOND,
  auditLifetimeMs: 60 * SECOND,
  decisionLifetimeMaxMs: 5 * MINUTE,
  clockSkewMs: 60 * SECOND,
  pairingTimestampSkewMs: 5 * MINUTE,
  approvalWaitMs: 300 * SECOND,
  claudeHookTimeoutMs: 330 * SECOND,
  hookMarginMs: 10 * SECOND,

  pairingSessionMs: 10 * MINUTE,
  pairingPreGeneratedMs: 30 * MINUTE,
  pairingStatusKeptMs: 24 * HOUR,
  pairingMaterialServedMs: 10 * MINUTE,
  wrongPairingCodesPerMinute: 5,
  wrongPairingCodesPerTenMinutes: 20,
  pairingStatusBatch: 50,
  recoveryUseShownMs: 7 * DAY,

  deviceCodeMs: 600 * SECOND,
  deviceIntervalMs: 5 * SECOND,
  deviceSlowDownStepMs: 5 * SECOND,
  wrongUserCodesPerTenMinutes: 5,
  accessTokenMinMs: 300 * SECOND,
  refreshEarlyMs: 60 * SECOND,
  refreshTokenIdleMs: 30 * DAY,
  refreshTokenAbsoluteMs: 180 * DAY,
  refreshReuseGraceMs: 60 * SECOND,
  authorizationCodeMs: 60 * SECOND,
  patMaxMs: 365 * DAY,
  enrollmentCodeMs: 10 * MINUTE,
  consentNotifyMs: 10 * MINUTE,

  presenceOnlineMs: 90 * SECOND,
  presenceRecordMs: 10 * MINUTE,
  heartbeatMs: 30 * SECOND,
  socketPingMs: 30 * SECOND,
  socketIdleMs: 120 * SECOND,
  socketHelloMs: 5 * SECOND,
  socketBadFrames: 3,
  ticketMs: 30 * SECOND,

  rateLimitPerPrincipal: 600,
  rateLimitPerAddress: 60,
  rateLimitWindowMs: 60 * SECOND,

  policySpanMaxMs: 24 * HOUR,
  policyCacheMs: 15 * SECOND,
  policyRefreshMs: 10 * SECOND,
  policiesPerUser: 200,
  failOpenMs: 8 * HOUR,

  replayRetentionMs: 24 * HOUR,
  exchangeRetentionMs: 24 * HOUR,
  historyRetentionMs: 30 * DAY,
  expiryLatenessMs: 5 * SECOND,
  inboxPageDefault: 50,
  inboxPageMax: 200,
  requestedActionsMax: 5,
  openRequestsPerSession: 8,
  rejectionsBeforeDenial: 3,
  rejectionWindowMs: 10 * MINUTE,
  approvalHandoverMs: 60 * SECOND,

  metadataEntries: 32,
  metadataKeyCharacters: 64,
  metadataValueCharacters: 1024,
  reasonCharacters: 1000,
  errorMessageCharacters: 300,
  labelCharacters: 128,
} as const;

/** Protocol version of the header `X-HARP-Version` (GW-160). */
export const HARP_VERSION = '0.2';
/** OIDC client of published enforcers (GW-310). */
export const OIDC_CLIENT_ID = 'airlock-integrations';
/** OIDC client whose tokens get the role `approver` (AUTH-070). */
export const OIDC_APPROVER_CLIENT_ID = 'airlock-approver';
