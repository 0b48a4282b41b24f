import type { Revocation } from '../../live/events.js';
import { Refusal } from '../command.js';
import { type StoreDatabase, integer, optionalText, text } from '../database.js';
import { appendAudit } from './audit.js';
import { activeWorkspaces, sessionRow, sessionState } from './pairing-sessions.js';
import { revokePairings } from './revocation.js';

export interface CompleteArgs {
  readonly userId: string;
  readonly nonce: string;
  readonly approverId: string;
  /** Raw key as b64u: the one of the request, equal to that of the response (PAIR-080). */
  readonly publicKey: string;
  readonly signerKeyId: string;
  readonly responseJson: string;
  readonly pairingId: string;
  readonly routingToken: string;
  readonly routingTokenHash: string;
  readonly now: number;
}

/** A pairing that was just made. */
export interface CompletedPairing {
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  /** What the new pairing replaced (PAIR-100). */
  readonly replaced: Revocation;
}

function assertOwnKey(db: StoreDatabase, args: CompleteArgs): void {
  const approver = db.get(
    'SELECT public_key FROM approvers WHERE approver_id = ? AND user_id = ? AND deleted_at IS NULL',
    args.approverId,
    args.userId,
  );
  if (approver === undefined || text(approver, 'public_key') !== args.publicKey) {
    throw new Refusal('invalid_request', 'publicKey is not the registered key of approverId');
  }
}

function complete(db: StoreDatabase, args: CompleteArgs): CompletedPairing {
  const session = sessionRow(db, args.userId, args.nonce);
  const state = session === undefined ? 'Expired' : sessionState(session, args.now);
  if (state === 'Completed') {
    throw new Refusal('pairing_already_completed', 'This pairing is complete');
  }
  if (session === undefined || state !== 'Pending' || session['app_id'] === null) {
    throw new Refusal('NotFound', 'No such pairing session');
  }
  assertOwnKey(db, args);
  const appId = text(session, 'app_id');
  const enforcerId = text(session, 'enforcer_id');
  const deviceId = text(session, 'device_id');
  const enforcerLabel = text(session, 'enforcer_label');
  const workspaceName = text(session, 'workspace_name');
  const replaced = revokeOlder(db, { ...args, appId, enforcerId, deviceId });
  db.run(
    `INSERT INTO pairings (pairing_id, user_id, app_id, enforcer_id, device_id, approver_id, signer_key_id,
       enforcer_label, workspace_name, routing_token_hash, state, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Completed', ?)`,
    args.pairingId,
    args.userId,
    appId,
    enforcerId,
    deviceId,
    args.approverId,
    args.signerKeyId,
    enforcerLabel,
    workspaceName,
    args.routingTokenHash,
    args.now,
  );
  db.run(
    `UPDATE pairing_sessions SET state = 'Completed', pairing_id = ?, response_json = ?, routing_token = ?
     WHERE nonce = ?`,
    args.pairingId,
    args.responseJson,
    args.routingToken,
    args.nonce,
  );
  appendAudit(db, {
    at: args.now,
    kind: 'pairing.completed',
    userId: args.userId,
    details: { pairingId: args.pairingId, enforcerId, approverId: args.approverId },
  });
  return { enforcerId, enforcerLabel, workspaceName, replaced };
}

function revokeOlder(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly appId: string;
    readonly enforcerId: string;
    readonly deviceId: string;
    readonly now: number;
  },
): Revocation {
  const older = db.all(
    `SELECT pairing_id FROM pairings
     WHERE user_id = ? AND app_id = ? AND enforcer_id = ? AND device_id = ? AND state = 'Completed'`,
    args.userId,
    args.appId,
    args.enforcerId,
    args.deviceId,
  );
  const parts = older.map((row) =>
    revokePairings(db, { userId: args.userId, pairingId: text(row, 'pairing_id') }, args.now),
  );
  return {
    // The new pairing is active right after this, so the enforcer must not be told that it lost its last one.
    pairings: parts.flatMap((part) => part.pairings.map((pairing) => ({ ...pairing, last: false }))),
    exchanges: parts.flatMap((part) => part.exchanges),
  };
}

function revokeByToken(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly appId: string;
    readonly routingTokenHash: string;
    readonly now: number;
  },
): { readonly enforcerId?: string; readonly revocation: Revocation } {
  const row = db.get(
    'SELECT pairing_id, enforcer_id FROM pairings WHERE routing_token_hash = ? AND user_id = ? AND app_id = ?',
    args.routingTokenHash,
    args.userId,
    args.appId,
  );
  if (row === undefined) return { revocation: { pairings: [], exchanges: [] } };
  const pairingId = text(row, 'pairing_id');
  return {
    enforcerId: text(row, 'enforcer_id'),
    revocation: revokePairings(db, { userId: args.userId, pairingId }, args.now),
  };
}

function revokeById(
  db: StoreDatabase,
  args: { readonly userId: string; readonly pairingId: string; readonly now: number },
): Revocation {
  const known = db.get('SELECT 1 FROM pairings WHERE pairing_id = ? AND user_id = ?', args.pairingId, args.userId);
  if (known === undefined) throw new Refusal('NotFound', 'No such pairing');
  return revokePairings(db, { userId: args.userId, pairingId: args.pairingId }, args.now);
}

/** One row of `GET /v1/pairings`. */
export interface ListedPairing {
  readonly pairingId: string;
  readonly approverId: string;
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  readonly appId?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly state: string;
}

function list(db: StoreDatabase, args: { readonly userId: string }): readonly ListedPairing[] {
  return db.all('SELECT * FROM pairings WHERE user_id = ? ORDER BY created_at, pairing_id', args.userId).map((row) => {
    const appId = optionalText(row, 'app_id');
    return {
      pairingId: text(row, 'pairing_id'),
      approverId: text(row, 'approver_id'),
      enforcerId: text(row, 'enforcer_id'),
      enforcerLabel: text(row, 'enforcer_label'),
      workspaceName: text(row, 'workspace_name'),
      ...(appId === undefined || appId === '' ? {} : { appId }),
      createdAt: integer(row, 'created_at'),
      state: text(row, 'state'),
    };
  });
}

/** Counts of `GET /v1/subscription`. */
function usage(
  db: StoreDatabase,
  args: { readonly userId: string },
): { readonly exchanges: number; readonly workspaces: number } {
  const row = db.get('SELECT count(*) AS n FROM exchanges WHERE user_id = ?', args.userId);
  return {
    exchanges: row === undefined ? 0 : integer(row, 'n'),
    workspaces: activeWorkspaces(db, args.userId),
  };
}

export const pairingReads = { listPairings: list, countUsage: usage } as const;

export const pairingWrites = {
  completePairing: complete,
  revokePairingByToken: revokeByToken,
  revokePairingById: revokeById,
} as const;
