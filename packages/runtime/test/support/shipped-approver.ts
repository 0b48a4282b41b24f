import { randomBytes, randomUUID } from 'node:crypto';
import { type ApproverMemory, EMPTY_MEMORY, type OpenedRequest, openRequest } from '@airlock/approver';
import { approvalRequestSchema, formatTime } from '@airlock/protocol';
import type { Human } from './human.js';
import type { Submitted } from './relay.js';

const PAIRING = `pairing-${randomUUID()}`;

/** What the shipped approver would say to an artifact, once it has signed a document of this version and hash. */
export function judgedByApprover(
  human: Human,
  { requestId, envelope }: Submitted,
  newest: { readonly version: number; readonly sha256: string },
): OpenedRequest {
  const action = human.read({ requestId, envelope } as Submitted);
  const { enforcerId, workspaceId } = action;
  const { artifactType, artifactHash, ciphertext, expiresAt, metadata } = envelope.body;
  const pairing = {
    pairingId: PAIRING,
    pairingNonce: randomBytes(16).toString('hex'),
    enforcerId,
    deviceId: 'dev-1',
    enforcerLabel: 'computer',
    workspaceName: 'project',
    signerKeyId: human.signerKeyId,
    assurance: 'verified',
    capabilities: [],
    safetyNumber: '',
    pairingKey: Buffer.from(human.pairingKey).toString('base64url'),
    proven: true,
    pairedAt: 0,
    workspaceId,
  };
  const memory = {
    ...EMPTY_MEMORY,
    pairings: [pairing],
    policies: [{ enforcerId, workspaceId, version: newest.version, sha256: newest.sha256, text: null }],
  } as unknown as ApproverMemory;
  const request = approvalRequestSchema.parse({
    msgId: 'msg-1',
    msgType: 'approval.request',
    requestId,
    createdAt: formatTime(Date.now()),
    expiresAt,
    sender: { gatewayId: 'gw' },
    recipient: { approverId: 'appr-1' },
    body: {
      pairingId: PAIRING,
      enforcerId,
      artifactType,
      artifactHash,
      ciphertextRef: { kind: 'inline', ...ciphertext },
      enforcerLabel: 'computer',
      metadata,
    },
  });
  return openRequest(memory, request, Date.now()).opened;
}
