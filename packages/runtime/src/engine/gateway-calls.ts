import type { Access, GatewayCallName, GatewayCalls } from '@airlock/enforcer';
import type { CallOptions, GatewayTransport } from '@airlock/gateway-client';
import { parseTime } from '@airlock/protocol';
import { clientFor, openClient } from './gateway-clients.js';
import type { SignInRoutes } from './sign-in-routes.js';

/** Performs one call of the engine, once. Rejects with the gateway client's error. */
export type GatewayCall<K extends GatewayCallName> = (
  request: GatewayCalls[K]['request'],
  options: CallOptions,
) => Promise<GatewayCalls[K]['response']>;

export type GatewayCallTable = { readonly [K in GatewayCallName]: GatewayCall<K> };

export interface GatewayCallOptions {
  readonly transport: GatewayTransport;
  readonly signIn: SignInRoutes;
  /** Ed25519 keys of approvers on this computer, as they are now (PAIR-225). */
  readonly localApproverKeys: () => readonly string[];
}

const NOTHING = {};

/** How each call of the engine becomes one of the gateway client's. */
export function gatewayCalls({ transport, signIn, localApproverKeys }: GatewayCallOptions): GatewayCallTable {
  const as = (access: Access) => clientFor(transport, access);
  return {
    discover: async ({ gatewayUrl }, options) => {
      const found = await openClient(transport, { gatewayUrl }).discovery.discover(options);
      return {
        gatewayId: found.gateway.gatewayId,
        idp: found.idp,
        patSupported: found.auth.patSupported,
      };
    },
    startDevice: (request, options) => signIn.startDevice(request, options),
    pollDevice: (request, options) => signIn.pollDevice(request, options),
    refresh: (request, options) => signIn.refresh(request, options),
    logout: (request, options) => signIn.logout(request, options),
    checkConsent: ({ access }, options) => as(access).consent.status(options),
    initiatePairing: async ({ access, body }, options) => {
      const started = await as(access).pairing.initiate({ ...body, gatewayUrl: access.gatewayUrl }, options);
      const { pairingNonce, pairingCode, expiresAt } = started;
      return { pairingNonce, pairingCode, expiresAt: parseTime(expiresAt) };
    },
    claimPairing: async ({ access, body }, options) => {
      const claimed = await as(access).pairing.claim({ ...body, gatewayUrl: access.gatewayUrl }, options);
      return { pairingNonce: claimed.pairingNonce, expiresAt: parseTime(claimed.expiresAt) };
    },
    pairingStatus: async ({ access, pairingNonce }, options) => ({
      ...(await as(access).pairing.status(pairingNonce, options)),
      localApproverKeys: localApproverKeys(),
    }),
    revokePairing: async ({ access, routingToken }, options) => {
      await as(access).pairing.revoke(routingToken, options);
      return NOTHING;
    },
    heartbeat: async ({ access, ...body }, options) => {
      await as(access).presence.heartbeat(body, options);
      return NOTHING;
    },
    submitArtifact: async ({ access, envelope }, options) => {
      const { body } = await as(access).exchanges.submit(envelope, options);
      return { state: body.state, expiresAt: parseTime(body.expiresAt), duplicate: body.duplicate };
    },
    wait: ({ access, requestId, timeoutSeconds }, options) =>
      as(access).exchanges.wait({ requestId, timeoutSeconds }, options),
    withdraw: async ({ access, requestId }, options) => {
      await as(access).exchanges.withdraw(requestId, options);
      return NOTHING;
    },
    ack: async ({ access, envelope }, options) => {
      await as(access).exchanges.acknowledge(envelope, options);
      return NOTHING;
    },
  };
}
