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

/** What the store knows of the credentials on a request; a member is absent when it was not asked for or does not work. */
export interface FoundCredentials {
  readonly pat?: FoundPat;
  readonly family?: TokenFamily;
  readonly app?: FoundApp;
}

/** Uses are recorded this coarsely, so that reading does not mean writing. */
const SEEN_EVERY_MS = 60_000;

function findPat(db: StoreDatabase, tokenHash: string, now: number): FoundPat | undefined {
  const row = db.get(
    'SELECT token_id, user_id, role, app_id, last_used_at FROM pats WHERE token_hash = ? AND revoked_at IS NULL AND expires_at > ?',
    tokenHash,
    now,
  );
  if (row === undefined) return undefined;
  const tokenId = text(row, 'token_id');
  if ((optionalInteger(row, 'last_used_at') ?? 0) <= now - SEEN_EVERY_MS) {
    db.run('UPDATE pats SET last_used_at = ? WHERE token_id = ?', now, tokenId);
  }
  return {
    tokenId,
    userId: text(row, 'user_id'),
    role: roleOf(row),
    ...present({ appId: optionalText(row, 'app_id') }),
  };
}

function markSeen(db: StoreDatabase, family: TokenFamily | undefined, now: number): void {
  if (family?.approverId === undefined) return;
  db.run(
    'UPDATE approvers SET last_seen_at = ? WHERE approver_id = ? AND (last_seen_at IS NULL OR last_seen_at <= ?)',
    now,
    family.approverId,
    now - SEEN_EVERY_MS,
  );
}

function findApp(db: StoreDatabase, clientId: string): FoundApp | undefined {
  const row: Row | undefined = db.get('SELECT * FROM apps WHERE client_id = ? AND revoked_at IS NULL', clientId);
  return row && { ...appOf(row), ...present({ secretHash: optionalText(row, 'secret_hash') }) };
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
  const pat = args.patHash === undefined ? undefined : findPat(db, args.patHash, args.now);
  const family = args.familyId === undefined ? undefined : findFamily(db, { familyId: args.familyId, now: args.now });
  markSeen(db, family, args.now);
  const app = args.clientId === undefined ? undefined : findApp(db, args.clientId);
  return present({ pat, family, app });
}
