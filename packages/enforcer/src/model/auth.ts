import type { AppCredential, CallId, EpochMs, MonoMs, PersistId } from './base.js';
import type { DurableAuth, StoredCredential } from './durable.js';
import type { IdentityProvider } from './gateway-calls.js';
import type { AuthFailure } from './progress.js';

/** Whether the app may act for the user (section 8). `Unknown` until the gateway said something. */
export type Consent = 'Unknown' | 'Required' | 'Pending' | 'Allowed' | 'Denied';

/** A sign-in that is in force or about to be. `version` counts the tokens of one sign-in. */
export interface SignIn {
  readonly gatewayUrl: string;
  readonly credential: StoredCredential;
  readonly app?: AppCredential;
  readonly version: number;
  /** When this token replaced one that the gateway had refused; absent otherwise. */
  readonly renewedAt?: EpochMs;
}

interface Common {
  readonly consent: Consent;
  /** Grows with every attempt and sign-out, so that answers to an older one are recognised. */
  readonly generation: number;
  /** Consent check under way. */
  readonly consentCall: CallId | null;
  /** Somebody waits for the end of this sign-in. */
  readonly announced: boolean;
}

/** Where a device grant stands. */
export type DeviceStage =
  | { readonly kind: 'discovering' }
  | { readonly kind: 'requesting'; readonly idp: IdentityProvider }
  | {
      readonly kind: 'polling';
      readonly idp: IdentityProvider;
      readonly deviceCode: string;
      readonly intervalMs: number;
      readonly expiresMono: MonoMs;
      readonly inFlight: boolean;
    }
  | { readonly kind: 'saving'; readonly signIn: SignIn; readonly save: Save };

/** A save that must succeed before what it saves is used (AUTH-120). */
export interface Save {
  readonly persistId: PersistId;
  readonly attempt: number;
}

/** A refresh under way: asking, pausing after a failure, or saving what came. */
export type RefreshStage =
  | { readonly kind: 'calling' }
  /** `unreached`: the last attempt got no HTTP answer at all. */
  | { readonly kind: 'backoff'; readonly unreached: boolean }
  | { readonly kind: 'saving'; readonly next: SignIn; readonly save: Save };

/** States of the auth machine. Only `SignedIn` lets anything be submitted. */
export type AuthState = Common &
  (
    | { readonly name: 'SignedOut' }
    | {
        readonly name: 'AwaitingDevice';
        readonly gatewayUrl: string;
        readonly app?: AppCredential;
        readonly stage: DeviceStage;
      }
    | {
        readonly name: 'SignedIn';
        readonly signIn: SignIn;
        /** Failed early refreshes in a row; the token still works. */
        readonly refreshFailures: number;
      }
    | {
        readonly name: 'Refreshing';
        readonly signIn: SignIn;
        /** `unauthorized`: the gateway refused the current token, which is not used any more. */
        readonly cause: 'early' | 'unauthorized';
        readonly failures: number;
        readonly stage: RefreshStage;
      }
    | { readonly name: 'Expired'; readonly gatewayUrl: string; readonly reason: AuthFailure }
  );

/** Name of an auth state. */
export type AuthStateName = AuthState['name'];

/** Stored form of a sign-in. */
export function durableAuth(signIn: SignIn): DurableAuth {
  const { gatewayUrl, credential, app } = signIn;
  return app === undefined ? { gatewayUrl, credential } : { gatewayUrl, credential, app };
}

/** When the access token ends; a PAT has no end the engine knows. */
export function accessExpiry(signIn: SignIn): EpochMs | null {
  return signIn.credential.kind === 'oidc' ? signIn.credential.expiresAt : null;
}
