import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ApproverKeys,
  type CardEntry,
  cardId,
  type OpenedRequest,
  type RequestGroup,
  signCard,
} from '@airlock/approver';
import { GatewayError } from '@airlock/gateway-client';
import type { DecisionSubmit, DecisionWord } from '@airlock/protocol';
import type { Device } from './device.js';
import { pendingRequests } from './requests.js';

const NONCE_BYTES = 16;

/** One deliberate act of the user. */
export interface Deciding {
  readonly device: Device;
  readonly keys: ApproverKeys;
  /** The card as the user saw it counted. */
  readonly card: RequestGroup;
  /** The request that was named; its decision is sent first. */
  readonly opened: OpenedRequest;
  readonly decision: DecisionWord;
  readonly reason?: string | undefined;
}

/** What became of one request of a card. */
export interface DecidedRequest {
  readonly requestId: string;
  readonly accepted: boolean;
  /** Why nothing was signed, why the gateway did not take it, or why nobody knows whether it did. */
  readonly refusal?: Refusal;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  /** True when the decision may have been taken all the same, or can still be sent by the same command. */
  readonly isOpen?: true;
}

/** What became of a card. */
export interface DecidedCard {
  /** The named one first. */
  readonly requests: readonly DecidedRequest[];
  /** Requests with the same content that came after it was counted: nothing was decided for them. */
  readonly joined: readonly OpenedRequest[];
}

const GONE: Refusal = { code: 'not_found', message: 'it is no longer waiting: decided, withdrawn or expired' };
const UNSENT: Refusal = {
  code: 'not_sent',
  message: 'it was signed but not sent; type the command again',
  isOpen: true,
};

/**
 * Signs one decision for each request that the card counted and that still waits, remembers all of them, then sends
 * them; what the gateway answers is said, never guessed. What is signed is what the user saw, not what is listed now.
 */
export async function decideCard(deciding: Deciding): Promise<DecidedCard> {
  const { device, card } = deciding;
  const now = await pendingRequests(device);
  const waiting = new Set(now.map(({ request }) => request.requestId));
  const counted = new Set(card.requests.map(({ request }) => request.requestId));
  const requests: DecidedRequest[] = [];
  for (const entry of await signed(deciding, waiting)) {
    const isCutOff = requests.some(({ refusal }) => refusal?.isOpen === true);
    requests.push(isCutOff ? unsent(entry) : await sent(device, entry));
  }
  for (const requestId of counted) {
    if (!waiting.has(requestId)) requests.push({ requestId, accepted: false, refusal: GONE });
  }
  const joined = now.filter((each) => !counted.has(each.request.requestId) && cardId(each) === card.id);
  return { requests: namedFirst(requests, deciding.opened), joined };
}

function namedFirst(requests: readonly DecidedRequest[], { request }: OpenedRequest): readonly DecidedRequest[] {
  const isNamed = ({ requestId }: DecidedRequest) => requestId === request.requestId;
  return [...requests.filter(isNamed), ...requests.filter((each) => !isNamed(each))];
}

async function signed(deciding: Deciding, waiting: ReadonlySet<string>): Promise<readonly CardEntry[]> {
  const { device, keys, opened, decision, reason } = deciding;
  const still = deciding.card.requests.filter(({ request }) => waiting.has(request.requestId));
  if (still.length === 0) return [];
  const requests = [...still.filter((each) => each === opened), ...still.filter((each) => each !== opened)];
  return await device.store.changeMemory(async (memory) => {
    const result = await signCard(
      memory,
      {
        card: { ...deciding.card, requests, count: requests.length },
        decision,
        ...(reason === undefined ? {} : { reason }),
        approverId: device.account.approverId,
        fresh: () => ({ nonce: new Uint8Array(randomBytes(NONCE_BYTES)), msgId: `msg-${randomUUID()}` }),
        at: Date.now(),
      },
      keys.signer,
    );
    return { memory: result.memory, result: result.entries };
  });
}

/** The gateway did not answer for an earlier one: nobody waits for each of the others. */
function unsent(entry: CardEntry): DecidedRequest {
  const refusal = 'refusal' in entry ? entry.refusal : UNSENT;
  return { requestId: entry.opened.request.requestId, accepted: false, refusal };
}

async function sent(device: Device, entry: CardEntry): Promise<DecidedRequest> {
  const { requestId } = entry.opened.request;
  if ('refusal' in entry) return { requestId, accepted: false, refusal: entry.refusal };
  const refusal = await refusalOf(device, entry.envelope);
  return refusal === undefined ? { requestId, accepted: true } : { requestId, accepted: false, refusal };
}

/** Why the gateway did not take a decision; the same envelope can be sent again later (APPR-060). */
async function refusalOf(device: Device, envelope: DecisionSubmit): Promise<Refusal | undefined> {
  try {
    await device.gateway.requests.decide(envelope);
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, status } = error;
    const isKnown = status !== undefined && status < 500;
    return isKnown ? { code, message } : { code, message, isOpen: true };
  }
}
