import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, optionalInteger, optionalText, text } from '../database.js';
import { type ExchangeState, exchangeState, isRoutedTo, ownExchange } from './exchange-row.js';

const PAGE_BYTES = 8 * 1024 * 1024;

/** `GET /v1/exchanges/{requestId}`. Times are epoch milliseconds; `decision` is JSON text. */
export interface ExchangeView {
  readonly state: ExchangeState;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly artifactHash: string;
  readonly enforcerId: string;
  readonly appId: string;
  readonly decision?: string;
}

/** Who asks: an enforcer by its app, an approver by its device (or all of its user's). */
export type Viewer =
  | { readonly userId: string; readonly appId: string }
  | { readonly userId: string; readonly approverId?: string };

function mayView(row: Row, viewer: Viewer): boolean {
  return 'appId' in viewer ? text(row, 'app_id') === viewer.appId : isRoutedTo(row, viewer.approverId);
}

function get(
  db: StoreDatabase,
  args: { readonly viewer: Viewer; readonly requestId: string; readonly now: number },
): ExchangeView {
  const row = ownExchange(db, { userId: args.viewer.userId, requestId: args.requestId });
  if (row === undefined || !mayView(row, args.viewer)) {
    throw new Refusal('NotFound', 'No such exchange');
  }
  const decision = optionalText(row, 'decision');
  return {
    state: exchangeState(row, args.now),
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
    artifactHash: text(row, 'artifact_hash'),
    enforcerId: text(row, 'enforcer_id'),
    appId: text(row, 'app_id'),
    ...(decision === undefined ? {} : { decision }),
  };
}

/** Everything an `approval.request` is made of. */
export interface InboxItem {
  readonly seq: number;
  readonly requestId: string;
  readonly msgId: string;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly approverId: string;
  readonly artifactType: string;
  readonly artifactHash: string;
  /** JSON text. */
  readonly ciphertext: string;
  /** JSON text. */
  readonly display?: string;
  readonly pairingId: string;
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly appId: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Position to continue after, when there is more. */
  readonly next?: number;
}

export interface PageArgs {
  readonly userId: string;
  readonly approverId: string;
  readonly after: number;
  readonly limit: number;
  readonly now: number;
}

function inboxItem(row: Row): InboxItem {
  const display = optionalText(row, 'display');
  return {
    seq: integer(row, 'seq'),
    requestId: text(row, 'request_id'),
    msgId: text(row, 'msg_id'),
    acceptedAt: integer(row, 'accepted_at'),
    expiresAt: integer(row, 'expires_at'),
    approverId: text(row, 'approver_id'),
    artifactType: text(row, 'artifact_type'),
    artifactHash: text(row, 'artifact_hash'),
    ciphertext: text(row, 'ciphertext'),
    ...(display === undefined ? {} : { display }),
    pairingId: text(row, 'pairing_id'),
    enforcerId: text(row, 'enforcer_id'),
    enforcerLabel: text(row, 'enforcer_label'),
    appId: text(row, 'app_id'),
  };
}

const INBOX_SELECT = `SELECT e.*, m.msg_id, m.ciphertext, p.enforcer_label FROM exchanges e
  JOIN exchange_payloads m ON m.seq = e.seq JOIN pairings p ON p.pairing_id = e.pairing_id
  WHERE e.approver_id = ? AND e.user_id = ? AND e.seq > ?`;

/** Pages hold at most 8 MiB of ciphertext, so that full pages of the largest artifacts cannot exhaust memory. */
function collectPage(db: StoreDatabase, sql: string, args: PageArgs): Page<InboxItem> {
  const items: InboxItem[] = [];
  let after = args.after;
  let bytes = 0;
  while (items.length < args.limit && (items.length === 0 || bytes < PAGE_BYTES)) {
    const row = db.get(sql, args.approverId, args.userId, after, args.now);
    if (row === undefined) return { items };
    const item = inboxItem(row);
    items.push(item);
    after = item.seq;
    bytes += item.ciphertext.length;
  }
  const more = db.get(sql, args.approverId, args.userId, after, args.now) !== undefined;
  return more ? { items, next: after } : { items };
}

function inbox(db: StoreDatabase, args: PageArgs): Page<InboxItem> {
  return collectPage(
    db,
    `${INBOX_SELECT} AND e.state = 'PendingApproval' AND e.expires_at > ? ORDER BY e.seq LIMIT 1`,
    args,
  );
}

