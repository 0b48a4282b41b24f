import { sha256Hex } from '@airlock/crypto';
import { utf8Encode } from '@airlock/protocol';
import type { OpenedRequest } from './model.js';

/** Requests that are one card: deciding it decides each of them (APPR-185). */
export interface RequestGroup {
  /** `card-` and 16 hexadecimal digits: the same as long as the card has the same content. */
  readonly id: string;
  /** Oldest first; at least one. */
  readonly requests: readonly OpenedRequest[];
  readonly count: number;
}

/**
 * Joins requests of one pairing whose content was verified to be the same and that may be decided in the same way;
 * everything else stays alone.
 */
export function groupRequests(opened: readonly OpenedRequest[]): readonly RequestGroup[] {
  const groups = new Map<string, OpenedRequest[]>();
  for (const request of opened) {
    const id = cardId(request);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [request]);
    else group.push(request);
  }
  return [...groups].map(([id, requests]) => ({ id, requests, count: requests.length }));
}

/** Which card a request is on. */
export function cardId(opened: OpenedRequest): string {
  return `card-${sha256Hex(utf8Encode(JSON.stringify(cardKey(opened)))).slice(0, 16)}`;
}

/** Obstacles that leave no doubt about the content: the requests show the same and can only be rejected. */
const KNOWN_CONTENT = new Set(['policy-rolled-back', 'policy-version', 'policy-unreadable', 'cannot-loosen']);

function cardKey({ request, content, bound, canApprove, obstacles }: OpenedRequest): readonly string[] {
  const isKnown = content.kind === 'action' && bound && obstacles.every((each) => KNOWN_CONTENT.has(each));
  if (!isKnown) return ['alone', request.body.pairingId, request.requestId];
  return ['same', request.body.pairingId, content.action.contentSha256, String(canApprove), ...obstacles];
}
