import { type StoreDatabase, text } from '../../store/database.js';

/** A record of the identity provider. Times are epoch milliseconds; the id is kept as its SHA-256 only. */
export interface OidcRecord {
  readonly model: string;
  readonly idHash: string;
  /** JSON text of the provider's payload. */
  readonly payload: string;
  readonly grantId?: string;
  readonly uid?: string;
  readonly expiresAt?: number;
}

interface RecordKey {
  readonly model: string;
  readonly idHash: string;
}

export function putOidcRecord(db: StoreDatabase, record: OidcRecord): null {
  db.run(
    'INSERT INTO oidc_records (model, id_hash, grant_id, uid, payload, expires_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (model, id_hash) DO UPDATE SET grant_id = excluded.grant_id, uid = excluded.uid, payload = excluded.payload, expires_at = excluded.expires_at',
    record.model,
    record.idHash,
    record.grantId ?? null,
    record.uid ?? null,
    record.payload,
    record.expiresAt ?? null,
  );
  return null;
}

export interface StoredOidcRecord {
  readonly payload: string;
  readonly consumed: boolean;
}

export function findOidcRecord(db: StoreDatabase, key: RecordKey): StoredOidcRecord | undefined {
  const row = db.get(
    'SELECT payload, consumed_at IS NOT NULL AS consumed FROM oidc_records WHERE model = ? AND id_hash = ?',
    key.model,
    key.idHash,
  );
  return row && { payload: text(row, 'payload'), consumed: row['consumed'] !== 0 };
}

export function findOidcRecordByUid(
  db: StoreDatabase,
  args: { readonly model: string; readonly uid: string },
): StoredOidcRecord | undefined {
  const row = db.get(
    'SELECT payload, consumed_at IS NOT NULL AS consumed FROM oidc_records WHERE model = ? AND uid = ?',
    args.model,
    args.uid,
  );
  return row && { payload: text(row, 'payload'), consumed: row['consumed'] !== 0 };
}

/** Uses up a record; false when somebody was faster, also at the same time (AUTH-150). */
export function consumeOidcRecord(db: StoreDatabase, args: RecordKey & { readonly now: number }): boolean {
  const consumed = db.run(
    'UPDATE oidc_records SET consumed_at = ? WHERE model = ? AND id_hash = ? AND consumed_at IS NULL',
    args.now,
    args.model,
    args.idHash,
  );
  return consumed === 1;
}

export function deleteOidcRecord(db: StoreDatabase, key: RecordKey): null {
  db.run('DELETE FROM oidc_records WHERE model = ? AND id_hash = ?', key.model, key.idHash);
  return null;
}

export function deleteOidcRecordsOfGrant(
  db: StoreDatabase,
  args: { readonly model: string; readonly grantId: string },
): null {
  db.run('DELETE FROM oidc_records WHERE model = ? AND grant_id = ?', args.model, args.grantId);
  return null;
}
