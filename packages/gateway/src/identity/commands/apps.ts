import { APP_KINDS, type AppKind } from '@airlock/protocol';
import type { Revocation } from '../../live/events.js';
import { Refusal } from '../../store/command.js';
import { appendAudit } from '../../store/commands/audit.js';
import { revokePairings } from '../../store/commands/revocation.js';
import { present } from '../present.js';
import { integer, optionalInteger, optionalText, type Row, type StoreDatabase, text } from '../../store/database.js';

/** Kinds that keep a secret; the others are known by their origin (AUTH-050). */
const CONFIDENTIAL_KINDS: readonly AppKind[] = ['Agent', 'Desktop', 'VsCodeExtension'];

/** A registered programme without its secret. Times are epoch milliseconds. */
export interface AppRecord {
  readonly appId: string;
  readonly clientId: string;
  readonly name: string;
  readonly kind: AppKind;
  readonly createdAt: number;
  readonly secretPrefix?: string;
  readonly description?: string;
  readonly developerName?: string;
  readonly homePageUrl?: string;
  readonly isOpenSource?: boolean;
  readonly allowedOrigins?: readonly string[];
}

/** What a caller may change later. */
export interface AppChanges {
  readonly description?: string;
  readonly homePageUrl?: string;
  readonly allowedOrigins?: readonly string[];
}

const COLUMNS =
  'app_id, client_id, name, kind, created_at, secret_prefix, description, developer_name, home_page_url, is_open_source, allowed_origins';

/** Whether apps of this kind present a secret instead of an origin. */
export function isConfidential(kind: AppKind): boolean {
  return CONFIDENTIAL_KINDS.includes(kind);
}

function kindOf(row: Row): AppKind {
  const kind = text(row, 'kind');
  const known = APP_KINDS.find((candidate) => candidate === kind);
  if (known === undefined) throw new TypeError('column kind holds no kind of app');
  return known;
}

/** The origins of a stored app, one a line. */
function originsOf(row: Row): readonly string[] | undefined {
  const stored = optionalText(row, 'allowed_origins');
  return stored === undefined ? undefined : stored.split('\n').filter((origin) => origin !== '');
}

/** An app from a row that selected every column of {@link AppRecord}. */
export function appOf(row: Row): AppRecord {
  const openSource = optionalInteger(row, 'is_open_source');
  return {
    appId: text(row, 'app_id'),
    clientId: text(row, 'client_id'),
    name: text(row, 'name'),
    kind: kindOf(row),
    createdAt: integer(row, 'created_at'),
    ...present({
      secretPrefix: optionalText(row, 'secret_prefix'),
      description: optionalText(row, 'description'),
      developerName: optionalText(row, 'developer_name'),
      homePageUrl: optionalText(row, 'home_page_url'),
      isOpenSource: openSource === undefined ? undefined : openSource === 1,
      allowedOrigins: originsOf(row),
    }),
  };
}

function audit(
  db: StoreDatabase,
  kind: 'app.created' | 'app.changed' | 'app.revoked',
  app: { readonly appId: string; readonly ownerId?: string; readonly at: number },
): void {
  const { appId, ownerId, at } = app;
  appendAudit(db, { at, kind, ...present({ userId: ownerId }), details: { appId } });
}