function inboxExpired(db: StoreDatabase, args: PageArgs): Page<InboxItem> {
  return collectPage(
    db,
    `${INBOX_SELECT} AND e.state IN ('Expired', 'PendingApproval') AND e.expires_at <= ?
       AND e.dismissed = 0 AND e.audit_decision IS NULL ORDER BY e.seq LIMIT 1`,
    args,
  );
}

function dismiss(
  db: StoreDatabase,
  args: { readonly userId: string; readonly approverId: string; readonly requestId: string },
): void {
  const changed = db.run(
    `UPDATE exchanges SET dismissed = 1
     WHERE user_id = ? AND request_id = ? AND approver_id = ? AND audit_decision IS NULL`,
    args.userId,
    args.requestId,
    args.approverId,
  );
  if (changed === 0) throw new Refusal('NotFound', 'No such inbox item');
}

/** One row of `GET /v1/history`. */
export interface HistoryItem extends ExchangeView {
  readonly requestId: string;
  readonly artifactType: string;
  readonly decidedAt?: number;
  readonly pairingId?: string;
  readonly enforcerLabel?: string;
  /** JSON text. */
  readonly display?: string;
  readonly audit?: { readonly decision: string; readonly policyId?: string };
}

export interface HistoryArgs {
  readonly userId: string;
  readonly approverId?: string;
  /** Exclusive upper bound of the position. */
  readonly before: number;
  readonly limit: number;
  readonly state?: string;
  readonly enforcerId?: string;
  readonly now: number;
}

function historyItem(row: Row, now: number): HistoryItem {
  const decision = optionalText(row, 'decision');
  const decidedAt = optionalInteger(row, 'decided_at');
  const pairingId = optionalText(row, 'pairing_id');
  const enforcerLabel = optionalText(row, 'enforcer_label');
  const display = optionalText(row, 'display');
  const audit = optionalText(row, 'audit_decision');
  const policyId = optionalText(row, 'audit_policy_id');
  return {
    requestId: text(row, 'request_id'),
    artifactType: text(row, 'artifact_type'),
    artifactHash: text(row, 'artifact_hash'),
    state: exchangeState(row, now),
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
    enforcerId: text(row, 'enforcer_id'),
    appId: text(row, 'app_id'),
    ...(decidedAt === undefined ? {} : { decidedAt }),
    ...(decision === undefined ? {} : { decision }),
    ...(pairingId === undefined ? {} : { pairingId }),
    ...(enforcerLabel === undefined ? {} : { enforcerLabel }),
    ...(display === undefined ? {} : { display }),
    ...(audit === undefined ? {} : { audit: { decision: audit, ...(policyId === undefined ? {} : { policyId }) } }),
  };
}

/** What is no longer pending, newest first. */
function history(db: StoreDatabase, args: HistoryArgs): Page<HistoryItem> {
  const rows = db.all(
    `SELECT e.*, p.enforcer_label FROM exchanges e LEFT JOIN pairings p ON p.pairing_id = e.pairing_id
     WHERE e.user_id = ? AND e.seq < ? AND NOT (e.state = 'PendingApproval' AND e.expires_at > ?)
       AND (? = '' OR e.approver_id = ? OR e.approver_id IS NULL)
       AND (? = '' OR CASE e.state WHEN 'PendingApproval' THEN 'Expired' ELSE e.state END = ?)
       AND (? = '' OR e.enforcer_id = ?)
     ORDER BY e.seq DESC LIMIT ?`,
    args.userId,
    args.before,
    args.now,
    args.approverId ?? '',
    args.approverId ?? '',
    args.state ?? '',
    args.state ?? '',
    args.enforcerId ?? '',
    args.enforcerId ?? '',
    args.limit + 1,
  );
  const page = rows.slice(0, args.limit);
  const items = page.map((row) => historyItem(row, args.now));
  const last = page.at(-1);
  return rows.length > args.limit && last !== undefined ? { items, next: integer(last, 'seq') } : { items };
}

export const exchangeReads = {
  getExchange: get,
  inboxPage: inbox,
  expiredInboxPage: inboxExpired,
  historyPage: history,
} as const;

export const inboxWrites = { dismissInboxItem: dismiss } as const;
