import { isDeepStrictEqual } from 'node:util';
import { verifyPipeSignature } from '@airlock/crypto';
import { base64UrlDecode } from '@airlock/protocol';
import { nodeVerifier } from '../../crypto/node-verifier.js';
import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, optionalText, text } from '../database.js';
import { exchangeState, isRoutedTo, ownExchange } from './exchange-row.js';

/** A checked `decision.submit`. */
export interface DecideArgs {
  readonly userId: string;
  readonly requestId: string;
  /** The device that decides. */
  readonly approverId: string;
  readonly artifactHash: string;
  readonly decision: 'approve' | 'reject';
  readonly signerKeyId: string;
  readonly nonce: string;
  readonly signature: string;
  /** JSON text of the body as it will be delivered (APPR-070). */
  readonly body: string;
  /** `msgId` of the `decision.deliver`. */
  readonly msgId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A decision on its way to its enforcer. */
export interface DeliverableDecision {
  readonly msgId: string;
  readonly appId: string;
  readonly enforcerId: string;
  /** JSON text. */
  readonly body: string;
  readonly decidedAt: number;
  readonly expiresAt: number;
}

export interface Decided {
  /** Absent when the same decision was accepted before. */
  readonly deliver?: DeliverableDecision;
}

function parsed(json: string): unknown {
  return JSON.parse(json);
}

function repeated(row: Row, args: DecideArgs): Decided {
  const same =
    optionalText(row, 'decision_key') === `${args.signerKeyId}|${args.nonce}` &&
    optionalText(row, 'approver_id') === args.approverId &&
    isDeepStrictEqual(parsed(text(row, 'decision')), parsed(args.body));
  if (!same) throw new Refusal('AlreadyDecidedConflict', 'This request was decided already');
  return {};
}

/** Hash and signature checks of APPR-050, in its order. */
function assertSigned(db: StoreDatabase, row: Row, args: DecideArgs): void {
  if (text(row, 'artifact_hash') !== args.artifactHash) {
    throw new Refusal('HARP_ERR_HASH_MISMATCH', 'The decision names another artifact hash');
  }
  const keys = db.get(
    `SELECT p.signer_key_id, a.public_key FROM pairings p JOIN approvers a ON a.approver_id = p.approver_id
     WHERE p.pairing_id = ? AND p.state = 'Completed' AND a.deleted_at IS NULL`,
    optionalText(row, 'pairing_id') ?? '',
  );
  const signed =
    keys !== undefined &&
    text(keys, 'signer_key_id') === args.signerKeyId &&
    verifyPipeSignature({ verifier: nodeVerifier, publicKey: base64UrlDecode(text(keys, 'public_key')) }, args);
  if (!signed) {
    throw new Refusal('HARP_ERR_SIGNATURE_INVALID', 'The signature does not verify');
  }
}

/** Rows 5 to 8 of table 12.1: exactly one decision per exchange, by the conditional update. */
function decide(db: StoreDatabase, args: DecideArgs): Decided {
  const row = ownExchange(db, args);
  if (row === undefined || !isRoutedTo(row, args.approverId)) {
    throw new Refusal('NotFound', 'No such exchange');
  }
  const state = exchangeState(row, args.now);
  if (state === 'Decided' || state === 'Delivered') return repeated(row, args);
  if (state !== 'PendingApproval') {
    throw new Refusal('already_resolved', 'This request is no longer pending', {
      details: { state },
    });
  }
  assertSigned(db, row, args);
  const expiresAt = integer(row, 'expires_at');
  const changed = db.run(
    `UPDATE exchanges SET state = 'Decided', decision = ?, decision_key = ?, deliver_msg_id = ?, decided_at = ?,
       ended_at = ? WHERE seq = ? AND state = 'PendingApproval' AND expires_at > ?`,
    args.body,
    `${args.signerKeyId}|${args.nonce}`,
    args.msgId,
    args.now,
    expiresAt,
    integer(row, 'seq'),
    args.now,
  );
  if (changed !== 1) throw new Refusal('AlreadyDecidedConflict', 'This request was decided already');
  return {
    deliver: {
      msgId: args.msgId,
      appId: text(row, 'app_id'),
      enforcerId: text(row, 'enforcer_id'),
      body: args.body,
      decidedAt: args.now,
      expiresAt,
    },
  };
}

export const exchangeDecideWrites = { decideExchange: decide } as const;
