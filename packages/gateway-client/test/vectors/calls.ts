import type { GatewayClient, OidcClient } from '../../src/index.js';
import type { EndpointVector } from './gateway-messages.js';

export interface Clients {
  readonly client: GatewayClient;
  readonly oidc: OidcClient;
}

type Call = (clients: Clients, request: EndpointVector['request'], segments: readonly string[]) => Promise<unknown>;

/** How each route of sections 6 to 15 is called; `segments` are the dynamic parts of the vector's path. */
export const CALLS: Readonly<Record<string, Call>> = {
  'GET /echo': ({ client }) => client.discovery.echo(),
  'GET /v1/integrations/discovery': ({ client }) => client.discovery.discover(),
  'GET /v1/status': ({ client }) => client.discovery.status(),
  'GET /v1/subscription': ({ client }) => client.discovery.subscription(),
  'POST /v1/auth/device': ({ client }) => client.auth.startDevice(),
  'POST /v1/auth/device/token': ({ client }, { body }) => client.auth.pollDevice(body.deviceCode),
  'POST /v1/auth/enforcer/refresh': ({ client }, { body }) => client.auth.refreshEnforcer(body.refreshToken),
  'POST /v1/auth/refresh': ({ client }, { body }) => client.auth.refresh(body.refreshToken),
  'POST /v1/auth/logout': ({ client }, { body }) => client.auth.logout(body.refreshToken),
  'GET /v1/auth/device/pending/{userCode}': ({ client }, _, [code = '']) => client.auth.pendingDevice(code),
  'POST /v1/auth/device/verify': ({ client }, { body }) => client.auth.verifyDevice(body),
  'GET /v1/consent/status': ({ client }) => client.consent.status(),
  'GET /v1/consents/check': ({ client }) => client.consent.check(),
  'GET /v1/consents': ({ client }) => client.consent.list(),
  'POST /v1/consents/{consentId}/decide': ({ client }, { body }, [id = '']) => client.consent.decide(id, body),
  'POST /v1/pairing/initiate': ({ client }, { body }) => client.pairing.initiate(body),
  'POST /v1/pairing/pre-generate': ({ client }, { body }) => client.pairing.preGenerate(body),
  'POST /v1/pairing/claim': ({ client }, { body }) => client.pairing.claim(body),
  'GET /v1/pairing/resolve/{code}': ({ client }, _, [code = '']) => client.pairing.resolve(code),
  'POST /v1/pairing/complete': ({ client }, { body }) => client.pairing.complete(body),
  'POST /v1/pairing/reject': ({ client }, { body }) => client.pairing.reject(body.nonce),
  'GET /v1/pairing/{nonce}/status': ({ client }, _, [nonce = '']) => client.pairing.status(nonce),
  'POST /v1/pairing/status-batch': ({ client }, { body }) => client.pairing.statusBatch(body.nonces),
  'POST /v1/pairing/revoke': ({ client }, { body }) => client.pairing.revoke(body.routingToken),
  'GET /v1/pairings': ({ client }) => client.pairing.list(),
  'DELETE /v1/pairings/{pairingId}': ({ client }, _, [id = '']) => client.pairing.remove(id),
  'POST /v1/presence/heartbeat': ({ client }, { body }) => client.presence.heartbeat(body),
  'GET /v1/presence/enforcers': ({ client }) => client.presence.list(),
  'GET /v1/presence/enforcers/{enforcerDeviceId}': ({ client }, _, [id = '']) => client.presence.get(id),
  'POST /v1/ws/ticket': ({ client }) => client.presence.ticket(),
  'POST /v1/artifacts': ({ client }, { body }) => client.exchanges.submit(body),
  'POST /v1/decisions': ({ client }, { body }) => client.requests.decide(body),
  'GET /v1/exchanges/{requestId}': ({ client }, _, [id = '']) => client.exchanges.get(id),
  'GET /v1/exchanges/{requestId}/wait': ({ client }, { query }, [requestId = '']) =>
    client.exchanges.wait({ requestId, timeoutSeconds: Number(query?.['timeout']) }),
  'POST /v1/exchanges/{requestId}/withdraw': ({ client }, _, [id = '']) => client.exchanges.withdraw(id),
  'POST /v1/requests/{requestId}/refresh': ({ client }, { query }, [id = '']) =>
    client.exchanges.refresh(id, query?.['enforcerDeviceId'] ?? ''),
  'POST /v1/acks': ({ client }, { body }) => client.exchanges.acknowledge(body),
  'GET /v1/policy/dnd/effective': ({ client }, { query }) => client.policies.effective(query as never),
  'POST /v1/policy/dnd': ({ client }, { body }) => client.policies.create(body),
  'GET /v1/policy/dnd': ({ client }) => client.policies.list(),
  'DELETE /v1/policy/dnd/{policyId}': ({ client }, _, [id = '']) => client.policies.remove(id),
  'POST /v1/approvers': ({ client }, { body }) => client.approvers.register(body),
  'POST /v1/approvers/enrollment': ({ client }) => client.approvers.createEnrollment(),
  'GET /v1/approvers': ({ client }) => client.approvers.list(),
  'DELETE /v1/approvers/{approverId}': ({ client }, _, [id = '']) => client.approvers.remove(id),
  'POST /v1/approvers/{approverId}/push': ({ client }, { body }, [id = '']) => client.approvers.subscribePush(id, body),
  'DELETE /v1/approvers/{approverId}/push/{pushId}': ({ client }, _, [id = '', push = '']) =>
    client.approvers.unsubscribePush(id, push),
  'GET /v1/approvers/{approverId}/inbox': ({ client }, { query }, [id = '']) =>
    client.requests.inbox(id, { limit: Number(query?.['limit']) }),
  'GET /v1/approvers/{approverId}/inbox/expired': ({ client }, _, [id = '']) => client.requests.expired(id),
  'DELETE /v1/approvers/{approverId}/inbox/{requestId}': ({ client }, _, [id = '', request = '']) =>
    client.requests.dismiss(id, request),
  'GET /v1/history': ({ client }, { query }) => client.requests.history({ limit: Number(query?.['limit']) }),
  'POST /v1/pats': ({ client }, { body }) => client.tokens.create(body),
  'GET /v1/pats': ({ client }) => client.tokens.list(),
  'DELETE /v1/pats/{tokenId}': ({ client }, _, [id = '']) => client.tokens.remove(id),
  'POST /v1/apps': ({ client }, { body }) => client.apps.create(body),
  'GET /v1/apps': ({ client }) => client.apps.list(),
  'PATCH /v1/apps/{appId}': ({ client }, { body }, [id = '']) => client.apps.update(id, body),
  'POST /v1/apps/{appId}/rotate-secret': ({ client }, _, [id = '']) => client.apps.rotateSecret(id),
  'DELETE /v1/apps/{appId}': ({ client }, _, [id = '']) => client.apps.remove(id),
  'GET {base}/.well-known/openid-configuration': ({ oidc }) => oidc.configuration(),
  'POST device_authorization_endpoint': ({ oidc }, { form }) => oidc.startDevice(form?.['scope']),
  'POST token_endpoint': ({ oidc }, { form = {} }) => tokenCall(oidc, form),
  'POST revocation_endpoint': ({ oidc }, { form }) => oidc.revoke(form?.['token'] ?? ''),
  'GET jwks_uri': ({ oidc }) => oidc.jwks(),
};

function tokenCall(oidc: OidcClient, form: Readonly<Record<string, string>>): Promise<unknown> {
  switch (form['grant_type']) {
    case 'authorization_code':
      return oidc.exchangeCode({
        code: form['code'] ?? '',
        redirectUri: form['redirect_uri'] ?? '',
        codeVerifier: form['code_verifier'] ?? '',
      });
    case 'refresh_token':
      return oidc.refresh(form['refresh_token'] ?? '');
    default:
      return oidc.pollDevice(form['device_code'] ?? '');
  }
}
