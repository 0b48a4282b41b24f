import { createHash } from 'node:crypto';
import type { EnforcerState } from '@airlock/enforcer';
import { canonicalize, CanonicalizationError, parseCanonical } from '@airlock/protocol';
import { z } from 'zod';
import { RuntimeError } from '../errors.js';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

const approvalSchema = z.strictObject({
  v: z.literal(1),
  /** When the approval was claimed, RFC 3339. */
  claimedAt: z.string(),
  kind: z.string(),
  requestId: z.string(),
  workspaceId: z.string(),
  artifactHash: hex64,
  repoRef: z.string(),
  /** Text of the `decision.deliver` message, as received. */
  decision: z.string(),
  /** As the pairing had it when the approval was claimed; `publicKey` is `b64u`. */
  signer: z.strictObject({ keyId: z.string(), publicKey: z.string(), assurance: z.string() }),
  /** Object ids of the commits that a git action is about. */
  commits: z.array(z.string()).optional(),
});

/** A human approval that was claimed: what proves it together with the plaintext, and no plaintext. */
export type Approval = z.infer<typeof approvalSchema>;

/** One line of the file of approvals, without a line feed, and its hash in the audit log. */
export interface ApprovalLine {
  readonly text: string;
  /** `hex64` */
  readonly sha256: string;
}

export function approvalLine(approval: Approval): ApprovalLine {
  return lineOf(canonicalize(approval));
}

export function lineOf(text: string): ApprovalLine {
  return { text, sha256: createHash('sha256').update(text, 'utf8').digest('hex') };
}

/** The approval of a request that was just granted, as the engine knows it. Throws `internal_error` when it was not. */
export function approvalOf(
  state: EnforcerState,
  requestId: string,
  commits: readonly string[],
): Omit<Approval, 'claimedAt'> {
  const exchange = state.exchanges[requestId];
  if (exchange?.name !== 'Executed' || exchange.decision.evidence === undefined) {
    throw new RuntimeError('internal_error', `${requestId} was granted without an approval`);
  }
  const { kind, workspaceId, artifactHash, repoRef, signer } = exchange.facts;
  const { signerKeyId: keyId, publicKey, assurance } = signer;
  return {
    v: 1,
    kind,
    requestId,
    workspaceId,
    artifactHash,
    repoRef,
    decision: exchange.decision.evidence,
    signer: { keyId, publicKey, assurance },
    ...(commits.length === 0 ? {} : { commits: [...commits] }),
  };
}

/** The approval in a line; null for everything that {@link approvalLine} does not make. */
export function readApproval(text: string): Approval | null {
  try {
    return approvalSchema.safeParse(parseCanonical(text)).data ?? null;
  } catch (cause) {
    if (cause instanceof CanonicalizationError) return null;
    throw cause;
  }
}
