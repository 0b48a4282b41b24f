export type { AppArea, TokenArea } from './areas/account.js';
export type { ApproverArea } from './areas/approvers.js';
export type { AuthArea } from './areas/auth.js';
export type { ConsentArea } from './areas/consent.js';
export type { DiscoveryArea } from './areas/discovery.js';
export type { ExchangeArea } from './areas/exchanges.js';
export type { PairingArea } from './areas/pairing.js';
export type { Plain } from './areas/plain.js';
export type { PolicyArea } from './areas/policies.js';
export type { PresenceArea } from './areas/presence.js';
export type { HistoryQuery, PageQuery, RequestArea } from './areas/requests.js';
export {
  type Channel,
  type ChannelEvent,
  type ChannelOptions,
  DEFAULT_RECONNECT,
} from './channel/channel.js';
export type { StreamArea, StreamEvent } from './channel/event-stream.js';
export type { CallOptions } from './call-options.js';
export { createGatewayClient, type GatewayClient, type GatewayClientOptions } from './client.js';
export {
  type AppCredential,
  type BearerProvider,
  type Credentials,
  NO_CREDENTIALS,
  type UserCredential,
} from './credentials.js';
export {
  CLIENT_CODES,
  type ClientCode,
  type ConsentData,
  type FailureKind,
  GatewayError,
  type GatewayErrorFields,
} from './errors.js';
export type {
  AbortSignalLike,
  BodyReader,
  Deadline,
  FetchInit,
  FetchPort,
  FetchResponse,
  GatewayTransport,
  PlatformSignal,
  SocketLike,
  SocketPort,
} from './ports.js';
export { DEFAULT_RETRY, NO_RETRY, type RetryPolicy, type RetryState, retryDelay } from './retry.js';
export {
  type AuthorizationRequest,
  createOidcClient,
  type OidcClient,
  type OidcClientOptions,
} from './oidc/oidc-client.js';
export type { DeviceGrant, DevicePoll, Tokens } from './oidc/grants.js';
export type { AwaitDecisionRequest, WaitRequest, WaitResult } from './wait.js';
export { type WebPlatform, webTransport } from './web-transport.js';
