import type { CancelledExchange, Revocation, RevokedPairing } from '../../live/events.js';
import { type Row, type StoreDatabase, optionalText, text } from '../database.js';
import { appendAudit } from './audit.js';

/** Whose pairings end: one, all of a device, or all of an app of this user. */
export type PairingSelection =
  | { readonly userId: string; readonly pairingId: string }
  | { readonly userId: string; readonly approverId: string }
  | { readonly userId: string; readonly appId: string };

function selectActive(db: StoreDatabase, selection: PairingSelection): readonly Row[] {
  const active = "SELECT * FROM pairings WHERE user_id = ? AND state = 'Completed' AND";
  if ('pairingId' in selection) {
    return db.all(`${active} pairing_id = ?`, selection.userId, selection.pairingId);
  }
  return 'approverId' in selection
    ? db.all(`${active} approver_id = ?`, selection.userId, selection.approverId)
    : db.all(`${active} app_id = ?`, selection.userId, selection.appId);
}

function cancelPending(db: StoreDatabase, pairingId: string, now: number) {
  const rows = db.all(
    `UPDATE exchanges SET state = 'Cancelled', ended_at = ?
     WHERE state = 'PendingApproval' AND expires_at > ? AND pairing_id = ?
     RETURNING user_id, request_id, approver_id`,
    now,
    now,
    pairingId,
  );
  return rows.map(
    (row): CancelledExchange => ({
      userId: text(row, 'user_id'),
      requestId: text(row, 'request_id'),
      approverId: optionalText(row, 'approver_id') ?? '',
    }),
  );
}

function revokeOne(db: StoreDatabase, row: Row, now: number): RevokedPairing {
  const pairingId = text(row, 'pairing_id');
  const userId = text(row, 'user_id');
  const appId = text(row, 'app_id');
  const enforcerId = text(row, 'enforcer_id');
  db.run("UPDATE pairings SET state = 'Revoked', revoked_at = ? WHERE pairing_id = ?", now, pairingId);
  db.run(
    `UPDATE pairing_sessions SET state = 'Revoked', response_json = NULL, routing_token = NULL
     WHERE pairing_id = ?`,
    pairingId,
  );
  const other = db.get(
    `SELECT 1 FROM pairings WHERE user_id = ? AND app_id = ? AND enforcer_id = ? AND state = 'Completed' LIMIT 1`,
    userId,
    appId,
    enforcerId,
  );
  appendAudit(db, { at: now, kind: 'pairing.revoked', userId, details: { pairingId, enforcerId } });
  const approverId = text(row, 'approver_id');
  return { userId, appId, pairingId, enforcerId, approverId, last: other === undefined };
}

/**
 * Revokes the selected active pairings and cancels what was pending under them (PAIR-110, APPR-030, CONS-050).
 * To be called inside a command; its result goes to `LiveEvents.revoked` after the commit.
 */
export function revokePairings(db: StoreDatabase, selection: PairingSelection, now: number): Revocation {
  const pairings = selectActive(db, selection).map((row) => revokeOne(db, row, now));
  const exchanges = pairings.flatMap((pairing) => cancelPending(db, pairing.pairingId, now));
  return { pairings, exchanges };
}
