import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, optionalInteger, optionalText, text } from '../database.js';
import { appendAudit } from './audit.js';

/** PAIR-060. */
export type SessionState = 'Pending' | 'Completed' | 'Expired' | 'Revoked';

const KEPT_AFTER_EXPIRY_MS = 24 * 60 * 60 * 1000;
const SERVED_MS = 10 * 60 * 1000;

/** What an enforcer says of itself at initiate and claim. */
export interface EnforcerFacts {
  readonly appId: string;
  readonly deviceId: string;
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly x25519Key?: string;
  readonly gatewayUrl: string;
}

/** A session as its approver sees it. Times are epoch milliseconds. */
export interface PairingSession {
  readonly nonce: string;
  readonly state: SessionState;
  readonly expiresAt: number;
  readonly enforcerId: string;
  readonly deviceId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly x25519Key: string;
  readonly gatewayUrl: string;
}

/** A session as its enforcer sees it (PAIR-070). */
export interface SessionStatus {
  readonly nonce: string;
  readonly state: SessionState;
  readonly responseJson: string | null;
  readonly routingToken: string | null;
  readonly expiresAt: number;
}

/** The state at `now`: a pending session expires at its instant, swept or not. */
export function sessionState(row: Row, now: number): SessionState {
  const state = text(row, 'state');
  if (state === 'Pending') return integer(row, 'expires_at') <= now ? 'Expired' : 'Pending';
  if (state === 'Completed' || state === 'Expired') return state;
  return 'Revoked';
}

/** The session with this nonce, if it belongs to the user. */
export function sessionRow(db: StoreDatabase, userId: string, nonce: string): Row | undefined {
  return db.get('SELECT * FROM pairing_sessions WHERE nonce = ? AND user_id = ?', nonce, userId);
}

function codeInvalid(): Refusal {
  return new Refusal('pairing_code_invalid', 'This pairing code is not valid');
}

/** The first candidate that no live session of the user has (codes are short, so two draws may meet). */
function freeCode(db: StoreDatabase, userId: string, candidates: readonly string[]): string {
  const free = candidates.find(
    (code) =>
      db.get("SELECT 1 FROM pairing_sessions WHERE user_id = ? AND code = ? AND state = 'Pending'", userId, code) ===
      undefined,
  );
  if (free === undefined) throw new Refusal('unavailable', 'No pairing code is free');
  return free;
}

function assertWorkspaceFree(db: StoreDatabase, userId: string, maxWorkspaces: number): void {
  if (activeWorkspaces(db, userId) >= maxWorkspaces) {
    throw new Refusal('workspace_limit_exceeded', 'The workspace limit of this gateway is reached');
  }
}

/** Active pairings of a user. */
export function activeWorkspaces(db: StoreDatabase, userId: string): number {
  const row = db.get("SELECT count(*) AS n FROM pairings WHERE user_id = ? AND state = 'Completed'", userId);
  return row === undefined ? 0 : integer(row, 'n');
}

export interface NewSession {
  readonly userId: string;
  readonly nonce: string;
  /** Candidates; the first free one is used. */
  readonly codes: readonly string[];
  readonly now: number;
  readonly expiresAt: number;
}

export interface Issued {
  readonly code: string;
}

function initiate(
  db: StoreDatabase,
  args: NewSession & { readonly enforcer: EnforcerFacts; readonly maxWorkspaces: number },
): Issued {
  assertWorkspaceFree(db, args.userId, args.maxWorkspaces);
  const code = freeCode(db, args.userId, args.codes);
  const { enforcer } = args;
  db.run(
    `INSERT INTO pairing_sessions (nonce, code, user_id, app_id, device_id, enforcer_id, enforcer_label,
       workspace_name, x25519_key, gateway_url, state, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Pending', ?, ?)`,
    args.nonce,
    code,
    args.userId,
    enforcer.appId,
    enforcer.deviceId,
    enforcer.enforcerId,
    enforcer.enforcerLabel,
    enforcer.workspaceName,
    enforcer.x25519Key ?? null,
    enforcer.gatewayUrl,
    args.now,
    args.expiresAt,
  );
  return { code };
}

function preGenerate(
  db: StoreDatabase,
  args: NewSession & { readonly approverId: string; readonly note?: string },
): Issued {
  const code = freeCode(db, args.userId, args.codes);
  db.run(
    `INSERT INTO pairing_sessions (nonce, code, user_id, approver_id, note, state, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, 'Pending', ?, ?)`,
    args.nonce,
    code,
    args.userId,
    args.approverId,
    args.note ?? null,
    args.now,
    args.expiresAt,
  );
  return { code };
}

export interface Claimed {
  readonly nonce: string;
  readonly expiresAt: number;
  readonly approverId: string;
}

