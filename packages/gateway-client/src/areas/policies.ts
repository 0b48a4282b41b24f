import { type DndPolicy, dndAcceptedSchema, dndEffectiveSchema, dndListSchema } from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, nothing, path } from '../http/request.js';
import type { Plain } from './plain.js';

/** Standing policies (section 14). Objects come back unread: each must pass DND-060 before it approves anything. */
export type PolicyArea = ReturnType<typeof policyArea>;

export function policyArea(caller: Caller) {
  const route = { repeatable: true, authenticated: true } as const;
  return {
    /** `GET /v1/policy/dnd/effective` (E). */
    effective: (
      query: { readonly enforcerId: string; readonly workspaceId: string; readonly sessionId?: string },
      options?: CallOptions,
    ) =>
      caller.call(
        {
          ...route,
          method: 'GET',
          path: '/v1/policy/dnd/effective',
          query: { ...query },
          status: 200,
          read: bodyOf(dndEffectiveSchema),
        },
        options,
      ),
    /** `POST /v1/policy/dnd` (A), with a signed policy. */
    create: (policy: Plain<DndPolicy>, options?: CallOptions) =>
      caller.call(
        {
          ...route,
          method: 'POST',
          path: '/v1/policy/dnd',
          body: policy,
          status: 201,
          read: bodyOf(dndAcceptedSchema),
        },
        options,
      ),
    /** `GET /v1/policy/dnd` (A). */
    list: (options?: CallOptions) =>
      caller.call(
        { ...route, method: 'GET', path: '/v1/policy/dnd', status: 200, read: bodyOf(dndListSchema) },
        options,
      ),
    /** `DELETE /v1/policy/dnd/{policyId}` (A). */
    remove: (policyId: string, options?: CallOptions) =>
      caller.call(
        { ...route, method: 'DELETE', path: path`/v1/policy/dnd/${policyId}`, status: 204, read: nothing },
        options,
      ),
  };
}
