import { Refusal } from '../command.js';
import { type Row, type StoreDatabase, integer, text } from '../database.js';
import { appendAudit } from './audit.js';

export interface NewPolicy {
  readonly userId: string;
  readonly policyId: string;
  readonly approverId: string;
  readonly enforcerId: string;
  readonly workspaceId: string;
  readonly sessionId?: string;
  /** The policy as it came, JSON text. */
  readonly document: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly now: number;
  readonly maxPolicies: number;
}

/** Key of the approver for policies of an enforcer: its `signerKeyId`s there and its registered key (DND-040). */
function policySigner(
  db: StoreDatabase,
  args: { readonly userId: string; readonly approverId: string; readonly enforcerId: string },
): { readonly publicKey: string; readonly signerKeyIds: readonly string[] } {
  const rows = db.all(
    `SELECT p.signer_key_id, a.public_key FROM pairings p JOIN approvers a ON a.approver_id = p.approver_id
     WHERE p.user_id = ? AND p.approver_id = ? AND p.enforcer_id = ? AND p.state = 'Completed'
       AND a.deleted_at IS NULL`,
    args.userId,
    args.approverId,
    args.enforcerId,
  );
  const first = rows[0];
  return {
    publicKey: first === undefined ? '' : text(first, 'public_key'),
    signerKeyIds: rows.map((row) => text(row, 'signer_key_id')),
  };
}

function add(db: StoreDatabase, args: NewPolicy): void {
  db.run('DELETE FROM dnd_policies WHERE expires_at <= ?', args.now);
  const row = db.get('SELECT count(*) AS n FROM dnd_policies WHERE user_id = ?', args.userId);
  if (row !== undefined && integer(row, 'n') >= args.maxPolicies) {
    throw new Refusal('quota_exceeded', 'Too many policies; end one first', {
      retryAfterSeconds: 3600,
    });
  }
  const existing = db.get(
    'SELECT document FROM dnd_policies WHERE user_id = ? AND policy_id = ?',
    args.userId,
    args.policyId,
  );
  if (existing !== undefined) {
    if (text(existing, 'document') === args.document) return;
    throw new Refusal('AlreadyExistsConflict', 'This policy id is in use');
  }
  db.run(
    `INSERT INTO dnd_policies (user_id, policy_id, approver_id, enforcer_id, workspace_id, session_id, document,
       created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    args.userId,
    args.policyId,
    args.approverId,
    args.enforcerId,
    args.workspaceId,
    args.sessionId ?? null,
    args.document,
    args.createdAt,
    args.expiresAt,
  );
  const details = { policyId: args.policyId, enforcerId: args.enforcerId };
  appendAudit(db, { at: args.now, kind: 'policy.created', userId: args.userId, details });
}

const documentOf = (row: Row): string => text(row, 'document');

/** DND-020; each is JSON text. */
function effective(
  db: StoreDatabase,
  args: {
    readonly userId: string;
    readonly enforcerId: string;
    readonly workspaceId: string;
    readonly sessionId: string;
    readonly now: number;
  },
): readonly string[] {
  return db
    .all(
      `SELECT document FROM dnd_policies WHERE user_id = ? AND enforcer_id = ? AND workspace_id = ?
         AND (session_id IS NULL OR session_id = ?) AND expires_at > ? ORDER BY created_at, policy_id`,
      args.userId,
      args.enforcerId,
      args.workspaceId,
      args.sessionId,
      args.now,
    )
    .map(documentOf);
}

function listAll(db: StoreDatabase, args: { readonly userId: string; readonly now: number }): readonly string[] {
  return db
    .all(
      'SELECT document FROM dnd_policies WHERE user_id = ? AND expires_at > ? ORDER BY created_at, policy_id',
      args.userId,
      args.now,
    )
    .map(documentOf);
}

function remove(
  db: StoreDatabase,
  args: { readonly userId: string; readonly policyId: string; readonly now: number },
): void {
  const changed = db.run('DELETE FROM dnd_policies WHERE user_id = ? AND policy_id = ?', args.userId, args.policyId);
  if (changed === 0) throw new Refusal('NotFound', 'No such policy');
  const details = { policyId: args.policyId };
  appendAudit(db, { at: args.now, kind: 'policy.deleted', userId: args.userId, details });
}

export const policyReads = {
  findPolicySigner: policySigner,
  effectivePolicies: effective,
  listPolicies: listAll,
} as const;

export const policyWrites = { addPolicy: add, deletePolicy: remove } as const;
