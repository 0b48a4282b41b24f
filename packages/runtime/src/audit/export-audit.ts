import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import { attestation, type DsseEnvelope } from './attestation.js';
import { openExportKey } from './export-key.js';
import { type ApprovalDefect, readApprovals } from './read-approvals.js';
import { type AuditItem, type AuditVerdict, listAudit, verifyAudit } from './read-audit.js';

/** The log as it is, and whether it is as the daemon wrote it. */
export interface AuditExport {
  readonly verification: AuditVerdict;
  readonly entries: readonly AuditItem[];
}

/** Entries from `since`, epoch milliseconds, on; the verification is that of the whole log. */
export async function exportAudit(paths: RuntimePaths, since: number): Promise<AuditExport> {
  const verification = await verifyAudit(paths);
  return { verification, entries: listAudit(paths).filter(({ entry }) => Date.parse(String(entry.at)) >= since) };
}

/**
 * One attestation for each human approval that was claimed from `since`, epoch milliseconds, on. Nothing is attested that the
 * log or the approver's signature does not stand behind: that is among the defects, whatever its time. Throws
 * `audit_unavailable` when the log is damaged, and `secret_store_unavailable`.
 */
export async function exportApprovals(
  paths: RuntimePaths,
  since: number,
): Promise<{ readonly envelopes: readonly DsseEnvelope[]; readonly defects: readonly ApprovalDefect[] }> {
  const { ok } = await verifyAudit(paths);
  if (!ok) {
    throw new RuntimeError('audit_unavailable', `${paths.auditFile} does not verify, so nothing is attested from it`, {
      file: paths.auditFile,
      fix: 'airlock audit verify',
    });
  }
  const { approvals, defects } = readApprovals(paths);
  const wanted = approvals.filter(({ times }) => Date.parse(times.claimedAt) >= since);
  const key = await openExportKey(paths);
  return { envelopes: wanted.map((recorded) => attestation(recorded, key)), defects };
}
