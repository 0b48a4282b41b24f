import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, text } from '../database.js';

/** PAIR-060. */
export type SessionState = 'Pending' | 'Completed' | 'Expired' | 'Revoked';

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

/** What every code gets that cannot be used. */
export function codeInvalid(): Refusal {
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

export const pairingSessionWrites = {
  initiatePairing: initiate,
  preGeneratePairing: preGenerate,
  claimPairing: claim,
} as const;
