import type { Verifier } from '@airlock/crypto';
import type { PairingFacts } from '@airlock/enforcer';
import type { StandingContext } from '@airlock/policy';

/** The capability of an approver that signs its standing policies (table 9.2). */
const SIGNS_POLICIES = 'signed-dnd/1';

/** Tells one pairing from the next, also where it is the same approver again. */
export function pairingName(facts: PairingFacts): string {
  const { enforcerId, signerKeyId, publicKey, assurance, capabilities, pairedAt } = facts;
  return JSON.stringify([enforcerId, signerKeyId, publicKey, assurance, capabilities, pairedAt]);
}

/** Whose standing policies count in a session: without a verified pairing that signs them, nobody's approve (DND-060, PAIR-220). */
export function standingContext(
  facts: PairingFacts,
  where: { readonly workspaceId: string; readonly sessionId: string | undefined; readonly verifier: Verifier },
): StandingContext {
  const { enforcerId, signerKeyId, publicKey, assurance, capabilities } = facts;
  const { workspaceId, sessionId, verifier } = where;
  const signs = assurance === 'verified' && capabilities.includes(SIGNS_POLICIES);
  return {
    enforcerId,
    workspaceId,
    ...(sessionId === undefined ? {} : { sessionId }),
    signer: signs ? { signerKeyId, publicKey } : null,
    verifier,
  };
}
