import { type StoreDatabase, text } from '../database.js';

/** Reads a setting; stores and returns `initial` when there is none yet. */
function setting(db: StoreDatabase, args: { readonly name: string; readonly initial: string }): string {
  const row = db.get('SELECT value FROM gateway_settings WHERE name = ?', args.name);
  if (row !== undefined) return text(row, 'value');
  db.run('INSERT INTO gateway_settings (name, value) VALUES (?, ?)', args.name, args.initial);
  return args.initial;
}

/** Tells whether an active public app has this origin on its list (one per line). */
function isAppOrigin(db: StoreDatabase, args: { readonly origin: string }): boolean {
  const row = db.get(
    `SELECT 1 FROM apps WHERE revoked_at IS NULL
       AND instr(char(10) || allowed_origins || char(10), char(10) || ? || char(10)) > 0 LIMIT 1`,
    args.origin,
  );
  return row !== undefined && !args.origin.includes('\n');
}

export const settingReads = { isAppOrigin } as const;

export const settingWrites = { getOrSetSetting: setting } as const;
