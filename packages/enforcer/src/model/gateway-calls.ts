import type { AckSubmit, ArtifactSubmit } from '@airlock/protocol';
import type { Access, AppCredential, CallId, EnforcerId, EpochMs, Outcome, RequestId, Timed } from './base.js';

/** The identity provider that discovery named. */
export interface IdentityProvider {
  readonly baseUrl: string;
  readonly clientId: string;
}

/** A token response (AUTH-110). */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** One answer of the device token endpoint. */
export type DevicePoll =
  | { readonly status: 'pending' | 'slow_down' | 'expired' | 'denied' }
  | { readonly status: 'granted'; readonly tokens: Tokens };

interface PairingBody {
  readonly deviceId: string;
  readonly enforcerId: EnforcerId;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
  /** Raw 32 bytes, base64url. */
  readonly x25519PublicKey: string;
}

/** Every call the engine makes: what it asks, what it expects. */
export interface GatewayCalls {
  readonly discover: {
    readonly request: { readonly gatewayUrl: string };
    readonly response: {
      readonly gatewayId: string;
      readonly idp: IdentityProvider;
      readonly patSupported: boolean;
    };
  };
  readonly startDevice: {
    readonly request: {
      readonly gatewayUrl: string;
      readonly idp: IdentityProvider;
      readonly app?: AppCredential;
    };
    readonly response: {
      readonly deviceCode: string;
      readonly userCode: string;
      readonly verificationUri: string;
      readonly verificationUriComplete?: string;
      readonly expiresInSeconds: number;
      readonly intervalSeconds: number;
    };
  };
  readonly pollDevice: {
    readonly request: {
      readonly gatewayUrl: string;
      readonly idp: IdentityProvider;
      readonly app?: AppCredential;
      readonly deviceCode: string;
    };
    readonly response: DevicePoll;
  };
  readonly refresh: {
    readonly request: {
      readonly gatewayUrl: string;
      readonly idp: IdentityProvider;
      readonly app?: AppCredential;
      readonly refreshToken: string;
    };
    readonly response: Tokens;
  };
  /** Revokes a refresh token at sign-out. Best effort; starts only once the calls in `after` have answered. */
  readonly logout: {
    readonly request: {
      readonly gatewayUrl: string;
      readonly idp: IdentityProvider;
      readonly app?: AppCredential;
      readonly refreshToken: string;
      readonly after: readonly CallId[];
    };
    readonly response: Record<never, never>;
  };
  readonly checkConsent: {
    readonly request: { readonly access: Access };
    readonly response: { readonly status: string };
  };
  readonly initiatePairing: {
    readonly request: { readonly access: Access; readonly body: PairingBody };
    readonly response: {
      readonly pairingNonce: string;
      readonly pairingCode: string;
      readonly expiresAt: EpochMs;
    };
  };
  readonly claimPairing: {
    readonly request: {
      readonly access: Access;
      readonly body: PairingBody & { readonly pairingCode: string };
    };
    readonly response: { readonly pairingNonce: string; readonly expiresAt: EpochMs };
  };
  readonly pairingStatus: {
    readonly request: { readonly access: Access; readonly pairingNonce: string };
    readonly response: {
      readonly state: 'Pending' | 'Completed' | 'Expired' | 'Revoked';
      readonly responseJson: string | null;
      readonly routingToken: string | null;
      /** Ed25519 keys (raw, base64url) of approvers that the runtime found on this computer, not the gateway's (PAIR-225). */
      readonly localApproverKeys?: readonly string[];
    };
  };
  readonly revokePairing: {
    readonly request: { readonly access: Access; readonly routingToken: string };
    readonly response: Record<never, never>;
  };
  readonly heartbeat: {
    readonly request: {
      readonly access: Access;
      readonly enforcerId: EnforcerId;
      readonly enforcerLabel: string;
      readonly workspaceName: string;
    };
    readonly response: Record<never, never>;
  };
  readonly submitArtifact: {
    readonly request: { readonly access: Access; readonly envelope: ArtifactSubmit };
    readonly response: {
      readonly state: string;
      readonly expiresAt: EpochMs;
      readonly duplicate: boolean;
    };
  };
  readonly wait: {
    readonly request: {
      readonly access: Access;
      readonly requestId: RequestId;
      /** Whole seconds, 1 to 60. */
      readonly timeoutSeconds: number;
    };
    readonly response:
      | {
          readonly kind: 'delivered';
          /** The response body exactly as received. */
          readonly text: string;
        }
      | {
          readonly kind: 'pending';
          /** 0 when the gateway held for the full time, else how long to pause (EXCH-150). */
          readonly pauseMs: number;
        };
  };
  readonly withdraw: {
    readonly request: { readonly access: Access; readonly requestId: RequestId };
    readonly response: Record<never, never>;
  };
  readonly ack: {
    readonly request: { readonly access: Access; readonly envelope: AckSubmit };
    readonly response: Record<never, never>;
  };
}

/** Name of a gateway call. */
export type GatewayCallName = keyof GatewayCalls;

/** Effect `gateway.<call>`: perform it once, without retries or token refresh of your own. */
export type GatewayEffect = {
  readonly [K in GatewayCallName]: {
    readonly type: `gateway.${K}`;
    readonly callId: CallId;
    readonly request: GatewayCalls[K]['request'];
  };
}[GatewayCallName];

/** Event `gateway.<call>.result`: exactly one per effect, also after `gateway.cancel`. */
export type GatewayResultEvent = {
  readonly [K in GatewayCallName]: Timed & {
    readonly type: `gateway.${K}.result`;
    readonly callId: CallId;
    readonly outcome: Outcome<GatewayCalls[K]['response']>;
  };
}[GatewayCallName];
