import { appendAudit } from '../../store/commands/audit.js';
import { integer, optionalText, type Row, type SqlValue, type StoreDatabase, text } from '../../store/database.js';

export type Role = 'enforcer' | 'approver';

/** Everything issued from one sign-in; revoked as a whole. */
export interface TokenFamily {
  readonly familyId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly role: Role;
  readonly appId?: string;
  /** The device that the tokens are bound to (APPR-010). */
  readonly approverId?: string;
  /** Absolute end, epoch milliseconds. */
  readonly expiresAt: number;
}

/** A family with its first refresh token. */
export interface NewFamily extends TokenFamily {
  readonly refreshHash: string;
  readonly refreshExpiresAt: number;
  readonly scope: string;
  readonly now: number;
}

export type RotationOutcome =
  | { readonly kind: 'rotated' }
  /** The predecessor came again in time: the answer it got before, sealed under itself. */
  | { readonly kind: 'replayed'; readonly sealedAnswer: Uint8Array }
  /** An old token came again: its family is revoked now. */
  | { readonly kind: 'reused' }
  | { readonly kind: 'invalid' };

const FAMILY =
  'f.family_id, f.user_id, f.client_id, f.role, f.app_id, f.approver_id, f.expires_at AS family_expires_at';

/** The two roles a credential can have (AUTH-070). @throws TypeError on another stored word */
export function roleOf(row: Row): Role {
  const role = text(row, 'role');
  if (role !== 'enforcer' && role !== 'approver') throw new TypeError('column role holds no role');
  return role;
}

/** A family from a row that selected {@link FAMILY}'s columns. */
function familyOf(row: Row): TokenFamily {
  const appId = optionalText(row, 'app_id');
  const approverId = optionalText(row, 'approver_id');
  return {
    familyId: text(row, 'family_id'),
    userId: text(row, 'user_id'),
    clientId: text(row, 'client_id'),
    role: roleOf(row),
    ...(appId !== undefined && { appId }),
    ...(approverId !== undefined && { approverId }),
    expiresAt: integer(row, 'family_expires_at'),
  };
}

export function insertFamily(db: StoreDatabase, family: NewFamily): null {
  db.run(
    'INSERT INTO token_families (family_id, user_id, client_id, role, app_id, approver_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    family.familyId,
    family.userId,
    family.clientId,
    family.role,
    family.appId ?? null,
    family.approverId ?? null,
    family.now,
    family.expiresAt,
  );
  insertRefreshToken(db, family);
  appendAudit(db, {
    at: family.now,
    kind: 'sign-in',
    userId: family.userId,
    details: { familyId: family.familyId, clientId: family.clientId },
  });
  return null;
}

function insertRefreshToken(
  db: StoreDatabase,
  token: Pick<NewFamily, 'familyId' | 'refreshHash' | 'refreshExpiresAt' | 'scope'>,
): void {
  db.run(
    'INSERT INTO refresh_tokens (token_hash, family_id, scope, expires_at) VALUES (?, ?, ?, ?)',
    token.refreshHash,
    token.familyId,
    token.scope,
    token.refreshExpiresAt,
  );
}

/** A family that is neither revoked nor over. */
export function findFamily(
  db: StoreDatabase,
  args: { readonly familyId: string; readonly now: number },
): TokenFamily | undefined {
  const row = db.get(
    `SELECT ${FAMILY} FROM token_families f WHERE f.family_id = ? AND f.revoked_at IS NULL AND f.expires_at > ?`,
    args.familyId,
    args.now,
  );
  return row && familyOf(row);
}

/** The family of a refresh token, used or not; undefined when the token or its family is unknown, over or revoked. */
export function findRefreshToken(
  db: StoreDatabase,
  args: { readonly tokenHash: string; readonly now: number },
): { readonly family: TokenFamily; readonly scope: string } | undefined {
  const row = db.get(
    `SELECT ${FAMILY}, r.scope FROM refresh_tokens r JOIN token_families f USING (family_id) WHERE r.token_hash = ? AND r.expires_at > ? AND f.revoked_at IS NULL AND f.expires_at > ?`,
    args.tokenHash,
    args.now,
    args.now,
  );
  return row && { family: familyOf(row), scope: text(row, 'scope') };
}

/** Replaces a refresh token by its successor, or finds out that somebody did so before (AUTH-120). */
export function rotateRefreshToken(
  db: StoreDatabase,
  args: {
    readonly tokenHash: string;
    readonly now: number;
    /** How long a predecessor still gets its old answer; 0 makes every reuse a theft. */
    readonly graceMs: number;
    readonly successorHash: string;
    readonly successorExpiresAt: number;
    readonly sealedAnswer: Uint8Array;
  },
): RotationOutcome {
  const found = findRefreshToken(db, args);
  if (found === undefined) return { kind: 'invalid' };
  const rotated = db.run(
    'UPDATE refresh_tokens SET rotated_at = ?, sealed_answer = ? WHERE token_hash = ? AND rotated_at IS NULL',
    args.now,
    args.sealedAnswer,
    args.tokenHash,
  );
  const { familyId } = found.family;
  if (rotated === 1) {
    insertRefreshToken(db, {
      familyId,
      refreshHash: args.successorHash,
      refreshExpiresAt: args.successorExpiresAt,
      scope: found.scope,
    });
    return { kind: 'rotated' };
  }
  const sealed: SqlValue | undefined = db.get(
    'SELECT sealed_answer FROM refresh_tokens WHERE token_hash = ? AND rotated_at > ?',
    args.tokenHash,
    args.now - args.graceMs,
  )?.['sealed_answer'];
  if (sealed instanceof Uint8Array) return { kind: 'replayed', sealedAnswer: sealed };
  revokeFamily(db, { familyId, now: args.now, reason: 'reuse' });
  return { kind: 'reused' };
}

/** Ends a family at once: its refresh tokens are gone and its access tokens are refused. */
export function revokeFamily(
  db: StoreDatabase,
  args: { readonly familyId: string; readonly now: number; readonly reason?: string },
): null {
  const row = db.get(
    'UPDATE token_families SET revoked_at = ? WHERE family_id = ? AND revoked_at IS NULL RETURNING user_id',
    args.now,
    args.familyId,
  );
  if (row === undefined) return null;
  db.run('DELETE FROM refresh_tokens WHERE family_id = ?', args.familyId);
  appendAudit(db, {
    at: args.now,
    kind: 'token.revoked',
    userId: text(row, 'user_id'),
    details: { familyId: args.familyId, reason: args.reason ?? 'sign-out' },
  });
  return null;
}

/** Sign-out by refresh token; an unknown token changes nothing. */
export function revokeByRefreshToken(
  db: StoreDatabase,
  args: { readonly tokenHash: string; readonly now: number },
): null {
  const row = db.get('SELECT family_id FROM refresh_tokens WHERE token_hash = ?', args.tokenHash);
  if (row === undefined) return null;
  return revokeFamily(db, { familyId: text(row, 'family_id'), now: args.now });
}

/** Ends every token that is bound to a device, for the transaction that deletes the device (APPR-030). */
export function revokeApproverTokens(
  db: StoreDatabase,
  args: { readonly approverId: string; readonly now: number },
): number {
  const families = db.all(
    'SELECT family_id FROM token_families WHERE approver_id = ? AND revoked_at IS NULL',
    args.approverId,
  );
  for (const row of families) {
    revokeFamily(db, { familyId: text(row, 'family_id'), now: args.now, reason: 'device deleted' });
  }
  return families.length;
}
