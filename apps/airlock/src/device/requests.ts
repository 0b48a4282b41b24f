import { groupRequests, type OpenedRequest, openRequest, type RequestGroup } from '@airlock/approver';
import type { ApprovalRequest } from '@airlock/protocol';
import { CommandFailure } from '../cli/failure.js';
import type { Device } from './device.js';
import { withAddress } from './unreachable.js';

/** Opens requests in order and remembers what they proved. */
export async function openAll(device: Device, requests: readonly ApprovalRequest[]): Promise<readonly OpenedRequest[]> {
  return await device.store.changeMemory(async (before) => {
    let memory = before;
    const opened = requests.map((request) => {
      const result = openRequest(memory, request, Date.now());
      memory = result.memory;
      return result.opened;
    });
    return { memory, result: opened };
  });
}

/** Everything that is waiting, oldest first. */
export async function pendingRequests(device: Device): Promise<readonly OpenedRequest[]> {
  const requests: ApprovalRequest[] = [];
  try {
    for await (const request of device.gateway.requests.allPending(device.account.approverId)) requests.push(request);
  } catch (error) {
    throw withAddress(error, device.account.gatewayUrl);
  }
  return await openAll(device, requests);
}

/** A waiting request and the card it is on, as counted now. */
export interface PendingCard {
  readonly opened: OpenedRequest;
  readonly card: RequestGroup;
}

/** The waiting request of that id, on its card (APPR-185). */
export async function pendingCard(device: Device, id: string): Promise<PendingCard> {
  const cards = groupRequests(await pendingRequests(device));
  for (const card of cards) {
    const opened = card.requests.find(({ request }) => request.requestId === id);
    if (opened !== undefined) return { opened, card };
  }
  throw new CommandFailure('not_found', `no request ${id} is waiting; it may be decided, withdrawn or expired`, {
    fix: 'airlock approver inbox',
  });
}
