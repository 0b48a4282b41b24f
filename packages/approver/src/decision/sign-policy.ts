import { policySignable, sha256Hex } from '@airlock/crypto';
import {
  base64UrlEncode,
  canonicalBytes,
  type DndPolicy,
  dndPolicySchema,
  formatTime,
  LIMITS,
  parseMessage,
} from '@airlock/protocol';
import { ApproverError } from '../errors.js';
import type { Signer } from '../ports.js';
import type { OpenedRequest } from '../request/model.js';

/** A standing policy before it is signed (section 14). */
export type UnsignedPolicy = Omit<DndPolicy, 'signature'>;

/**
 * Signs a standing policy (DND-050, APPR-220). `signerKeyId` must be that of the pairing with its enforcer.
 * @throws MessageError when a member is outside the table
 */
export async function signPolicy(policy: UnsignedPolicy, signer: Signer): Promise<DndPolicy> {
  const signature = base64UrlEncode(await signer.sign(policySignable(policy)));
  return parseMessage(dndPolicySchema, { ...policy, signature });
}

/** "This exact action again for some time" (APPR-225). */
export interface GrantInput {
  /** The request whose content is granted; the decision on it is signed apart, with scope `once`. */
  readonly opened: OpenedRequest;
  /** True: only within the session of this action. */
  readonly forSession: boolean;
  /** Milliseconds from now; at most 24 h. */
  readonly forMs: number;
  /** `dnd-<uuid>`. */
  readonly policyId: string;
  /** Epoch milliseconds now. */
  readonly at: number;
}

/**
 * Makes and signs the policy of a grant: action scope, selected by content, expiring.
 * @throws ApproverError `grant_impossible` for what cannot be approved, in pairings whose policies are not honoured
 * (PAIR-220), for actions on the gate itself (LOC-090), without a session to limit it to, or for a wrong span
 */
export async function signGrant(input: GrantInput, signer: Signer): Promise<DndPolicy> {
  const { opened, forSession, forMs, at } = input;
  const { pairing, content } = opened;
  if (pairing === null || content.kind !== 'action' || !opened.canApprove) throw impossible('it cannot be approved');
  if (pairing.assurance !== 'verified') throw impossible('the pairing is not verified');
  if (content.card.marks.includes('touches-gate')) throw impossible('it touches the gate itself');
  const { action } = content;
  const sessionId = forSession ? action.sessionId : undefined;
  if (forSession && sessionId === undefined) throw impossible('it has no session');
  if (!Number.isInteger(forMs) || forMs <= 0 || forMs > LIMITS.policySpanMaxMs) throw impossible('of its duration');
  const actionSelector = {
    contentSha256: action.contentSha256,
    ...(sessionId === undefined ? {} : { sessionId }),
  };
  const policy = {
    requestId: input.policyId,
    objectType: 'airlock.dnd.action',
    enforcerId: action.enforcerId,
    workspaceId: action.workspaceId,
    policyMode: 'approve_all',
    actionSelector,
    selectorHash: sha256Hex(canonicalBytes(actionSelector)),
    createdAt: formatTime(at),
    expiresAt: formatTime(at + forMs),
    signerKeyId: pairing.signerKeyId,
  };
  return signPolicy(parseMessage(dndPolicySchema, policy), signer);
}

function impossible(why: string): ApproverError {
  return new ApproverError('grant_impossible', `This cannot be granted for longer: ${why}`);
}
