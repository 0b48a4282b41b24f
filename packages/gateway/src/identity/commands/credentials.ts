import { optionalInteger, optionalText, type Row, type StoreDatabase, text } from '../../store/database.js';
import { present } from '../present.js';
import { type AppRecord, appOf } from './apps.js';
import { findFamily, type Role, roleOf, type TokenFamily } from './tokens.js';

/** A token that works. */
interface FoundPat {
  readonly tokenId: string;
  readonly userId: string;
  readonly role: Role;
  readonly appId?: string;
}

/** An app that is active, with the hash of its secret when it has one. */
export interface FoundApp extends AppRecord {
  readonly secretHash?: string;
}

/** Whose use is to be noted: a token, a device or both. */
export interface CredentialUse {
  readonly tokenId?: string;
  readonly approverId?: string;
}

/** What the store knows of the credentials on a request; a member is absent when it was not asked for or does not work. */
export interface FoundCredentials {
  readonly pat?: FoundPat;
  readonly family?: TokenFamily;
  readonly app?: FoundApp;
  /** Present when a use is due to be noted with {@link noteCredentialUse}. */
  readonly due?: CredentialUse;
}

/** Uses are recorded this coarsely, so that reading does not mean writing. */
const NOTED_EVERY_MS = 60_000;

function isDue(notedAt: number | undefined, now: number): boolean {
  return notedAt === undefined || notedAt <= now - NOTED_EVERY_MS;
}

function findPat(db: StoreDatabase, tokenHash: string, now: number): Row | undefined {
  return db.get(
    'SELECT token_id, user_id, role, app_id, last_used_at FROM pats WHERE token_hash = ? AND revoked_at IS NULL AND expires_at > ?',
    tokenHash,
    now,
  );
}

function patOf(row: Row): FoundPat {
  const appId = optionalText(row, 'app_id');
  return {
    tokenId: text(row, 'token_id'),
    userId: text(row, 'user_id'),
    role: roleOf(row),
    ...(appId !== undefined && { appId }),
  };
}

function findApp(db: StoreDatabase, clientId: string): FoundApp | undefined {
  const row: Row | undefined = db.get('SELECT * FROM apps WHERE client_id = ? AND revoked_at IS NULL', clientId);
  return row && { ...appOf(row), ...present({ secretHash: optionalText(row, 'secret_hash') }) };
}

function deviceSeenAt(db: StoreDatabase, approverId: string): number | undefined {
  const row = db.get('SELECT last_seen_at FROM approvers WHERE approver_id = ?', approverId);
  return row && optionalInteger(row, 'last_seen_at');
}

/** Looks up every credential of a request in one trip; secrets arrive hashed (ID-180). */
export function findCredentials(
  db: StoreDatabase,
  args: {
    readonly patHash?: string;
    readonly familyId?: string;
    readonly clientId?: string;
    readonly now: number;
  },
): FoundCredentials {
  const { now } = args;
  const pat = args.patHash === undefined ? undefined : findPat(db, args.patHash, now);
  const family = args.familyId === undefined ? undefined : findFamily(db, { familyId: args.familyId, now });
  const app = args.clientId === undefined ? undefined : findApp(db, args.clientId);
  const approverId = family?.approverId;
  const tokenDue = pat !== undefined && isDue(optionalInteger(pat, 'last_used_at'), now);
  const deviceDue = approverId !== undefined && isDue(deviceSeenAt(db, approverId), now);
  return {
    ...(pat && { pat: patOf(pat) }),
    ...(family && { family }),
    ...(app && { app }),
    ...((tokenDue || deviceDue) && {
      due: { ...(tokenDue && { tokenId: text(pat, 'token_id') }), ...(deviceDue && { approverId }) },
    }),
  };
}

/** Notes when a token was last used and a device last seen; never moves either back. */
export function noteCredentialUse(db: StoreDatabase, args: CredentialUse & { readonly now: number }): void {
  const { tokenId, approverId, now } = args;
  if (tokenId !== undefined) {
    db.run('UPDATE pats SET last_used_at = max(?, ifnull(last_used_at, 0)) WHERE token_id = ?', now, tokenId);
  }
  if (approverId !== undefined) {
    db.run(
      'UPDATE approvers SET last_seen_at = max(?, ifnull(last_seen_at, 0)) WHERE approver_id = ?',
      now,
      approverId,
    );
  }
}
