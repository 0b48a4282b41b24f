import { type ConsentState, LIMITS } from '@airlock/protocol';
import type { Revocation } from '../../live/events.js';
import { Refusal } from '../../store/command.js';
import { appendAudit } from '../../store/commands/audit.js';
import { revokePairings } from '../../store/commands/revocation.js';
import { integer, optionalInteger, optionalText, type Row, type StoreDatabase, text } from '../../store/database.js';
import { present } from '../present.js';

/** What a user was asked about an app and answered. Times are epoch milliseconds. */
export interface ConsentRecord {
  readonly consentId: string;
  readonly appId: string;
  readonly appName: string;
  readonly developerName: string;
  readonly kind: string;
  readonly state: ConsentState;
  readonly requestedAt: number;
  readonly decidedAt?: number;
}

/** What the check found; `created` on the very first refusal, `notify` when the approvers are due to hear of it (CONS-030). */
export interface ConsentCheck {
  readonly consent: ConsentRecord;
  readonly created: boolean;
  readonly notify: boolean;
}

const COLUMNS = 'c.consent_id, c.app_id, c.state, c.requested_at, c.decided_at, a.name, a.developer_name, a.kind';
const FROM = 'FROM consents c JOIN apps a USING (app_id)';

const DECISIONS = {
  allow: { to: 'Allowed', from: ['Pending', 'Denied', 'Revoked'] },
  deny: { to: 'Denied', from: ['Pending'] },
  revoke: { to: 'Revoked', from: ['Allowed'] },
} as const;

function stateOf(row: Row): ConsentState {
  const state = text(row, 'state');
  switch (state) {
    case 'Pending':
    case 'Allowed':
    case 'Denied':
    case 'Revoked':
      return state;
    default:
      throw new TypeError('column state holds no state of a consent');
  }
}

function consentOf(row: Row): ConsentRecord {
  return {
    consentId: text(row, 'consent_id'),
    appId: text(row, 'app_id'),
    appName: text(row, 'name'),
    developerName: optionalText(row, 'developer_name') ?? '',
    kind: text(row, 'kind'),
    state: stateOf(row),
    requestedAt: integer(row, 'requested_at'),
    ...present({ decidedAt: optionalInteger(row, 'decided_at') }),
  };
}

/** The state of the user's consent to an app, if the app ever needed one. */
export function findConsentState(
  db: StoreDatabase,
  args: { readonly userId: string; readonly appId: string },
): ConsentState | undefined {
  const row = db.get('SELECT state FROM consents WHERE user_id = ? AND app_id = ?', args.userId, args.appId);
  return row && stateOf(row);
}

/** The user's consent to an app; makes the pending record when there is none (CONS-030). */
export function checkConsent(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly appId: string;
    readonly consentId: string;
    readonly now: number;
  },
): ConsentCheck {
  const created =
    db.run(
      "INSERT INTO consents (consent_id, user_id, app_id, state, requested_at, notified_at) VALUES (?, ?, ?, 'Pending', ?, ?) ON CONFLICT (user_id, app_id) DO NOTHING",
      args.consentId,
      args.userId,
      args.appId,
      args.now,
      args.now,
    ) === 1;
  const row = db.get(`SELECT ${COLUMNS} ${FROM} WHERE c.user_id = ? AND c.app_id = ?`, args.userId, args.appId);
  if (row === undefined) throw new Refusal('invalid_client', 'The app is not registered any more');
  const reminded =
    db.run(
      "UPDATE consents SET notified_at = ? WHERE user_id = ? AND app_id = ? AND state = 'Pending' AND notified_at <= ?",
      args.now,
      args.userId,
      args.appId,
      args.now - LIMITS.consentNotifyMs,
    ) === 1;
  const consent = consentOf(row);
  if (created) {
    const { consentId, appId } = consent;
    appendAudit(db, {
      at: args.now,
      kind: 'consent.requested',
      userId: args.userId,
      details: { consentId, appId },
    });
  }
  return { consent, created, notify: created || reminded };
}

export function listConsents(db: StoreDatabase, args: { readonly userId: string }): readonly ConsentRecord[] {
  return db
    .all(`SELECT ${COLUMNS} ${FROM} WHERE c.user_id = ? ORDER BY c.requested_at, c.consent_id`, args.userId)
    .map(consentOf);
}

/** Applies one of the user's words to a consent (CONS-040); revoking ends what the app had (CONS-050). */
export function decideConsent(
  db: StoreDatabase,
  args: {
    readonly consentId: string;
    readonly userId: string;
    readonly decision: keyof typeof DECISIONS;
    readonly now: number;
  },
): { readonly state: ConsentState; readonly revocation: Revocation } {
  const row = db.get(`SELECT ${COLUMNS} ${FROM} WHERE c.consent_id = ? AND c.user_id = ?`, args.consentId, args.userId);
  if (row === undefined) throw new Refusal('NotFound', 'There is no such consent');
  const { to, from } = DECISIONS[args.decision];
  const state = stateOf(row);
  if (!from.some((allowed) => allowed === state)) {
    throw new Refusal('already_resolved', 'The consent is not in a state that this word changes', {
      details: { state },
    });
  }
  db.run('UPDATE consents SET state = ?, decided_at = ? WHERE consent_id = ?', to, args.now, args.consentId);
  const { consentId, userId } = args;
  const appId = text(row, 'app_id');
  appendAudit(db, {
    at: args.now,
    kind: 'consent.decided',
    userId,
    details: { consentId, appId, state: to },
  });
  const revocation =
    to === 'Revoked' ? revokePairings(db, { userId, appId }, args.now) : { pairings: [], exchanges: [] };
  return { state: to, revocation };
}
