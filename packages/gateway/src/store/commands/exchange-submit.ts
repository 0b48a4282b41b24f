import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, optionalText, text } from '../database.js';
import { type ExchangeState, exchangeState, ownExchange } from './exchange-row.js';

/** A checked `artifact.submit`. Times are epoch milliseconds. */
export interface SubmitArgs {
  readonly userId: string;
  readonly appId: string;
  readonly enforcerId: string;
  readonly requestId: string;
  readonly artifactType: string;
  readonly artifactHash: string;
  readonly createdAt: number;
  /** After the repair of ART-060. */
  readonly expiresAt: number;
  readonly now: number;
  readonly routingTokenHash?: string;
  readonly approverId?: string;
  /** JSON object of the display keys (ART-100). */
  readonly display?: string;
  /** Present when the submission is an audit (DND-140). */
  readonly audit?: { readonly decision?: string; readonly policyId?: string };
  /** `msgId` of the `approval.request`. */
  readonly msgId: string;
  /** JSON object `{alg, data, nonce, tag, aad?}`. */
  readonly ciphertext: string;
}

/** Where a new request goes, as its card says it (ART-090). */
export interface RoutedTo {
  readonly approverId: string;
  readonly pairingId: string;
  readonly enforcerLabel: string;
}

export interface Submitted {
  readonly state: ExchangeState;
  readonly expiresAt: number;
  readonly duplicate: boolean;
  /** Absent for duplicates and audits: nobody is told. */
  readonly routed?: RoutedTo;
}

function existing(db: StoreDatabase, args: SubmitArgs): Submitted | undefined {
  const row = ownExchange(db, args);
  if (row === undefined) return undefined;
  const same =
    text(row, 'artifact_hash') === args.artifactHash &&
    text(row, 'app_id') === args.appId &&
    text(row, 'enforcer_id') === args.enforcerId;
  if (!same) throw new Refusal('AlreadyExistsConflict', 'This request id is in use');
  return {
    state: exchangeState(row, args.now),
    expiresAt: integer(row, 'expires_at'),
    duplicate: true,
  };
}

function byToken(db: StoreDatabase, args: SubmitArgs): Row | undefined {
  return db.get(
    `SELECT * FROM pairings WHERE routing_token_hash = ? AND user_id = ? AND app_id = ?
       AND enforcer_id = ? AND state = 'Completed'`,
    args.routingTokenHash ?? '',
    args.userId,
    args.appId,
    args.enforcerId,
  );
}

function newest(db: StoreDatabase, args: SubmitArgs): Row | undefined {
  return db.get(
    `SELECT * FROM pairings WHERE user_id = ? AND app_id = ? AND enforcer_id = ? AND state = 'Completed'
       AND (? = '' OR approver_id = ?)
     ORDER BY created_at DESC, pairing_id DESC LIMIT 1`,
    args.userId,
    args.appId,
    args.enforcerId,
    args.approverId ?? '',
    args.approverId ?? '',
  );
}

/** ART-080. */
function route(db: StoreDatabase, args: SubmitArgs): Row {
  if (args.routingTokenHash !== undefined) {
    const pairing = byToken(db, args);
    if (pairing !== undefined) return pairing;
    throw new Refusal('pairing_revoked', 'This pairing is no longer active');
  }
  const pairing = newest(db, args);
  if (pairing !== undefined) return pairing;
  throw new Refusal('no_approver', 'No approver is paired with this enforcer');
}

/** An audit is recorded whether or not it can be routed (DND-140). */
function auditRoute(db: StoreDatabase, args: SubmitArgs): Row | undefined {
  return args.routingTokenHash === undefined ? newest(db, args) : byToken(db, args);
}

function insert(db: StoreDatabase, args: SubmitArgs, pairing: Row | undefined): void {
  const state: ExchangeState = args.audit === undefined ? 'PendingApproval' : 'Expired';
  const row = db.get(
    `INSERT INTO exchanges (user_id, request_id, app_id, enforcer_id, approver_id, pairing_id, artifact_type,
       artifact_hash, state, created_at, accepted_at, expires_at, ended_at, display, audit_decision, audit_policy_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
    args.userId,
    args.requestId,
    args.appId,
    args.enforcerId,
    pairing === undefined ? null : text(pairing, 'approver_id'),
    pairing === undefined ? null : text(pairing, 'pairing_id'),
    args.artifactType,
    args.artifactHash,
    state,
    args.createdAt,
    args.now,
    args.expiresAt,
    state === 'Expired' ? args.now : null,
    args.display ?? null,
    args.audit === undefined ? null : (args.audit.decision ?? ''),
    args.audit?.policyId ?? null,
  );
  if (row === undefined) throw new TypeError('the insert returned no row');
  db.run(
    'INSERT INTO exchange_payloads (seq, msg_id, ciphertext) VALUES (?, ?, ?)',
    integer(row, 'seq'),
    args.msgId,
    args.ciphertext,
  );
}

/** Row 1 to 4 of table 12.1. */
function submit(db: StoreDatabase, args: SubmitArgs): Submitted {
  const known = existing(db, args);
  if (known !== undefined) return known;
  if (args.audit !== undefined) {
    insert(db, args, auditRoute(db, args));
    return { state: 'Expired', expiresAt: args.expiresAt, duplicate: false };
  }
  if (args.expiresAt <= args.now) throw new Refusal('artifact_expired', 'The artifact has expired');
  const pairing = route(db, args);
  insert(db, args, pairing);
  return {
    state: 'PendingApproval',
    expiresAt: args.expiresAt,
    duplicate: false,
    routed: {
      approverId: text(pairing, 'approver_id'),
      pairingId: text(pairing, 'pairing_id'),
      enforcerLabel: optionalText(pairing, 'enforcer_label') ?? '',
    },
  };
}

export const exchangeSubmitWrites = { submitArtifact: submit } as const;
