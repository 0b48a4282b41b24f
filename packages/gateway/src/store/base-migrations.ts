import type { Migration } from './migration.js';

/*
 * Times are epoch milliseconds. `app_id` is '' for a first-party enforcer and NULL where no enforcer is bound yet.
 * Ciphertext has a table of its own, because SQLite rewrites a whole row, overflow pages included, on every update.
 */
const base = `
CREATE TABLE gateway_settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE audit_log (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  user_id TEXT,
  details TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE pairing_sessions (
  nonce TEXT PRIMARY KEY,
  code TEXT NOT NULL,
  user_id TEXT NOT NULL,
  app_id TEXT,
  approver_id TEXT,
  note TEXT,
  device_id TEXT,
  enforcer_id TEXT,
  enforcer_label TEXT,
  workspace_name TEXT,
  x25519_key TEXT,
  gateway_url TEXT,
  state TEXT NOT NULL CHECK (state IN ('Pending', 'Completed', 'Expired', 'Revoked')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  pairing_id TEXT,
  response_json TEXT,
  routing_token TEXT,
  first_served_at INTEGER
) STRICT;
CREATE UNIQUE INDEX pairing_sessions_by_code ON pairing_sessions (user_id, code) WHERE state = 'Pending';
CREATE INDEX pairing_sessions_by_pairing ON pairing_sessions (pairing_id) WHERE pairing_id IS NOT NULL;
CREATE INDEX pairing_sessions_by_expiry ON pairing_sessions (expires_at);

CREATE TABLE pairings (
  pairing_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  enforcer_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  approver_id TEXT NOT NULL,
  signer_key_id TEXT NOT NULL,
  enforcer_label TEXT NOT NULL,
  workspace_name TEXT NOT NULL,
  routing_token_hash TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('Completed', 'Revoked')),
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX pairings_by_enforcer ON pairings (user_id, app_id, enforcer_id, created_at);
CREATE INDEX pairings_by_approver ON pairings (approver_id);

CREATE TABLE exchanges (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  enforcer_id TEXT NOT NULL,
  approver_id TEXT,
  pairing_id TEXT,
  artifact_type TEXT NOT NULL,
  artifact_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PendingApproval', 'Decided', 'Delivered', 'Expired', 'Withdrawn', 'Cancelled')),
  created_at INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  display TEXT,
  audit_decision TEXT,
  audit_policy_id TEXT,
  dismissed INTEGER NOT NULL DEFAULT 0,
  decision TEXT,
  decision_key TEXT,
  deliver_msg_id TEXT,
  decided_at INTEGER,
  UNIQUE (user_id, request_id)
) STRICT;
CREATE INDEX exchanges_by_user ON exchanges (user_id, seq);
CREATE INDEX exchanges_pending_by_approver ON exchanges (approver_id, seq) WHERE state = 'PendingApproval';
CREATE INDEX exchanges_pending_by_pairing ON exchanges (pairing_id) WHERE state = 'PendingApproval';
CREATE INDEX exchanges_pending_by_expiry ON exchanges (expires_at) WHERE state = 'PendingApproval';
CREATE INDEX exchanges_by_end ON exchanges (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE exchange_payloads (
  seq INTEGER PRIMARY KEY REFERENCES exchanges (seq) ON DELETE CASCADE,
  msg_id TEXT NOT NULL,
  ciphertext TEXT NOT NULL
) STRICT;

CREATE TABLE dnd_policies (
  user_id TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  approver_id TEXT NOT NULL,
  enforcer_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL,
  session_id TEXT,
  document TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, policy_id)
) STRICT;
CREATE INDEX dnd_policies_by_expiry ON dnd_policies (expires_at);
`;

/** Schema of everything but identity. Applied before that of identity. */
export const baseMigrations: readonly Migration[] = [{ id: '0001-base', sql: base }];
