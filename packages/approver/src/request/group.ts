import type { OpenedRequest } from './model.js';

/** Requests that are one card: deciding it decides each of them (APPR-185). */
export interface RequestGroup {
  /** Oldest first; at least one. */
  readonly requests: readonly OpenedRequest[];
  readonly count: number;
}

/** Joins approvable requests of one pairing with the same content; everything else stays alone. */
export function groupRequests(opened: readonly OpenedRequest[]): readonly RequestGroup[] {
  const groups = new Map<string, OpenedRequest[]>();
  for (const request of opened) {
    const key = groupKey(request);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [request]);
    else group.push(request);
  }
  return [...groups.values()].map((requests) => ({ requests, count: requests.length }));
}

function groupKey({ request, content, canApprove }: OpenedRequest): string {
  if (content.kind !== 'action' || !canApprove) return JSON.stringify(['alone', request.requestId]);
  return JSON.stringify(['same', request.body.pairingId, content.action.contentSha256]);
}
