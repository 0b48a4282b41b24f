import type { JsonObject } from '@airlock/protocol';
import { type EnvelopeDeps, envelope } from '../http/envelopes.js';
import type { InboxItem } from '../store/commands/exchange-read.js';

/** `approval.request`: the same message in the inbox and on channels (ID-130). */
export function approvalRequest(deps: EnvelopeDeps, item: InboxItem): JsonObject {
  const ciphertext: JsonObject = JSON.parse(item.ciphertext);
  const display: JsonObject | undefined = item.display === undefined ? undefined : JSON.parse(item.display);
  return envelope(deps, {
    msgType: 'approval.request',
    requestId: item.requestId,
    msgId: item.msgId,
    createdAt: item.acceptedAt,
    expiresAt: item.expiresAt,
    recipient: { approverId: item.approverId },
    body: {
      artifactType: item.artifactType,
      artifactHash: item.artifactHash,
      ciphertextRef: { kind: 'inline', ...ciphertext },
      ...(display === undefined ? {} : { metadata: display }),
      policyHint: { ui: 'Approve or Reject' },
      pairingId: item.pairingId,
      enforcerId: item.enforcerId,
      enforcerLabel: item.enforcerLabel,
      ...(item.appId === '' ? {} : { appId: item.appId }),
    },
  });
}
