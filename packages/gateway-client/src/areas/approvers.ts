import {
  type ApproverRegisterRequest,
  approverListSchema,
  approverRegisterResponseSchema,
  enrollmentResponseSchema,
  type PushSubscribeRequest,
  pushSubscribeResponseSchema,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, nothing, path } from '../http/request.js';
import type { Plain } from './plain.js';

/** Approver devices (section 15.1). */
export type ApproverArea = ReturnType<typeof approverArea>;

export function approverArea(caller: Caller) {
  const post = { method: 'POST', status: 201, repeatable: false, authenticated: true } as const;
  const remove = { method: 'DELETE', status: 204, read: nothing, repeatable: true, authenticated: true } as const;
  return {
    /** `POST /v1/approvers` (A, or an enrollment code in the request: then no credential is sent). */
    register: (request: Plain<ApproverRegisterRequest>, options?: CallOptions) =>
      caller.call(
        {
          ...post,
          path: '/v1/approvers',
          body: request,
          read: bodyOf(approverRegisterResponseSchema),
          authenticated: request.enrollmentCode === undefined,
        },
        options,
      ),
    /** `POST /v1/approvers/enrollment` (A): a one-time code for a further device. */
    createEnrollment: (options?: CallOptions) =>
      caller.call(
        { ...post, path: '/v1/approvers/enrollment', body: {}, read: bodyOf(enrollmentResponseSchema) },
        options,
      ),
    /** `GET /v1/approvers` (A). */
    list: (options?: CallOptions) =>
      caller.call(
        {
          method: 'GET',
          path: '/v1/approvers',
          status: 200,
          read: bodyOf(approverListSchema),
          repeatable: true,
          authenticated: true,
        },
        options,
      ),
    /** `DELETE /v1/approvers/{approverId}` (A): takes its tokens, pairings and pending exchanges along (APPR-030). */
    remove: (approverId: string, options?: CallOptions) =>
      caller.call({ ...remove, path: path`/v1/approvers/${approverId}` }, options),
    /** `POST /v1/approvers/{approverId}/push` (A). */
    subscribePush: (approverId: string, request: Plain<PushSubscribeRequest>, options?: CallOptions) =>
      caller.call(
        {
          ...post,
          path: path`/v1/approvers/${approverId}/push`,
          body: request,
          read: bodyOf(pushSubscribeResponseSchema),
        },
        options,
      ),
    /** `DELETE /v1/approvers/{approverId}/push/{pushId}` (A). */
    unsubscribePush: (approverId: string, pushId: string, options?: CallOptions) =>
      caller.call({ ...remove, path: path`/v1/approvers/${approverId}/push/${pushId}` }, options),
  };
}
