import { approvalRefusal } from '@airlock/crypto';
import { base64UrlDecode, EncodingError } from '@airlock/protocol';
import { nodeVerifier } from '../engine/node-verifier.js';
import { readSecure } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';
import { type Approval, lineOf, readApproval } from './approval.js';
import { type AuditItem, listAudit } from './read-audit.js';

const KEY_BYTES = 32;

/** When it was asked for, decided and claimed, RFC 3339, as the log has it. */
export interface ApprovalTimes {
  readonly askedAt: string | null;
  readonly decidedAt: string | null;
  readonly claimedAt: string;
}

/** An approval that the log and the approver's signature stand behind. */
export interface RecordedApproval {
  readonly approval: Approval;
  readonly times: ApprovalTimes;
}

/** Something that is not as the daemon wrote it. */
export interface ApprovalDefect {
  readonly requestId: string | null;
  readonly reason: 'unreadable' | 'not-in-log' | 'missing' | 'signature';
}

/**
 * The approvals on file, each compared with its hash in the log and verified against the key that it names, and what is wrong
 * with the others. The log itself is not verified here. Throws `file_insecure`.
 */
export function readApprovals(paths: RuntimePaths): {
  readonly approvals: readonly RecordedApproval[];
  readonly defects: readonly ApprovalDefect[];
} {
  // The daemon may be adding: the log is read before the lines, for what must be there, and after them, for what may be.
  const missing = indexOf(listAudit(paths)).recorded;
  const lines = linesOf(paths);
  const log = indexOf(listAudit(paths));
  const approvals: RecordedApproval[] = [];
  const defects: ApprovalDefect[] = [];
  for (const text of lines) {
    const { sha256 } = lineOf(text);
    missing.delete(sha256);
    const approval = readApproval(text);
    const reason = defectOf(approval, log.recorded.delete(sha256));
    if (approval === null || reason !== null) {
      defects.push({ requestId: approval?.requestId ?? null, reason: reason ?? 'unreadable' });
    } else approvals.push({ approval, times: timesOf(approval, log) });
  }
  for (const requestId of missing.values()) defects.push({ requestId, reason: 'missing' });
  return { approvals, defects };
}

function defectOf(approval: Approval | null, isInLog: boolean): ApprovalDefect['reason'] | null {
  if (approval === null) return 'unreadable';
  if (!isInLog) return 'not-in-log';
  return isApproved(approval) ? null : 'signature';
}

/** What is after the last line feed is being written, or was cut off. */
function linesOf(paths: RuntimePaths): readonly string[] {
  const bytes = readSecure(paths.approvalsFile) ?? new Uint8Array();
  return Buffer.from(bytes).toString('utf8').split('\n').slice(0, -1);
}

interface LogIndex {
  /** Request by the hash of the line. */
  readonly recorded: Map<string, string>;
  readonly askedAt: ReadonlyMap<string, string>;
  readonly decidedAt: ReadonlyMap<string, string>;
}

function indexOf(items: readonly AuditItem[]): LogIndex {
  const recorded = new Map<string, string>();
  const askedAt = new Map<string, string>();
  const decidedAt = new Map<string, string>();
  for (const { entry } of items) {
    const { kind, requestId, at, sha256 } = entry;
    if (typeof requestId !== 'string' || typeof at !== 'string') continue;
    if (kind === 'approval.recorded' && typeof sha256 === 'string') recorded.set(sha256, requestId);
    if (kind === 'request.opened') askedAt.set(requestId, at);
    if (kind === 'decision.verified') decidedAt.set(requestId, at);
  }
  return { recorded, askedAt, decidedAt };
}

function timesOf({ requestId, claimedAt }: Approval, { askedAt, decidedAt }: LogIndex): ApprovalTimes {
  return { askedAt: askedAt.get(requestId) ?? null, decidedAt: decidedAt.get(requestId) ?? null, claimedAt };
}

function isApproved({ decision, requestId, artifactHash, repoRef, signer }: Approval): boolean {
  try {
    const key = { verifier: nodeVerifier(), publicKey: base64UrlDecode(signer.publicKey, KEY_BYTES) };
    const { keyId: signerKeyId } = signer;
    const context = { requestId, artifactHash, repoRef, signerKeyId, key, requireHarpDecision: false };
    return approvalRefusal(decision, context) === null;
  } catch (cause) {
    if (cause instanceof EncodingError) return false;
    throw cause;
  }
}
