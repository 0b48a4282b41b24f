import { createHash } from 'node:crypto';
import { type StoreDatabase, integer, optionalText, text } from '../database.js';

/** What the audit log records (GW-230). */
export type AuditKind =
  | 'authentication.failed'
  | 'decision.refused'
  | 'pairing.completed'
  | 'pairing.rejected'
  | 'pairing.revoked'
  | 'approver.registered'
  | 'approver.deleted'
  | 'consent.requested'
  | 'consent.decided'
  | 'token.created'
  | 'token.revoked'
  | 'app.created'
  | 'app.changed'
  | 'app.revoked'
  | 'user.created'
  | 'sign-in'
  | 'policy.created'
  | 'policy.deleted'
  | 'transport.violation';

/** One entry before it is chained. `details` holds ids and codes only: no secrets, no ciphertext. */
export interface AuditEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: AuditKind;
  readonly userId?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** Where the chain breaks, if it does. */
export interface AuditVerification {
  readonly ok: boolean;
  readonly entries: number;
  readonly brokenAt?: number;
}

interface ChainLink {
  readonly seq: number;
  /** JSON text. */
  readonly details: string;
  readonly prev: string;
}

const GENESIS = '0'.repeat(64);

function chainHash(entry: AuditEntry, link: ChainLink): string {
  const { seq, details, prev } = link;
  const content = JSON.stringify([seq, entry.at, entry.kind, entry.userId ?? '', details, prev]);
  return createHash('sha256').update(content).digest('hex');
}

/** Appends an entry inside the caller's transaction. */
export function appendAudit(db: StoreDatabase, entry: AuditEntry): void {
  const last = db.get('SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1');
  const seq = last === undefined ? 1 : integer(last, 'seq') + 1;
  const prev = last === undefined ? GENESIS : text(last, 'hash');
  const details = JSON.stringify(entry.details ?? {});
  db.run(
    'INSERT INTO audit_log (seq, at, kind, user_id, details, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
    seq,
    entry.at,
    entry.kind,
    entry.userId ?? null,
    details,
    prev,
    chainHash(entry, { seq, details, prev }),
  );
}

function verifyAudit(db: StoreDatabase): AuditVerification {
  let prev = GENESIS;
  let entries = 0;
  for (const row of db.all('SELECT * FROM audit_log ORDER BY seq')) {
    entries += 1;
    const seq = integer(row, 'seq');
    const userId = optionalText(row, 'user_id');
    const entry = {
      at: integer(row, 'at'),
      // The kind is only hashed here, whatever it says.
      kind: text(row, 'kind') as AuditKind,
      ...(userId === undefined ? {} : { userId }),
    };
    const hash = chainHash(entry, { seq, details: text(row, 'details'), prev });
    if (seq !== entries || text(row, 'prev') !== prev || text(row, 'hash') !== hash) {
      return { ok: false, entries, brokenAt: seq };
    }
    prev = hash;
  }
  return { ok: true, entries };
}

/** A chained entry as it is shown. */
export interface AuditRecord {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly userId?: string;
  /** JSON object of strings. */
  readonly details: string;
}

function listAudit(db: StoreDatabase, args: { readonly limit: number }): readonly AuditRecord[] {
  return db.all('SELECT * FROM audit_log ORDER BY seq DESC LIMIT ?', args.limit).map((row) => {
    const userId = optionalText(row, 'user_id');
    return {
      seq: integer(row, 'seq'),
      at: integer(row, 'at'),
      kind: text(row, 'kind'),
      ...(userId === undefined ? {} : { userId }),
      details: text(row, 'details'),
    };
  });
}

export const auditReads = {
  verifyAudit: (db: StoreDatabase, _args: Record<string, never>): AuditVerification => verifyAudit(db),
  listAudit,
} as const;

export const auditWrites = {
  appendAudit: (db: StoreDatabase, args: AuditEntry): void => appendAudit(db, args),
} as const;