/** Registers an app; answers false when the id or client id exists, so that the caller draws again. */
export function createApp(
  db: StoreDatabase,
  args: AppRecord & { readonly ownerId?: string; readonly secretHash?: string },
): boolean {
  const added = db.run(
    `INSERT INTO apps (${COLUMNS}, owner_id, secret_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    args.appId,
    args.clientId,
    args.name,
    args.kind,
    args.createdAt,
    args.secretPrefix ?? null,
    args.description ?? null,
    args.developerName ?? null,
    args.homePageUrl ?? null,
    args.isOpenSource === undefined ? null : Number(args.isOpenSource),
    args.allowedOrigins?.join('\n') ?? null,
    args.ownerId ?? null,
    args.secretHash ?? null,
  );
  if (added === 1) audit(db, 'app.created', { ...args, at: args.createdAt });
  return added === 1;
}

/** Active apps of one owner or, for the operator, all of them. */
export function listApps(db: StoreDatabase, args: { readonly ownerId?: string }): readonly AppRecord[] {
  const where = args.ownerId === undefined ? '' : 'AND owner_id = ?';
  return db
    .all(
      `SELECT ${COLUMNS} FROM apps WHERE revoked_at IS NULL ${where} ORDER BY created_at, app_id`,
      ...owner(args.ownerId),
    )
    .map(appOf);
}

function owner(ownerId: string | undefined): readonly string[] {
  return ownerId === undefined ? [] : [ownerId];
}

/** One active app of the owner or, for the operator, anybody's. */
function activeApp(db: StoreDatabase, args: { readonly appId: string; readonly ownerId?: string }): AppRecord {
  const where = args.ownerId === undefined ? '' : 'AND owner_id = ?';
  const row = db.get(
    `SELECT ${COLUMNS} FROM apps WHERE app_id = ? AND revoked_at IS NULL ${where}`,
    args.appId,
    ...owner(args.ownerId),
  );
  if (row === undefined) throw new Refusal('NotFound', 'There is no such app');
  return appOf(row);
}

export function updateApp(
  db: StoreDatabase,
  args: { readonly appId: string; readonly ownerId: string; readonly changes: AppChanges; readonly now: number },
): AppRecord {
  const app: AppRecord = { ...activeApp(db, args), ...args.changes };
  if (args.changes.allowedOrigins !== undefined && isConfidential(app.kind)) {
    throw new Refusal('invalid_request', 'allowedOrigins belongs to apps of kind Web or Mobile');
  }
  db.run(
    'UPDATE apps SET description = ?, home_page_url = ?, allowed_origins = ? WHERE app_id = ?',
    app.description ?? null,
    app.homePageUrl ?? null,
    app.allowedOrigins?.join('\n') ?? null,
    app.appId,
  );
  audit(db, 'app.changed', { ...args, at: args.now });
  return app;
}

/** Replaces the secret; the old one is refused from now on. */
export function rotateAppSecret(
  db: StoreDatabase,
  args: {
    readonly appId: string;
    readonly ownerId?: string;
    readonly secretHash: string;
    readonly secretPrefix: string;
    readonly now: number;
  },
): null {
  if (!isConfidential(activeApp(db, args).kind)) {
    throw new Refusal('invalid_request', 'An app of this kind has no secret');
  }
  db.run(
    'UPDATE apps SET secret_hash = ?, secret_prefix = ? WHERE app_id = ?',
    args.secretHash,
    args.secretPrefix,
    args.appId,
  );
  audit(db, 'app.changed', { ...args, at: args.now });
  return null;
}

/** Ends an app for everybody: its consents and pairings are revoked, its pending exchanges cancelled (APPR-110). */
export function revokeApp(
  db: StoreDatabase,
  args: { readonly appId: string; readonly ownerId?: string; readonly now: number },
): Revocation {
  const { appId } = activeApp(db, args);
  db.run('UPDATE apps SET revoked_at = ?, secret_hash = NULL WHERE app_id = ?', args.now, appId);
  db.run(
    "UPDATE consents SET state = 'Revoked', decided_at = ? WHERE app_id = ? AND state IN ('Pending', 'Allowed')",
    args.now,
    appId,
  );
  audit(db, 'app.revoked', { ...args, at: args.now });
  const ends = db
    .all('SELECT DISTINCT user_id FROM consents WHERE app_id = ?', appId)
    .map((row) => revokePairings(db, { userId: text(row, 'user_id'), appId }, args.now));
  return {
    pairings: ends.flatMap((end) => end.pairings),
    exchanges: ends.flatMap((end) => end.exchanges),
  };
}
