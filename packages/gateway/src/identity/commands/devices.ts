import { LIMITS } from '@airlock/protocol';
import { Refusal } from '../../store/command.js';
import { integer, optionalInteger, optionalText, type StoreDatabase, text } from '../../store/database.js';
import { insertFamily, type NewFamily } from './tokens.js';

/** A device code as the human sees it before deciding (AUTH-210). */
export interface PendingDevice {
  readonly userCode: string;
  readonly clientLabel: string;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly address?: string;
}

export type PollOutcome =
  | { readonly kind: 'granted'; readonly userId: string; readonly scope: string }
  | { readonly kind: 'pending' | 'slow_down' | 'expired' | 'denied' | 'unknown' };

/** Stores a device code; answers false when a living code has the same user code, so that the caller draws again. */
export function createDeviceCode(
  db: StoreDatabase,
  args: {
    readonly codeHash: string;
    readonly userCode: string;
    readonly clientId: string;
    readonly clientLabel: string;
    readonly scope: string;
    readonly address?: string;
    readonly now: number;
    readonly expiresAt: number;
    readonly intervalMs: number;
  },
): boolean {
  db.run('DELETE FROM device_codes WHERE user_code = ? AND expires_at <= ?', args.userCode, args.now);
  const added = db.run(
    'INSERT INTO device_codes (code_hash, user_code, client_id, client_label, scope, address, requested_at, expires_at, interval_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_code) DO NOTHING',
    args.codeHash,
    args.userCode,
    args.clientId,
    args.clientLabel,
    args.scope,
    args.address ?? null,
    args.now,
    args.expiresAt,
    args.intervalMs,
  );
  return added === 1;
}

/** An undecided, unexpired code. */
export function findPendingDevice(
  db: StoreDatabase,
  args: { readonly userCode: string; readonly now: number },
): PendingDevice | undefined {
  const row = db.get(
    'SELECT user_code, client_label, requested_at, address FROM device_codes WHERE user_code = ? AND expires_at > ? AND decision IS NULL',
    args.userCode,
    args.now,
  );
  if (row === undefined) return undefined;
  const address = optionalText(row, 'address');
  return {
    userCode: text(row, 'user_code'),
    clientLabel: text(row, 'client_label'),
    requestedAt: integer(row, 'requested_at'),
    ...(address !== undefined && { address }),
  };
}

/** Binds the user's decision to an undecided code (AUTH-200); the first decision stands. */
export function decideDevice(
  db: StoreDatabase,
  args: {
    readonly userCode: string;
    readonly userId: string;
    readonly decision: 'allow' | 'deny';
    readonly now: number;
  },
): null {
  const decided = db.run(
    'UPDATE device_codes SET decision = ?, user_id = ? WHERE user_code = ? AND expires_at > ? AND decision IS NULL',
    args.decision,
    args.userId,
    args.userCode,
    args.now,
  );
  if (decided === 0) throw new Refusal('NotFound', 'The code is unknown, decided or expired');
  return null;
}

/** One poll of a device code. A granted code becomes a token family in the same transaction and never works again (AUTH-190). */
export function pollDeviceCode(
  db: StoreDatabase,
  args: {
    readonly codeHash: string;
    readonly family: Omit<NewFamily, 'userId' | 'scope'>;
    readonly now: number;
  },
): PollOutcome {
  const row = db.get(
    'SELECT user_id, scope, decision, expires_at, interval_ms, polled_at, redeemed_at FROM device_codes WHERE code_hash = ? AND client_id = ?',
    args.codeHash,
    args.family.clientId,
  );
  if (row === undefined || optionalInteger(row, 'redeemed_at') !== undefined) return { kind: 'unknown' };
  if (integer(row, 'expires_at') <= args.now) return { kind: 'expired' };
  const decision = optionalText(row, 'decision');
  if (decision === 'deny') return { kind: 'denied' };
  if (decision === 'allow') {
    const userId = text(row, 'user_id');
    const scope = text(row, 'scope');
    db.run('UPDATE device_codes SET redeemed_at = ? WHERE code_hash = ?', args.now, args.codeHash);
    insertFamily(db, { ...args.family, userId, scope });
    return { kind: 'granted', userId, scope };
  }
  const interval = integer(row, 'interval_ms');
  const polledAt = optionalInteger(row, 'polled_at');
  const early = polledAt !== undefined && args.now - polledAt < interval;
  db.run(
    'UPDATE device_codes SET polled_at = ?, interval_ms = ? WHERE code_hash = ?',
    args.now,
    early ? interval + LIMITS.deviceSlowDownStepMs : interval,
    args.codeHash,
  );
  return { kind: early ? 'slow_down' : 'pending' };
}
