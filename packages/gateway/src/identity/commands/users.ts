import { Refusal } from '../../store/command.js';
import { appendAudit } from '../../store/commands/audit.js';
import { integer, optionalText, type Row, type StoreDatabase, text } from '../../store/database.js';

/** An account, equal to a HARP tenant. */
export interface UserRecord {
  readonly userId: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** What a login is checked against; without `passwordHash` no password was ever set (AUTH-095). */
export interface LoginRecord {
  readonly userId: string;
  readonly passwordHash?: string;
}

function userOf(row: Row): UserRecord {
  return {
    userId: text(row, 'user_id'),
    name: text(row, 'name'),
    createdAt: integer(row, 'created_at'),
  };
}

export function addUser(
  db: StoreDatabase,
  args: { readonly userId: string; readonly name: string; readonly now: number },
): UserRecord {
  const added = db.run(
    'INSERT INTO users (user_id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING',
    args.userId,
    args.name,
    args.now,
  );
  if (added === 0) throw new Refusal('AlreadyExistsConflict', 'A user of that name exists already');
  appendAudit(db, { at: args.now, kind: 'user.created', userId: args.userId });
  return { userId: args.userId, name: args.name, createdAt: args.now };
}

export function listUsers(db: StoreDatabase, _args: Readonly<Record<never, never>>): readonly UserRecord[] {
  return db.all('SELECT user_id, name, created_at FROM users ORDER BY created_at, user_id').map(userOf);
}

/** Names are compared without regard to ASCII case. */
export function findUserByName(db: StoreDatabase, args: { readonly name: string }): UserRecord | undefined {
  const row = db.get('SELECT user_id, name, created_at FROM users WHERE name = ?', args.name);
  return row && userOf(row);
}

export function findUser(db: StoreDatabase, args: { readonly userId: string }): UserRecord | undefined {
  const row = db.get('SELECT user_id, name, created_at FROM users WHERE user_id = ?', args.userId);
  return row && userOf(row);
}

export function findLogin(db: StoreDatabase, args: { readonly name: string }): LoginRecord | undefined {
  const row = db.get('SELECT user_id, password_hash FROM users WHERE name = ?', args.name);
  if (row === undefined) return undefined;
  const passwordHash = optionalText(row, 'password_hash');
  return { userId: text(row, 'user_id'), ...(passwordHash !== undefined && { passwordHash }) };
}
