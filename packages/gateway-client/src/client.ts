import { type AppArea, appArea, type TokenArea, tokenArea } from './areas/account.js';
import { type ApproverArea, approverArea } from './areas/approvers.js';
import { type AuthArea, authArea } from './areas/auth.js';
import { type ConsentArea, consentArea } from './areas/consent.js';
import { type DiscoveryArea, discoveryArea } from './areas/discovery.js';
import { type ExchangeArea, exchangeArea } from './areas/exchanges.js';
import { type PairingArea, pairingArea } from './areas/pairing.js';
import { type PolicyArea, policyArea } from './areas/policies.js';
import { type PresenceArea, presenceArea } from './areas/presence.js';
import { type Channel, type ChannelOptions, openChannel } from './channel/channel.js';
import { type StreamArea, streamArea } from './channel/event-stream.js';
import { type RequestArea, requestArea } from './areas/requests.js';
import { type Credentials, NO_CREDENTIALS } from './credentials.js';
import { createCaller } from './http/caller.js';
import { checkedOrigin } from './http/origin.js';
import type { GatewayTransport } from './ports.js';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.js';

/** Options of {@link createGatewayClient}. */
export interface GatewayClientOptions {
  /** Origin of the gateway: `https:`, or `http:` on a loopback host (GW-040). */
  readonly origin: string;
  /** `nodeTransport()` or `webTransport(globalThis)`. */
  readonly transport: GatewayTransport;
  /** Default: none, enough for discovery and sign-in. */
  readonly credentials?: Credentials;
  /** Of calls that may be repeated; default {@link DEFAULT_RETRY}. */
  readonly retry?: RetryPolicy;
  /** Milliseconds for one attempt, body included, beyond the hold of a wait; default 15,000. */
  readonly timeoutMs?: number;
}

/**
 * Every route of the gateway by area. E and A in the comments say which role the credential must have.
 * Every method throws {@link GatewayError} and nothing else.
 */
export interface GatewayClient {
  /** Checked origin. */
  readonly origin: string;
  readonly discovery: DiscoveryArea;
  readonly auth: AuthArea;
  readonly consent: ConsentArea;
  readonly pairing: PairingArea;
  readonly presence: PresenceArea;
  readonly exchanges: ExchangeArea;
  readonly policies: PolicyArea;
  readonly approvers: ApproverArea;
  readonly requests: RequestArea;
  readonly tokens: TokenArea;
  readonly apps: AppArea;
  readonly streams: StreamArea;
  /** Opens the WebSocket channel; it reconnects until it is closed. */
  openChannel(options: ChannelOptions): Channel;
}

const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Creates a client. It holds no state but the credentials, so that one per set of credentials is cheap.
 * @throws GatewayError `insecure_gateway_url`
 */
export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const origin = checkedOrigin(options.origin);
  const caller = createCaller({
    baseUrl: origin,
    transport: options.transport,
    credentials: options.credentials ?? NO_CREDENTIALS,
    retry: options.retry ?? DEFAULT_RETRY,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  });
  const presence = presenceArea(caller);
  return {
    origin,
    discovery: discoveryArea(caller),
    auth: authArea(caller),
    consent: consentArea(caller),
    pairing: pairingArea(caller),
    presence,
    exchanges: exchangeArea(caller),
    policies: policyArea(caller),
    approvers: approverArea(caller),
    requests: requestArea(caller),
    tokens: tokenArea(caller),
    apps: appArea(caller),
    streams: streamArea(caller),
    openChannel: (channel) => openChannel(caller, presence, channel),
  };
}
