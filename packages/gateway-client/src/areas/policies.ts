import { type DndPolicy, dndAcceptedSchema, dndEffectiveSchema, dndListSchema } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { DELETE, GET, RESEND } from './methods.js';
import type { Plain } from './plain.js';

/** Standing policies (section 14). Objects come back unread: each must pass DND-060 before it approves anything. */
export type PolicyArea = ReturnType<typeof policyArea>;

export function policyArea(caller: Caller) {
  return {
    /** `GET /v1/policy/dnd/effective` (E). */
    effective: (
      query: { readonly enforcerId: string; readonly workspaceId: string; readonly sessionId?: string },
      options?: CallOptions,
    ) =>
      caller.call(
        { ...GET, path: '/v1/policy/dnd/effective', query: { ...query }, read: bodyOf(dndEffectiveSchema) },
        options,
      ),
    /** `POST /v1/policy/dnd` (A), with a signed policy. */
    create: (policy: Plain<DndPolicy>, options?: CallOptions) =>
      caller.call(
        { ...RESEND, status: 201, path: '/v1/policy/dnd', body: policy, read: bodyOf(dndAcceptedSchema) },
        options,
      ),
    /** `GET /v1/policy/dnd` (A). */
    list: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/policy/dnd', read: bodyOf(dndListSchema) }, options),
    /** `DELETE /v1/policy/dnd/{policyId}` (A). */
    remove: (policyId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/policy/dnd/${policyId}` }, options),
  };
}
