import type { DecisionSubmit } from '@airlock/protocol';
import { ApproverError } from '../errors.js';
import type { ApproverMemory } from '../memory.js';
import type { Signer } from '../ports.js';
import { cardId, type RequestGroup } from '../request/group.js';
import type { OpenedRequest } from '../request/model.js';
import { type DecisionInput, signDecision } from './sign-decision.js';

/** What one decision needs of its own. */
export interface FreshValues {
  /** 16 fresh random bytes. */
  readonly nonce: Uint8Array;
  /** `msg-<uuid>`. */
  readonly msgId: string;
}

/** One deliberate act of the user on a card with everything that it counted (APPR-185, APPR-200). */
export type CardInput = Omit<DecisionInput, 'opened' | keyof FreshValues> & {
  readonly card: RequestGroup;
  /** Called once per request. */
  readonly fresh: () => FreshValues;
};

/** What was signed for one request of a card, or why nothing was. */
export type CardEntry = { readonly opened: OpenedRequest } & (
  | { readonly envelope: DecisionSubmit }
  | { readonly refusal: ApproverError }
);

/** The signed decisions of a card, in its order. Store `memory`, then send them. */
export interface SignedCard {
  readonly memory: ApproverMemory;
  readonly entries: readonly CardEntry[];
}

/**
 * Signs one decision, with a nonce of its own, for each request that the card counted. One that cannot be signed, for
 * example because it expired since, stops none of the others.
 * @throws TypeError when the requests are not one card, or a nonce comes twice
 */
export async function signCard(memory: ApproverMemory, input: CardInput, signer: Signer): Promise<SignedCard> {
  const { card, fresh, ...common } = input;
  assertOneCard(card);
  const nonces = new Set<string>();
  const entries: CardEntry[] = [];
  let current = memory;
  for (const opened of card.requests) {
    const own = fresh();
    nonces.add(own.nonce.join());
    if (nonces.size !== entries.length + 1) throw new TypeError('Each decision needs a nonce of its own');
    try {
      const signed = await signDecision(current, { ...common, ...own, opened }, signer);
      current = signed.memory;
      entries.push({ opened, envelope: signed.envelope });
    } catch (error) {
      if (!(error instanceof ApproverError)) throw error;
      entries.push({ opened, refusal: error });
    }
  }
  return { memory: current, entries };
}

function assertOneCard({ id, requests }: RequestGroup): void {
  const ids = new Set(requests.map(({ request }) => request.requestId));
  const isOne = requests.length > 0 && requests.every((opened) => cardId(opened) === id);
  if (!isOne || ids.size !== requests.length) throw new TypeError('These requests are not one card');
}
