import { type ApproverMemory, type ApproverPairing } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { nobleVerifier, verifyPolicySignature } from '@airlock/crypto';
import { type ActionSelector, type DndPolicy, dndPolicySchema, type JsonObject } from '@airlock/protocol';
import { shellWord } from '../cli/invocation.js';

/** A standing policy as the gateway lists it, in words. Nothing of it is taken on trust. */
export interface StandingRow {
  readonly policyId: string;
  /** Name from this approver's own record, else the id that the policy names. */
  readonly workspace: string;
  readonly enforcerLabel: string;
  readonly enforcerId: string;
  readonly workspaceId: string;
  readonly effect: 'approve' | 'deny';
  readonly scope: 'workspace' | 'action';
  /** What it is about, in words. */
  readonly selects: string;
  readonly selector: ActionSelector | null;
  readonly sessionId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Whether the signature is one of this approver's key. */
  readonly signedHere: boolean;
}

interface Reader {
  readonly memory: ApproverMemory;
  /** Raw Ed25519 key of this approver. */
  readonly publicKey: Uint8Array;
}

/** Reads what the gateway lists; what is no policy of the protocol is left out and counted. */
export function standingRows(
  listed: readonly JsonObject[],
  reader: Reader,
): { readonly rows: readonly StandingRow[]; readonly unreadable: number } {
  const policies = listed.map((each) => dndPolicySchema.safeParse(each).data);
  const rows = policies.flatMap((policy) => (policy === undefined ? [] : [rowOf(policy, reader)]));
  return { rows, unreadable: listed.length - rows.length };
}

function rowOf(policy: DndPolicy, { memory, publicKey }: Reader): StandingRow {
  const pairing = pairingOf(policy, memory);
  const { requestId: policyId, enforcerId, workspaceId, actionSelector, createdAt, expiresAt } = policy;
  return {
    policyId,
    workspace: pairing?.workspaceName ?? workspaceId,
    enforcerLabel: pairing?.enforcerLabel ?? '',
    enforcerId,
    workspaceId,
    effect: policy.policyMode === 'approve_all' ? 'approve' : 'deny',
    scope: policy.objectType === 'airlock.dnd.workspace' ? 'workspace' : 'action',
    selects: selectsWords(policy, memory),
    selector: actionSelector ?? null,
    sessionId: policy.sessionId ?? actionSelector?.sessionId ?? null,
    createdAt,
    expiresAt,
    signedHere: policy.signature !== undefined && verifyPolicySignature({ verifier: nobleVerifier, publicKey }, policy),
  };
}

function pairingOf({ enforcerId, workspaceId }: DndPolicy, memory: ApproverMemory): ApproverPairing | undefined {
  const isIt = (pairing: ApproverPairing) =>
    pairing.enforcerId === enforcerId && (pairing.workspaceId ?? workspaceId) === workspaceId;
  return memory.pairings.findLast(isIt);
}

function selectsWords(policy: DndPolicy, memory: ApproverMemory): string {
  const selected = policy.objectType === 'airlock.dnd.workspace' ? ['everything'] : selectorWords(policy, memory);
  const { targetArtifactType: type } = policy;
  const sessionId = policy.sessionId ?? policy.actionSelector?.sessionId;
  return [
    ...selected,
    ...(type === undefined ? [] : [`only of type ${visible(type)}`]),
    ...(sessionId === undefined ? [] : [`only in session ${visible(sessionId)}`]),
  ].join(', ');
}

function selectorWords({ requestId, actionSelector }: DndPolicy, memory: ApproverMemory): readonly string[] {
  const { contentSha256, argvPrefix, argv, commandFamily } = actionSelector ?? {};
  const what = memory.grants.find(({ policyId }) => policyId === requestId)?.what;
  const line = (words: readonly string[]) => visible(words.map(shellWord).join(' '));
  const parts = [
    ...(contentSha256 === undefined ? [] : [exactly(contentSha256, what)]),
    ...(argv === undefined ? [] : [`exactly the command ${line(argv)}`]),
    ...(argvPrefix === undefined ? [] : [`commands that begin with ${line(argvPrefix)}`]),
    ...(commandFamily === undefined ? [] : [`every command of ${visible(commandFamily)}`]),
  ];
  return parts.length === 0 ? ['nothing'] : parts;
}

/** The words come from this approver's own memory of what it granted: the policy has only the hash. */
function exactly(contentSha256: string, what: string | undefined): string {
  if (what !== undefined) return `exactly this again: ${what}`;
  return `exactly one action again, with content ${contentSha256.slice(0, 16)}…`;
}
