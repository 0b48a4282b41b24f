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
import type { ApproverPairing } from '../memory.js';
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
  const { opened, forSession, forMs } = input;
  const { pairing, content } = opened;
  if (pairing === null || content.kind !== 'action' || !opened.canApprove) throw impossible('it cannot be approved');
  if (!signsPolicies(pairing)) throw impossible('this pairing does not count for it');
  if (content.card.marks.includes('touches-gate')) throw impossible('it touches the gate itself');
  const { action } = content;
  const sessionId = forSession ? action.sessionId : undefined;
  if (forSession && sessionId === undefined) throw impossible('it has no session');
  if (!isPolicySpan(forMs)) throw impossible('of its duration');
  const actionSelector = {
    contentSha256: action.contentSha256,
    ...(sessionId === undefined ? {} : { sessionId }),
  };
  const policy = {
    objectType: 'airlock.dnd.action',
    enforcerId: action.enforcerId,
    workspaceId: action.workspaceId,
    policyMode: 'approve_all',
    actionSelector,
    selectorHash: sha256Hex(canonicalBytes(actionSelector)),
    signerKeyId: pairing.signerKeyId,
  };
  return signPolicy(parseMessage(dndPolicySchema, { ...policy, ...lifetime(input) }), signer);
}

/** A pause: what matches is refused without asking, for some time (do not disturb). */
export interface DenialInput {
  readonly pairing: ApproverPairing;
  /** As the enforcer names it in its actions. */
  readonly workspaceId: string;
  /** First words of the commands that are refused; everything without it. */
  readonly argvPrefix?: readonly string[];
  /** Milliseconds from now; at most 24 h. */
  readonly forMs: number;
  /** `dnd-<uuid>`. */
  readonly policyId: string;
  /** Epoch milliseconds now. */
  readonly at: number;
}

/**
 * Makes and signs a denying policy. It would count unsigned (DND-070); signed, nobody else can have made it.
 * @throws ApproverError `denial_impossible` for a wrong span, a blank word, or a pairing that has ended
 */
export async function signDenial(input: DenialInput, signer: Signer): Promise<DndPolicy> {
  const { pairing, workspaceId, argvPrefix, forMs } = input;
  if (pairing.pairingKey === null) throw new ApproverError('denial_impossible', 'This pairing has ended');
  if (!isPolicySpan(forMs)) throw new ApproverError('denial_impossible', 'This lasts at most 24 hours');
  if (argvPrefix?.length === 0 || argvPrefix?.some((word) => word.trim() === '')) {
    throw new ApproverError('denial_impossible', 'A blank word would not select what it seems to');
  }
  const scope =
    argvPrefix === undefined
      ? { objectType: 'airlock.dnd.workspace' }
      : {
          objectType: 'airlock.dnd.action',
          actionSelector: { argvPrefix },
          selectorHash: sha256Hex(canonicalBytes({ argvPrefix: [...argvPrefix] })),
        };
  const policy = {
    ...scope,
    enforcerId: pairing.enforcerId,
    workspaceId,
    policyMode: 'deny_all',
    signerKeyId: pairing.signerKeyId,
  };
  return signPolicy(parseMessage(dndPolicySchema, { ...policy, ...lifetime(input) }), signer);
}

/** Whether an enforcer honours approving policies of this pairing: verified (PAIR-220), and announced (CRYP-210). */
export function signsPolicies(pairing: Pick<ApproverPairing, 'assurance' | 'capabilities'>): boolean {
  return pairing.assurance === 'verified' && pairing.capabilities.includes('signed-dnd/1');
}

function isPolicySpan(milliseconds: number): boolean {
  return Number.isInteger(milliseconds) && milliseconds > 0 && milliseconds <= LIMITS.policySpanMaxMs;
}

function lifetime({ policyId, at, forMs }: { readonly policyId: string; readonly at: number; readonly forMs: number }) {
  return { requestId: policyId, createdAt: formatTime(at), expiresAt: formatTime(at + forMs) };
}

function impossible(why: string): ApproverError {
  return new ApproverError('grant_impossible', `This cannot be granted for longer: ${why}`);
}
