import { type StoreDatabase, text } from '../database.js';

/** Reads a setting; stores and returns `initial` when there is none yet. */
function setting(db: StoreDatabase, args: { readonly name: string; readonly initial: string }): string {
  const row = db.get('SELECT value FROM gateway_settings WHERE name = ?', args.name);
  if (row !== undefined) return text(row, 'value');
  db.run('INSERT INTO gateway_settings (name, value) VALUES (?, ?)', args.name, args.initial);
  return args.initial;
}

export const settingCommands = { getOrSetSetting: setting } as const;
