import { LIMITS } from '@airlock/protocol';
import type { CancelledExchange } from '../../live/events.js';
import { Refusal } from '../command.js';
import { type StoreDatabase, integer, optionalText, text } from '../database.js';
import type { DeliverableDecision } from './exchange-decide.js';
import { type ExchangeState, exchangeState, ownExchange } from './exchange-row.js';

const SWEEP_ROWS = 500;

export interface ExchangeKey {
  readonly userId: string;
  readonly appId: string;
  readonly requestId: string;
  readonly now: number;
}

/** What a wait found. */
export interface WaitView {
  readonly state: ExchangeState;
  /** Present while the decision may be delivered (EXCH-050, EXCH-080). */
  readonly deliver?: DeliverableDecision;
}

function pairingActive(db: StoreDatabase, pairingId: string | undefined): boolean {
  return db.get("SELECT 1 FROM pairings WHERE pairing_id = ? AND state = 'Completed'", pairingId ?? '') !== undefined;
}

function wait(db: StoreDatabase, args: ExchangeKey): WaitView {
  const row = ownExchange(db, args);
  if (row === undefined || text(row, 'app_id') !== args.appId) {
    throw new Refusal('NotFound', 'No such exchange');
  }
  const state = exchangeState(row, args.now);
  const expiresAt = integer(row, 'expires_at');
  if (state !== 'Decided' || expiresAt <= args.now) return { state };
  if (!pairingActive(db, optionalText(row, 'pairing_id'))) return { state };
  return {
    state,
    deliver: {
      msgId: text(row, 'deliver_msg_id'),
      appId: args.appId,
      enforcerId: text(row, 'enforcer_id'),
      body: text(row, 'decision'),
      decidedAt: integer(row, 'decided_at'),
      expiresAt,
    },
  };
}

function withdraw(db: StoreDatabase, args: ExchangeKey): { readonly approverId?: string } {
  const row = ownExchange(db, args);
  if (row === undefined || text(row, 'app_id') !== args.appId) {
    throw new Refusal('NotFound', 'No such exchange');
  }
  const changed = db.run(
    `UPDATE exchanges SET state = 'Withdrawn', ended_at = ?
     WHERE seq = ? AND state = 'PendingApproval' AND expires_at > ?`,
    args.now,
    integer(row, 'seq'),
    args.now,
  );
  if (changed !== 1) {
    throw new Refusal('already_resolved', 'This request is no longer pending', {
      details: { state: exchangeState(row, args.now) },
    });
  }
  const approverId = optionalText(row, 'approver_id');
  return approverId === undefined ? {} : { approverId };
}

/** ACK-030: only the `msgId` of this exchange's decision, and only from its submitter, changes anything. */
function acknowledge(
  db: StoreDatabase,
  args: ExchangeKey & { readonly msgId: string },
): { readonly delivered: boolean } {
  const changed = db.run(
    `UPDATE exchanges SET state = 'Delivered', ended_at = ?
     WHERE user_id = ? AND request_id = ? AND app_id = ? AND state = 'Decided' AND deliver_msg_id = ?`,
    args.now,
    args.userId,
    args.requestId,
    args.appId,
    args.msgId,
  );
  return { delivered: changed === 1 };
}

/** An exchange that just expired. */
export interface ExpiredExchange extends CancelledExchange {
  readonly expiredAt: number;
}

/** Moves due exchanges to Expired (EXCH-120); call again while it returns a full page. */
function expireDue(
  db: StoreDatabase,
  args: { readonly now: number },
): { readonly expired: readonly ExpiredExchange[]; readonly more: boolean } {
  const rows = db.all(
    `UPDATE exchanges SET state = 'Expired', ended_at = expires_at WHERE seq IN (
       SELECT seq FROM exchanges WHERE state = 'PendingApproval' AND expires_at <= ? ORDER BY expires_at LIMIT ${SWEEP_ROWS})
     RETURNING user_id, request_id, approver_id, expires_at`,
    args.now,
  );
  const expired = rows.map((row) => ({
    userId: text(row, 'user_id'),
    requestId: text(row, 'request_id'),
    approverId: optionalText(row, 'approver_id') ?? '',
    expiredAt: integer(row, 'expires_at'),
  }));
  return { expired, more: expired.length === SWEEP_ROWS };
}

/** EXCH-140: ciphertext a day after the end, the rest after the history's 30 days. */
function retire(db: StoreDatabase, args: { readonly now: number }): void {
  db.run(
    `DELETE FROM exchange_payloads WHERE seq IN (
       SELECT p.seq FROM exchange_payloads p JOIN exchanges e ON e.seq = p.seq WHERE e.ended_at <= ?)`,
    args.now - LIMITS.exchangeRetentionMs,
  );
  db.run('DELETE FROM exchanges WHERE ended_at <= ?', args.now - LIMITS.historyRetentionMs);
}

export const exchangeWaitReads = { findForWait: wait } as const;

export const exchangeEndWrites = {
  withdrawExchange: withdraw,
  acknowledgeDecision: acknowledge,
  expireDueExchanges: expireDue,
  retireExchanges: retire,
} as const;
