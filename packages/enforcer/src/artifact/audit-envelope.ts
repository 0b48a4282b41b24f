import type { ArtifactSubmit } from '@airlock/protocol';
import { activePairing, standingOf } from '../composition/access.js';
import type { Timed } from '../model/base.js';
import type { RequestOpen } from '../model/events.js';
import type { EnforcerState } from '../model/state.js';
import { bindArtifact } from './bind.js';
import { envelopeOf } from './create.js';

/** An action that a policy decided, as it is reported to the approver's history (DND-130). */
export interface AuditReport extends Omit<RequestOpen, 'ackMsgId' | 'timeoutMs' | 'metadata'> {
  readonly decision: 'approve' | 'reject';
  /** Of the standing policy, or the ids of the signed patterns joined by a space. */
  readonly policyId: string;
}

/**
 * Seals a report for the pairing in force. It is an ordinary submission that nobody decides and nothing waits for, so it is
 * no event of the engine and leaves no trace in its state.
 * @returns null without a pairing in force, or when the plaintext is not the one that the report names
 */
export function auditEnvelope(state: EnforcerState, report: AuditReport, now: Timed): ArtifactSubmit | null {
  const { decision, policyId, ...named } = report;
  const standing = standingOf(state, report.workspaceId);
  const pairing = activePairing(state, report.workspaceId);
  if (standing === undefined || pairing === null) return null;
  const open: RequestOpen = { ...named, ackMsgId: report.submitMsgId };
  const bound = bindArtifact(open, standing, now);
  if (typeof bound === 'string') return null;
  const envelope = envelopeOf({ open, bound, pairing });
  const about = { dndAudit: 'true', dndDecision: decision, dndPolicyId: policyId };
  return { ...envelope, body: { ...envelope.body, metadata: { ...envelope.body.metadata, ...about } } };
}
