import { canonicalize, utf8Encode } from '@airlock/protocol';
import type { ExportKey } from './export-key.js';
import type { RecordedApproval } from './read-approvals.js';

/** Names the form of the predicate. An identifier: nothing is to be found there. */
export const APPROVAL_PREDICATE_TYPE = 'https://airlock.invalid/attestation/approval/v1';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** A DSSE envelope; `payload` and `sig` are standard base64. */
export interface DsseEnvelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/**
 * An approval as an in-toto Statement v1 in a DSSE envelope. The envelope's signature says who exported it; what proves the
 * approval is the approver's own signature in the predicate's `decision`.
 */
export function attestation(recorded: RecordedApproval, key: ExportKey): DsseEnvelope {
  const payload = utf8Encode(canonicalize(statementOf(recorded)));
  const sig = Buffer.from(key.sign(preAuthenticationEncoding(PAYLOAD_TYPE, payload))).toString('base64');
  return {
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ keyid: key.keyId, sig }],
  };
}

function statementOf({ approval, times }: RecordedApproval) {
  const { requestId, artifactHash, workspaceId, repoRef, kind, decision, signer, commits = [] } = approval;
  const { askedAt, decidedAt, claimedAt } = times;
  return {
    _type: STATEMENT_TYPE,
    subject: [
      { name: requestId, digest: { sha256: artifactHash } },
      ...commits.map((id) => ({ name: `git:${id}`, digest: { gitCommit: id } })),
    ],
    predicateType: APPROVAL_PREDICATE_TYPE,
    predicate: {
      kind,
      requestId,
      workspaceId,
      repoRef,
      decision,
      approver: { ...signer },
      times: {
        ...(askedAt === null ? {} : { askedAt }),
        ...(decidedAt === null ? {} : { decidedAt }),
        claimedAt,
      },
    },
  };
}

/** The bytes that a DSSE signature is over. */
function preAuthenticationEncoding(type: string, body: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${utf8Encode(type).length} ${type} ${body.length} `;
  return Buffer.concat([utf8Encode(head), body]);
}
