import { LIMITS } from '@airlock/protocol';
import { type StoreDatabase, text } from '../../store/database.js';

/** The value stored under a name; the candidate is stored when there is none, so that every process ends up with the same one. */
export function keepSecret(db: StoreDatabase, args: { readonly name: string; readonly candidate: string }): string {
  db.run(
    'INSERT INTO identity_secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING',
    args.name,
    args.candidate,
  );
  const row = db.get('SELECT value FROM identity_secrets WHERE name = ?', args.name);
  if (row === undefined) throw new TypeError('a secret that was just stored is missing');
  return text(row, 'value');
}

/** Deletes what is over: provider records, device and enrollment codes, tokens, and answers past their grace. */
export function sweepIdentity(db: StoreDatabase, args: { readonly now: number }): null {
  const { now } = args;
  db.run('DELETE FROM oidc_records WHERE expires_at <= ?', now);
  // Kept a while longer, so that a late poll still hears expired_token.
  db.run('DELETE FROM device_codes WHERE expires_at <= ?', now - LIMITS.deviceCodeMs);
  db.run('DELETE FROM enrollment_codes WHERE expires_at <= ?', now);
  db.run('DELETE FROM refresh_tokens WHERE expires_at <= ?', now);
  db.run(
    'UPDATE refresh_tokens SET sealed_answer = NULL WHERE sealed_answer IS NOT NULL AND rotated_at <= ?',
    now - LIMITS.refreshReuseGraceMs,
  );
  db.run(
    'DELETE FROM token_families WHERE expires_at <= ? AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.family_id = token_families.family_id)',
    now,
  );
  return null;
}
