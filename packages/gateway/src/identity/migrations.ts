import type { Migration } from '../store/migration.js';

/** Schema of users, approver devices, tokens, apps and consents. Times are epoch milliseconds; secrets are SHA-256 in hex. */
export const identityMigrations: readonly Migration[] = [
  {
    id: '0001-identity',
    sql: `
CREATE TABLE users (
  user_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password_hash TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE approvers (
  approver_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id),
  label TEXT NOT NULL,
  public_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen_at INTEGER,
  deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX approvers_by_key ON approvers (user_id, public_key) WHERE deleted_at IS NULL;

CREATE TABLE enrollment_codes (
  code_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id),
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT;

CREATE TABLE pats (
  token_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id),
  role TEXT NOT NULL CHECK (role IN ('enforcer', 'approver')),
  app_id TEXT,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX pats_by_user ON pats (user_id, created_at);

CREATE TABLE apps (
  app_id TEXT PRIMARY KEY,
  owner_id TEXT REFERENCES users (user_id),
  client_id TEXT NOT NULL UNIQUE,
  secret_hash TEXT,
  secret_prefix TEXT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  description TEXT,
  developer_name TEXT,
  home_page_url TEXT,
  is_open_source INTEGER,
  allowed_origins TEXT,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE consents (
  consent_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id),
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  state TEXT NOT NULL CHECK (state IN ('Pending', 'Allowed', 'Denied', 'Revoked')),
  requested_at INTEGER NOT NULL,
  decided_at INTEGER,
  notified_at INTEGER NOT NULL,
  UNIQUE (user_id, app_id)
) STRICT;

CREATE TABLE token_families (
  family_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (user_id),
  client_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('enforcer', 'approver')),
  app_id TEXT,
  approver_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX token_families_by_approver ON token_families (approver_id) WHERE approver_id IS NOT NULL;

CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY,
  family_id TEXT NOT NULL REFERENCES token_families (family_id),
  scope TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  rotated_at INTEGER,
  sealed_answer BLOB
) STRICT;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);

CREATE TABLE device_codes (
  code_hash TEXT PRIMARY KEY,
  user_code TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL,
  client_label TEXT NOT NULL,
  scope TEXT NOT NULL,
  address TEXT,
  requested_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  interval_ms INTEGER NOT NULL,
  polled_at INTEGER,
  user_id TEXT REFERENCES users (user_id),
  decision TEXT CHECK (decision IN ('allow', 'deny')),
  redeemed_at INTEGER
) STRICT;

CREATE TABLE oidc_records (
  model TEXT NOT NULL,
  id_hash TEXT NOT NULL,
  grant_id TEXT,
  uid TEXT,
  payload TEXT NOT NULL,
  consumed_at INTEGER,
  expires_at INTEGER,
  PRIMARY KEY (model, id_hash)
) STRICT;
CREATE INDEX oidc_records_by_grant ON oidc_records (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX oidc_records_by_uid ON oidc_records (uid) WHERE uid IS NOT NULL;

CREATE TABLE identity_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`,
  },
];
