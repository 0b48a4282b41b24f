import { Refusal } from '../../store/command.js';
import { appendAudit } from '../../store/commands/audit.js';
import { type StoreDatabase, text } from '../../store/database.js';
import { insertFamily, type NewFamily } from './tokens.js';

export function createEnrollmentCode(
  db: StoreDatabase,
  args: { readonly codeHash: string; readonly userId: string; readonly expiresAt: number },
): null {
  db.run(
    'INSERT INTO enrollment_codes (code_hash, user_id, expires_at) VALUES (?, ?, ?)',
    args.codeHash,
    args.userId,
    args.expiresAt,
  );
  return null;
}

/** Spends a code and returns its user; a code works once (APPR-010). */
function spendCode(db: StoreDatabase, codeHash: string, now: number): string {
  const row = db.get(
    'UPDATE enrollment_codes SET used_at = ? WHERE code_hash = ? AND used_at IS NULL AND expires_at > ? RETURNING user_id',
    now,
    codeHash,
    now,
  );
  if (row === undefined) {
    throw new Refusal('NotFound', 'The enrollment code is unknown, used or expired');
  }
  return text(row, 'user_id');
}

/** A one-time code as an interactive login; the user may set a password with it, which is the only way to get one. */
export function loginByCode(
  db: StoreDatabase,
  args: { readonly codeHash: string; readonly now: number; readonly passwordHash?: string },
): { readonly userId: string } {
  const userId = spendCode(db, args.codeHash, args.now);
  if (args.passwordHash !== undefined) {
    db.run('UPDATE users SET password_hash = ? WHERE user_id = ?', args.passwordHash, userId);
  }
  return { userId };
}

/** Registers a device key and opens its token family in the same transaction. */
export function registerApprover(
  db: StoreDatabase,
  args: {
    readonly approverId: string;
    readonly label: string;
    /** Raw 32-byte Ed25519 key in base64url without padding. */
    readonly publicKey: string;
    readonly now: number;
    readonly by: { readonly userId: string } | { readonly codeHash: string };
    readonly family: Omit<NewFamily, 'userId' | 'approverId'>;
  },
): { readonly userId: string } {
  const userId = 'userId' in args.by ? args.by.userId : spendCode(db, args.by.codeHash, args.now);
  const added = db.run(
    'INSERT INTO approvers (approver_id, user_id, label, public_key, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id, public_key) WHERE deleted_at IS NULL DO NOTHING',
    args.approverId,
    userId,
    args.label,
    args.publicKey,
    args.now,
  );
  if (added === 0) {
    throw new Refusal('HARP_ERR_UNSUPPORTED', 'This key is registered with this account already');
  }
  appendAudit(db, {
    at: args.now,
    kind: 'approver.registered',
    userId,
    details: { approverId: args.approverId },
  });
  insertFamily(db, { ...args.family, userId, approverId: args.approverId });
  return { userId };
}
