import type { Turn } from '../machine/table.js';
import type { AuthState, Consent } from '../model/auth.js';
import type { AppCredential, CallId, Outcome, PersistId, Timed } from '../model/base.js';
import type { DurableAuth } from '../model/durable.js';
import type { GatewayCalls } from '../model/gateway-calls.js';

type Answered<Call extends keyof GatewayCalls> = {
  readonly key: string;
  readonly outcome: Outcome<GatewayCalls[Call]['response']>;
};

/** What the auth machine hears. */
export type AuthInput = Timed &
  (
    | { readonly type: 'restore'; readonly durable: DurableAuth | null }
    | {
        readonly type: 'signIn';
        readonly gatewayUrl: string;
        readonly method: { readonly kind: 'pat'; readonly pat: string } | { readonly kind: 'device' };
        readonly app?: AppCredential;
      }
    | { readonly type: 'cancel' }
    /** `after`: calls that still need the credential. */
    | { readonly type: 'signOut'; readonly after: readonly CallId[] }
    | ({ readonly type: 'discovered' } & Answered<'discover'>)
    | ({ readonly type: 'deviceStarted' } & Answered<'startDevice'>)
    | ({ readonly type: 'devicePolled' } & Answered<'pollDevice'>)
    | ({ readonly type: 'refreshed' } & Answered<'refresh'>)
    | ({ readonly type: 'consentChecked' } & Answered<'checkConsent'>)
    | { readonly type: 'saved'; readonly persistId: PersistId }
    | { readonly type: 'saveFailed'; readonly persistId: PersistId }
    | { readonly type: 'poll' }
    | { readonly type: 'deviceExpiry' }
    | { readonly type: 'refreshDue' }
    | { readonly type: 'consentDue' }
    | { readonly type: 'saveDue' }
    /** Another machine's call got 401 with the credential of this version. */
    | { readonly type: 'unauthorized'; readonly version: number }
    /** Another machine's call got a consent refusal. */
    | {
        readonly type: 'consentRefused';
        readonly consent: Exclude<Consent, 'Unknown' | 'Allowed'>;
        readonly consentUrl: string | null;
      }
    /** A request wants to go out although consent was refused before. */
    | { readonly type: 'recheckConsent' }
  );

/** One turn of the auth machine. */
export type AuthTurn = Turn<AuthState, never>;

/** Auth in one state. */
export type AuthIn<Name extends AuthState['name']> = Extract<AuthState, { readonly name: Name }>;
