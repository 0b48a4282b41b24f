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
import { bodyOf, path } from '../http/request.js';
import { CREATE, DELETE, GET } from './methods.js';
import type { Plain } from './plain.js';

/** Approver devices (section 15.1). */
export type ApproverArea = ReturnType<typeof approverArea>;

export function approverArea(caller: Caller) {
  return {
    /** `POST /v1/approvers` (A, or an enrollment code in the request: then no credential is sent). */
    register: (request: Plain<ApproverRegisterRequest>, options?: CallOptions) =>
      caller.call(
        {
          ...CREATE,
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
        { ...CREATE, path: '/v1/approvers/enrollment', body: {}, read: bodyOf(enrollmentResponseSchema) },
        options,
      ),
    /** `GET /v1/approvers` (A). */
    list: (options?: CallOptions) =>
      caller.call({ ...GET, path: '/v1/approvers', read: bodyOf(approverListSchema) }, options),
    /** `DELETE /v1/approvers/{approverId}` (A): takes its tokens, pairings and pending exchanges along (APPR-030). */
    remove: (approverId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/approvers/${approverId}` }, options),
    /** `POST /v1/approvers/{approverId}/push` (A). */
    subscribePush: (approverId: string, request: Plain<PushSubscribeRequest>, options?: CallOptions) =>
      caller.call(
        {
          ...CREATE,
          path: path`/v1/approvers/${approverId}/push`,
          body: request,
          read: bodyOf(pushSubscribeResponseSchema),
        },
        options,
      ),
    /** `DELETE /v1/approvers/{approverId}/push/{pushId}` (A). */
    unsubscribePush: (approverId: string, pushId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/approvers/${approverId}/push/${pushId}` }, options),
  };
}
