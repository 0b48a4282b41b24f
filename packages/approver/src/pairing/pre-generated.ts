import type { PairingNonce } from '@airlock/protocol';
import type { ApproverMemory } from '../memory.js';

/** A pre-generated code of which this approver made the secret (sequence B of section 9.3). */
export interface PreGenerated {
  readonly pairingNonce: PairingNonce;
  /** S, normalised: see `makePairingSecret` of `@airlock/protocol`. Never sent to the gateway. */
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Keeps the secret until the enforcer claims the code. */
export function rememberPreGenerated(memory: ApproverMemory, pending: PreGenerated): ApproverMemory {
  const others = memory.pendingSecrets.filter((other) => other.pairingNonce !== pending.pairingNonce);
  return { ...memory, pendingSecrets: [...others, { ...pending }] };
}

/**
 * Takes the secret of a claimed code: whatever comes of it, it works once (PAIR-200).
 * `secret` is `undefined` for an unknown, used or expired one.
 */
export function takeSecret(
  memory: ApproverMemory,
  pairingNonce: string,
  at: number,
): { readonly memory: ApproverMemory; readonly secret: string | undefined } {
  const found = memory.pendingSecrets.find((pending) => pending.pairingNonce === pairingNonce);
  return {
    memory: {
      ...memory,
      pendingSecrets: memory.pendingSecrets.filter((pending) => pending.pairingNonce !== pairingNonce),
    },
    secret: found !== undefined && found.expiresAt > at ? found.secret : undefined,
  };
}
