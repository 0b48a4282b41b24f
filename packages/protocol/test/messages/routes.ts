import * as p from '@airlock/protocol';
import type { z } from 'zod';

/** Schemas of one route: request body, and response body by status. */
export interface Route {
  readonly request?: z.ZodType;
  readonly responses: Readonly<Record<number, z.ZodType | null>>;
}

const nothing = null;
const ok = (schema: z.ZodType): Route['responses'] => ({ 200: schema });

/** Every route of sections 6 to 15 with a JSON body on either side. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /echo': { responses: ok(p.echoSchema) },
  'GET /v1/integrations/discovery': { responses: ok(p.discoverySchema) },
  'GET /v1/status': { responses: ok(p.complianceSchema) },
  'GET /v1/subscription': { responses: ok(p.subscriptionSchema) },
  'GET {base}/.well-known/openid-configuration': { responses: ok(p.oidcConfigurationSchema) },
  'POST device_authorization_endpoint': { responses: ok(p.oidcDeviceSchema) },
  'GET authorization_endpoint': { responses: { 302: nothing } },
  'POST token_endpoint': { responses: { 200: p.oidcTokenSchema, 400: p.oidcErrorSchema } },
  'POST revocation_endpoint': { responses: ok(p.emptySchema) },
  'GET jwks_uri': { responses: ok(p.jsonObjectSchema) },
  'POST /v1/auth/device': { request: p.noBodySchema, responses: ok(p.deviceStartSchema) },
  'POST /v1/auth/device/token': { request: p.deviceTokenRequestSchema, responses: ok(p.deviceTokenResponseSchema) },
  'POST /v1/auth/enforcer/refresh': { request: p.refreshTokenRequestSchema, responses: ok(p.tokenResponseSchema) },
  'POST /v1/auth/refresh': { request: p.refreshTokenRequestSchema, responses: ok(p.tokenResponseSchema) },
  'POST /v1/auth/logout': { request: p.refreshTokenRequestSchema, responses: ok(p.signedOutSchema) },
  'GET /v1/auth/device/pending/{userCode}': { responses: ok(p.devicePendingSchema) },
  'POST /v1/auth/device/verify': { request: p.deviceVerifyRequestSchema, responses: ok(p.deviceVerifyResponseSchema) },
  'GET /v1/consent/status': { responses: { 200: p.consentStatusSchema, 403: p.consentErrorSchema } },
  'GET /v1/consents/check': { responses: { 200: p.consentStatusSchema, 403: p.consentErrorSchema } },
  'GET /v1/consents': { responses: ok(p.consentListSchema) },
  'POST /v1/consents/{consentId}/decide': {
    request: p.consentDecideRequestSchema,
    responses: ok(p.consentDecideResponseSchema),
  },
  'POST /v1/pairing/initiate': {
    request: p.pairingInitiateRequestSchema,
    responses: { 201: p.pairingInitiateResponseSchema },
  },
  'POST /v1/pairing/pre-generate': {
    request: p.pairingPreGenerateRequestSchema,
    responses: { 201: p.pairingPreGenerateResponseSchema },
  },
  'POST /v1/pairing/claim': { request: p.pairingClaimRequestSchema, responses: ok(p.pairingClaimResponseSchema) },
  'GET /v1/pairing/resolve/{code}': { responses: ok(p.pairingResolutionSchema) },
  'POST /v1/pairing/complete': {
    request: p.pairingCompleteRequestSchema,
    responses: ok(p.pairingCompleteResponseSchema),
  },
  'POST /v1/pairing/reject': { request: p.pairingRejectRequestSchema, responses: ok(p.pairingRejectResponseSchema) },
  'GET /v1/pairing/{nonce}/status': { responses: ok(p.pairingStatusSchema) },
  'POST /v1/pairing/status-batch': {
    request: p.pairingStatusBatchRequestSchema,
    responses: ok(p.pairingStatusBatchResponseSchema),
  },
  'POST /v1/pairing/revoke': { request: p.pairingRevokeRequestSchema, responses: ok(p.pairingRevokeResponseSchema) },
  'GET /v1/pairings': { responses: ok(p.pairingListSchema) },
  'DELETE /v1/pairings/{pairingId}': { responses: { 204: nothing } },
  'POST /v1/presence/heartbeat': { request: p.heartbeatRequestSchema, responses: ok(p.heartbeatResponseSchema) },
  'GET /v1/presence/enforcers': { responses: ok(p.presenceListSchema) },
  'GET /v1/presence/enforcers/{enforcerDeviceId}': { responses: ok(p.presenceRecordSchema) },
  'POST /v1/ws/ticket': { request: p.noBodySchema, responses: ok(p.ticketResponseSchema) },
  'GET /v1/ws': { responses: { 101: nothing } },
  'GET /v1/sse/approvers/{approverId}': { responses: ok(p.jsonValueSchema) },
  'GET /v1/sse/enforcers/{enforcerId}': { responses: ok(p.jsonValueSchema) },
  'POST /v1/artifacts': { request: p.artifactSubmitSchema, responses: { 202: p.artifactAcceptedSchema } },
  'POST /v1/decisions': { request: p.decisionSubmitSchema, responses: ok(p.decisionAcceptedSchema) },
  'GET /v1/exchanges/{requestId}': { responses: ok(p.exchangeStatusSchema) },
  'GET /v1/exchanges/{requestId}/wait': { responses: { 200: p.decisionDeliverSchema, 204: nothing } },
  'POST /v1/exchanges/{requestId}/withdraw': { request: p.noBodySchema, responses: ok(p.exchangeWithdrawnSchema) },
  'POST /v1/requests/{requestId}/refresh': { request: p.noBodySchema, responses: ok(p.refreshForwardedSchema) },
  'POST /v1/acks': { request: p.ackReceivedSchema, responses: ok(p.ackAcceptedSchema) },
  'GET /v1/policy/dnd/effective': { responses: ok(p.dndEffectiveSchema) },
  'POST /v1/policy/dnd': { request: p.dndPolicySchema, responses: { 201: p.dndAcceptedSchema } },
  'GET /v1/policy/dnd': { responses: ok(p.dndListSchema) },
  'DELETE /v1/policy/dnd/{policyId}': { responses: { 204: nothing } },
  'POST /v1/approvers': {
    request: p.approverRegisterRequestSchema,
    responses: { 201: p.approverRegisterResponseSchema },
  },
  'POST /v1/approvers/enrollment': { request: p.noBodySchema, responses: { 201: p.enrollmentResponseSchema } },
  'GET /v1/approvers': { responses: ok(p.approverListSchema) },
  'DELETE /v1/approvers/{approverId}': { responses: { 204: nothing } },
  'POST /v1/approvers/{approverId}/push': {
    request: p.pushSubscribeRequestSchema,
    responses: { 201: p.pushSubscribeResponseSchema },
  },
  'DELETE /v1/approvers/{approverId}/push/{pushId}': { responses: { 204: nothing } },
  'GET /v1/approvers/{approverId}/inbox': { responses: ok(p.inboxPageSchema) },
  'GET /v1/approvers/{approverId}/inbox/expired': { responses: ok(p.inboxPageSchema) },
  'DELETE /v1/approvers/{approverId}/inbox/{requestId}': { responses: { 204: nothing } },
  'GET /v1/history': { responses: ok(p.historyPageSchema) },
  'POST /v1/pats': { request: p.patCreateRequestSchema, responses: { 201: p.patCreateResponseSchema } },
  'GET /v1/pats': { responses: ok(p.patListSchema) },
  'DELETE /v1/pats/{tokenId}': { responses: { 204: nothing } },
  'POST /v1/apps': { request: p.appCreateRequestSchema, responses: { 201: p.appCreateResponseSchema } },
  'GET /v1/apps': { responses: ok(p.appListSchema) },
  'PATCH /v1/apps/{appId}': { request: p.appPatchRequestSchema, responses: ok(p.appItemSchema) },
  'POST /v1/apps/{appId}/rotate-secret': { request: p.noBodySchema, responses: ok(p.appSecretSchema) },
  'DELETE /v1/apps/{appId}': { responses: { 204: nothing } },
};

/** Schemas of every message that has an example. */
export const MESSAGES: Readonly<Record<string, z.ZodType>> = {
  hello: p.helloSchema,
  ping: p.pingSchema,
  pong: p.pongSchema,
  'artifact.submit': p.artifactSubmitSchema,
  'artifact.accepted': p.artifactAcceptedSchema,
  'approval.request': p.approvalRequestSchema,
  'decision.submit': p.decisionSubmitSchema,
  'decision.accepted': p.decisionAcceptedSchema,
  'decision.deliver': p.decisionDeliverSchema,
  'ack.submit': p.ackSubmitSchema,
  'ack.accepted': p.ackAcceptedSchema,
  'exchange.status': p.exchangeStatusSchema,
  'exchange.withdrawn': p.exchangeWithdrawnNoticeSchema,
  'exchange.expired': p.exchangeExpiredSchema,
  'exchange.cancelled': p.exchangeCancelledSchema,
  'refresh.request': p.refreshRequestSchema,
  'pairing.revoked': p.pairingRevokedSchema,
  'pairing.claimed': p.pairingClaimedSchema,
  'consent.request': p.consentRequestSchema,
  'inbox.page': p.inboxPageSchema,
  'history.page': p.historyPageSchema,
  'dnd.policy.effective': p.dndEffectiveSchema,
  'dnd.policy.list': p.dndListSchema,
  'dnd.policy.accepted': p.dndAcceptedSchema,
  error: p.errorEnvelopeSchema,
};
