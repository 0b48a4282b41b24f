import type { CallPorts, Permit } from './call-ports.js';
import type { HostAction } from './host-desk.js';
import type { Lapse } from './lapse.js';
import { type Denial, denial, ownDenial, thrownDenial } from './refusals.js';

/** What was permitted, and what has to hold whenever it is handed out. */
export interface Use extends Pick<HostAction, 'recheck' | 'workspace'> {
  readonly permit: Permit;
}

/** What changed since the action was described (INV-18), as a refusal, or null. */
export async function changed({ permit, recheck }: Use): Promise<Denial | null> {
  try {
    const refusal = await recheck(permit.basis);
    return refusal === null ? null : denial(permit.requestId, refusal);
  } catch (cause) {
    return thrownDenial(permit.requestId, cause);
  }
}

/** Claims the permit; a refusal, or null when it is on record as used. */
export async function claimed({ permit }: Use, { requests }: CallPorts): Promise<Denial | null> {
  const { requestId } = permit;
  try {
    const answer = await requests.claim(requestId);
    return answer.granted ? null : denial(requestId, answer);
  } catch (cause) {
    return thrownDenial(requestId, cause);
  }
}

/** Why a permit that is in use holds for no further layer; null when it does. */
export function ended({ permit, workspace }: Use, lapse: Lapse, { closed }: CallPorts): Denial | null {
  if (permit.permission === 'allow' && lapse.isPast) return ownDenial(permit.requestId, 'verdict_lapsed');
  try {
    const refusal = closed(workspace, permit);
    return refusal === null ? null : denial(permit.requestId, refusal);
  } catch (cause) {
    return thrownDenial(permit.requestId, cause);
  }
}
