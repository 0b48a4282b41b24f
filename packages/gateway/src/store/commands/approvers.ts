import { revokeApproverTokens } from '../../identity/commands/tokens.js';
import type { Revocation } from '../../live/events.js';
import { Refusal } from '../command.js';
import { type StoreDatabase, integer, optionalInteger, text } from '../database.js';
import { appendAudit } from './audit.js';
import { revokePairings } from './revocation.js';

/** One row of `GET /v1/approvers`. Times are epoch milliseconds. */
export interface ListedApprover {
  readonly approverId: string;
  readonly label: string;
  readonly publicKey: string;
  readonly createdAt: number;
  readonly lastSeenAt?: number;
}

function list(db: StoreDatabase, args: { readonly userId: string }): readonly ListedApprover[] {
  return db
    .all(
      'SELECT * FROM approvers WHERE user_id = ? AND deleted_at IS NULL ORDER BY created_at, approver_id',
      args.userId,
    )
    .map((row) => {
      const lastSeenAt = optionalInteger(row, 'last_seen_at');
      return {
        approverId: text(row, 'approver_id'),
        label: text(row, 'label'),
        publicKey: text(row, 'public_key'),
        createdAt: integer(row, 'created_at'),
        ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
      };
    });
}

/** APPR-030: the device loses its tokens, pairings and pending exchanges in one transaction. */
function remove(
  db: StoreDatabase,
  args: { readonly userId: string; readonly approverId: string; readonly now: number },
): Revocation {
  const changed = db.run(
    'UPDATE approvers SET deleted_at = ? WHERE approver_id = ? AND user_id = ? AND deleted_at IS NULL',
    args.now,
    args.approverId,
    args.userId,
  );
  if (changed === 0) throw new Refusal('NotFound', 'No such approver');
  revokeApproverTokens(db, args);
  db.run('DELETE FROM dnd_policies WHERE approver_id = ?', args.approverId);
  const details = { approverId: args.approverId };
  appendAudit(db, { at: args.now, kind: 'approver.deleted', userId: args.userId, details });
  return revokePairings(db, { userId: args.userId, approverId: args.approverId }, args.now);
}

function exists(db: StoreDatabase, args: { readonly userId: string; readonly approverId: string }): boolean {
  return (
    db.get(
      'SELECT 1 FROM approvers WHERE user_id = ? AND approver_id = ? AND deleted_at IS NULL',
      args.userId,
      args.approverId,
    ) !== undefined
  );
}

export const approverReads = { listApprovers: list, approverExists: exists } as const;

export const approverWrites = { deleteApprover: remove } as const;
