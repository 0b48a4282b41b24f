import { LIMITS } from '@airlock/protocol';
import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, optionalInteger, optionalText, text } from '../database.js';
import { appendAudit } from './audit.js';
import { codeInvalid, sessionRow, type SessionState, sessionState } from './pairing-sessions.js';

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
  const serve =
    state === 'Completed' && (firstServed === undefined || now < firstServed + LIMITS.pairingMaterialServedMs);
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
    args.now - LIMITS.pairingMaterialServedMs,
  );
  db.run('DELETE FROM pairing_sessions WHERE expires_at <= ?', args.now - LIMITS.pairingStatusKeptMs);
}

export const pairingLifeReads = { resolvePairing: resolve } as const;

export const pairingLifeWrites = {
  rejectPairing: reject,
  pairingStatus: status,
  sweepPairingSessions: sweepSessions,
} as const;