function claim(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly code: string;
    readonly now: number;
    readonly enforcer: EnforcerFacts;
    readonly maxWorkspaces: number;
  },
): Claimed {
  const { enforcer } = args;
  const row = db.get(
    `UPDATE pairing_sessions SET app_id = ?, device_id = ?, enforcer_id = ?, enforcer_label = ?,
       workspace_name = ?, x25519_key = ?, gateway_url = ?
     WHERE user_id = ? AND code = ? AND state = 'Pending' AND expires_at > ? AND app_id IS NULL
     RETURNING nonce, expires_at, approver_id`,
    enforcer.appId,
    enforcer.deviceId,
    enforcer.enforcerId,
    enforcer.enforcerLabel,
    enforcer.workspaceName,
    enforcer.x25519Key ?? null,
    enforcer.gatewayUrl,
    args.userId,
    args.code,
    args.now,
  );
  if (row === undefined) throw codeInvalid();
  assertWorkspaceFree(db, args.userId, args.maxWorkspaces);
  return {
    nonce: text(row, 'nonce'),
    expiresAt: integer(row, 'expires_at'),
    approverId: text(row, 'approver_id'),
  };
}

/** By code or by nonce (PAIR-010); a session that nobody claimed has nothing to show yet. */
function resolve(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly code?: string;
    readonly nonce?: string;
    readonly now: number;
  },
): PairingSession {
  const row =
    args.code === undefined
      ? sessionRow(db, args.userId, args.nonce ?? '')
      : db.get(
          "SELECT * FROM pairing_sessions WHERE user_id = ? AND code = ? AND state = 'Pending'",
          args.userId,
          args.code,
        );
  if (row === undefined || sessionState(row, args.now) !== 'Pending' || row['app_id'] === null) {
    throw codeInvalid();
  }
  return {
    nonce: text(row, 'nonce'),
    state: 'Pending',
    expiresAt: integer(row, 'expires_at'),
    enforcerId: text(row, 'enforcer_id'),
    deviceId: text(row, 'device_id'),
    enforcerLabel: text(row, 'enforcer_label'),
    workspaceName: text(row, 'workspace_name'),
    x25519Key: optionalText(row, 'x25519_key') ?? '',
    gatewayUrl: text(row, 'gateway_url'),
  };
}

function reject(
  db: StoreDatabase,
  args: { readonly userId: string; readonly nonce: string; readonly now: number },
): void {
  const row = sessionRow(db, args.userId, args.nonce);
  const state = row === undefined ? 'Expired' : sessionState(row, args.now);
  if (state === 'Expired') throw new Refusal('NotFound', 'No such pairing session');
  if (state === 'Completed') {
    throw new Refusal('pairing_already_completed', 'This pairing is complete');
  }
  if (state === 'Revoked') return;
  db.run("UPDATE pairing_sessions SET state = 'Revoked' WHERE nonce = ?", args.nonce);
  appendAudit(db, { at: args.now, kind: 'pairing.rejected', userId: args.userId });
}

function statusOf(db: StoreDatabase, row: Row, now: number): SessionStatus {
  const nonce = text(row, 'nonce');
  const state = sessionState(row, now);
  const firstServed = optionalInteger(row, 'first_served_at');
  const serve = state === 'Completed' && (firstServed === undefined || now < firstServed + SERVED_MS);
  if (serve && firstServed === undefined) {
    db.run('UPDATE pairing_sessions SET first_served_at = ? WHERE nonce = ?', now, nonce);
  }
  return {
    nonce,
    state,
    responseJson: serve ? (optionalText(row, 'response_json') ?? null) : null,
    routingToken: serve ? (optionalText(row, 'routing_token') ?? null) : null,
    expiresAt: integer(row, 'expires_at'),
  };
}

/** The known ones among `nonces`, for the principal that initiated or claimed them (PAIR-050, PAIR-070). */
function status(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly appId: string;
    readonly nonces: readonly string[];
    readonly now: number;
  },
): readonly SessionStatus[] {
  return args.nonces.flatMap((nonce) => {
    const row = sessionRow(db, args.userId, nonce);
    return row === undefined || row['app_id'] !== args.appId ? [] : [statusOf(db, row, args.now)];
  });
}

/** Ends due sessions, forgets key material that was served, deletes sessions a day after they ended. */
function sweepSessions(db: StoreDatabase, args: { readonly now: number }): void {
  db.run("UPDATE pairing_sessions SET state = 'Expired' WHERE state = 'Pending' AND expires_at <= ?", args.now);
  db.run(
    `UPDATE pairing_sessions SET response_json = NULL, routing_token = NULL
     WHERE first_served_at <= ? AND routing_token IS NOT NULL`,
    args.now - SERVED_MS,
  );
  db.run('DELETE FROM pairing_sessions WHERE expires_at <= ?', args.now - KEPT_AFTER_EXPIRY_MS);
}

export const pairingSessionCommands = {
  initiatePairing: initiate,
  preGeneratePairing: preGenerate,
  claimPairing: claim,
  resolvePairing: resolve,
  rejectPairing: reject,
  pairingStatus: status,
  sweepPairingSessions: sweepSessions,
} as const;
