import { Refusal } from '../../store/command.js';
import { appendAudit } from '../../store/commands/audit.js';
import { integer, optionalInteger, optionalText, type Row, type StoreDatabase, text } from '../../store/database.js';
import { type Role, roleOf } from './tokens.js';

/** A personal access token without its secret. Times are epoch milliseconds. */
export interface PatRecord {
  readonly tokenId: string;
  readonly userId: string;
  readonly role: Role;
  readonly name: string;
  /** The first characters of the token, to recognise it by. */
  readonly prefix: string;
  readonly appId?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt?: number;
}

const COLUMNS = 'token_id, user_id, role, name, prefix, app_id, created_at, expires_at, last_used_at';

function patOf(row: Row): PatRecord {
  const appId = optionalText(row, 'app_id');
  const lastUsedAt = optionalInteger(row, 'last_used_at');
  return {
    tokenId: text(row, 'token_id'),
    userId: text(row, 'user_id'),
    role: roleOf(row),
    name: text(row, 'name'),
    prefix: text(row, 'prefix'),
    ...(appId !== undefined && { appId }),
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  };
}

export function createPat(
  db: StoreDatabase,
  args: Omit<PatRecord, 'lastUsedAt'> & { readonly tokenHash: string },
): null {
  if (args.appId !== undefined) {
    const app = db.get('SELECT 1 AS found FROM apps WHERE app_id = ? AND revoked_at IS NULL', args.appId);
    if (app === undefined) throw new Refusal('invalid_request', 'appId names no active app');
  }
  db.run(
    'INSERT INTO pats (token_id, user_id, role, app_id, name, prefix, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    args.tokenId,
    args.userId,
    args.role,
    args.appId ?? null,
    args.name,
    args.prefix,
    args.tokenHash,
    args.createdAt,
    args.expiresAt,
  );
  appendAudit(db, {
    at: args.createdAt,
    kind: 'token.created',
    userId: args.userId,
    details: { tokenId: args.tokenId, role: args.role },
  });
  return null;
}

/** The tokens that were not revoked, of one user or, for the operator, of everybody; expired ones included. */
export function listPats(db: StoreDatabase, args: { readonly userId?: string }): readonly PatRecord[] {
  const where = args.userId === undefined ? '' : 'AND user_id = ?';
  return db
    .all(
      `SELECT ${COLUMNS} FROM pats WHERE revoked_at IS NULL ${where} ORDER BY created_at, token_id`,
      ...(args.userId === undefined ? [] : [args.userId]),
    )
    .map(patOf);
}

/** Revokes a token at once (AUTH-080); without `userId` as the operator. */
export function revokePat(
  db: StoreDatabase,
  args: { readonly tokenId: string; readonly userId?: string; readonly now: number },
): null {
  const where = args.userId === undefined ? '' : 'AND user_id = ?';
  const revoked = db.run(
    `UPDATE pats SET revoked_at = ? WHERE token_id = ? AND revoked_at IS NULL ${where}`,
    args.now,
    args.tokenId,
    ...(args.userId === undefined ? [] : [args.userId]),
  );
  if (revoked === 0) throw new Refusal('NotFound', 'There is no such token');
  appendAudit(db, {
    at: args.now,
    kind: 'token.revoked',
    ...(args.userId !== undefined && { userId: args.userId }),
    details: { tokenId: args.tokenId },
  });
  return null;
}
