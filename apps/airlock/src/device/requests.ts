import { type OpenedRequest, openRequest } from '@airlock/approver';
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

/** The waiting request of that id. */
export async function pendingRequest(device: Device, id: string): Promise<OpenedRequest> {
  const all = await pendingRequests(device);
  const exact = all.find((each) => each.request.requestId === id);
  if (exact !== undefined) return exact;
  throw new CommandFailure('not_found', `no request ${id} is waiting; it may be decided, withdrawn or expired`, {
    fix: 'airlock approver inbox',
  });
}
