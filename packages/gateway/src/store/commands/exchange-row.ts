import { type Row, type StoreDatabase, integer, optionalText, text } from '../database.js';

/** EXCH-010. */
export type ExchangeState = 'PendingApproval' | 'Decided' | 'Delivered' | 'Expired' | 'Withdrawn' | 'Cancelled';

const STATES: ReadonlySet<string> = new Set<ExchangeState>([
  'PendingApproval',
  'Decided',
  'Delivered',
  'Expired',
  'Withdrawn',
  'Cancelled',
]);

function isExchangeState(value: string): value is ExchangeState {
  return STATES.has(value);
}

/** The state at `now`: pending exchanges are expired from the instant of their expiry, swept or not (EXCH-120). */
export function exchangeState(row: Row, now: number): ExchangeState {
  const state = text(row, 'state');
  if (!isExchangeState(state)) throw new TypeError('column state is not an exchange state');
  return state === 'PendingApproval' && integer(row, 'expires_at') <= now ? 'Expired' : state;
}

/** The exchange with this id, for the principal it belongs to (ID-040). */
export function ownExchange(
  db: StoreDatabase,
  key: { readonly userId: string; readonly requestId: string },
): Row | undefined {
  return db.get('SELECT * FROM exchanges WHERE user_id = ? AND request_id = ?', key.userId, key.requestId);
}

/** True when the approver is the one it was routed to; a credential without a device acts for all of its user's. */
export function isRoutedTo(row: Row, approverId: string | undefined): boolean {
  const routed = optionalText(row, 'approver_id');
  return approverId === undefined || routed === approverId;
}
