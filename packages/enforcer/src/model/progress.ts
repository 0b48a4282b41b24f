import { type Assurance, PAIRING_REFUSALS as RESPONSE_REFUSALS } from '@airlock/protocol';
import type { EpochMs, PairingId, RequestId, WorkspaceId } from './base.js';
import type { DenyCode } from './codes.js';

/** How a request ended, for the one who asked. */
export type DecidedOutcome = 'approved' | 'rejected' | 'policy' | 'timeout' | 'failed' | 'withdrawn';

/** What the one who waits for a request is told. `decided` comes exactly once and is last. */
export type RequestProgress =
  | { readonly kind: 'submitted'; readonly expiresAt: EpochMs }
  /** The gateway did not answer well; asked again after `afterMs`. */
  | {
      readonly kind: 'retrying';
      readonly code: string;
      readonly afterMs: number;
      /** Whether the gateway was reached, or a byte of the artifact may have left, in this attempt or an earlier one (ENF-155). */
      readonly submissionBegan: boolean;
    }
  | {
      readonly kind: 'decided';
      readonly verdict: 'allow' | 'deny';
      readonly outcome: DecidedOutcome;
      readonly code?: DenyCode;
      /** Untrusted text of at most 1,000 characters (ENF-050). */
      readonly reason?: string;
      /** Step and reason of table 17.1, for a refused decision. */
      readonly refusal?: { readonly step: number; readonly reason: string };
      /** Whether the first byte of the artifact may have left (ENF-155). */
      readonly submissionBegan: boolean;
      /** Until when an approval can be claimed. */
      readonly claimBefore?: EpochMs;
      /** The message that approved, as it was delivered (LOC-080). Claim the approval before it is used. */
      readonly evidence?: string;
    };

/** What the one who pairs is told. `paired`, `expired` and `refused` are last. */
export type PairingProgress =
  | {
      readonly kind: 'started';
      /** The gateway's half of the code; empty when a code was claimed. */
      readonly pairingCode: string;
      readonly expiresAt: EpochMs;
    }
  | {
      /** Ask the human at the terminal, after the warning of PAIR-210; answer with `pairing.confirm`. */
      readonly kind: 'confirm';
      readonly safetyNumber: string;
      readonly fingerprint: string;
    }
  | {
      /**
       * Another approver is pinned: open a `policy.change` whose document names `publicKey` in `approverKey`, and on its approval
       * send `pairing.replace` (PAIR-260).
       */
      readonly kind: 'needs-old-approver';
      readonly signerKeyId: string;
      readonly publicKey: string;
      /** False when no pairing is in force that could ask the old approver: only the recovery code helps. */
      readonly reachable: boolean;
    }
  | {
      readonly kind: 'paired';
      readonly signerKeyId: string;
      readonly assurance: Assurance;
      readonly safetyNumber: string;
      readonly replaced: boolean;
      /** True when a new recovery code was made: show it once. */
      readonly newRecoveryCode: boolean;
    }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'refused';
      readonly reason: PairingRefusal;
      /** True when the answer did not come from somebody who knows the secret (PAIR-200). */
      readonly interception: boolean;
    };

/** Why a pairing ended without storing anything, those of the response (PAIR-190) first. */
export const PAIRING_REFUSALS = [
  ...RESPONSE_REFUSALS,
  'already_pairing',
  'cancelled',
  'code_invalid',
  'consent',
  'declined',
  'gateway',
  'key_pinned',
  'not_signed_in',
  'recovery_code_wrong',
  'recovery_unavailable',
  'rejected',
  'shutting_down',
  'state_unwritable',
] as const;

/** One of {@link PAIRING_REFUSALS}. */
export type PairingRefusal = (typeof PAIRING_REFUSALS)[number];

/** Why sign-in ended without a credential, or ended. */
export const AUTH_FAILURES = [
  'access_denied',
  'bad_verification_uri',
  'cancelled',
  'consent_denied',
  'expired_token',
  'gateway',
  'interactive_sign_in_off',
  'state_unwritable',
  'unauthorized',
  'unreachable',
] as const;

/** One of {@link AUTH_FAILURES}. */
export type AuthFailure = (typeof AUTH_FAILURES)[number];

/** What the one who signs in is told. `signed-in` and `failed` are last. */
export type AuthProgress =
  | {
      readonly kind: 'verification';
      readonly userCode: string;
      readonly verificationUri: string;
      readonly verificationUriComplete: string | null;
      readonly expiresAt: EpochMs;
    }
  | {
      readonly kind: 'consent';
      readonly state: 'Required' | 'Pending' | 'Denied';
      readonly consentUrl: string | null;
    }
  | { readonly kind: 'signed-in'; readonly method: 'pat' | 'oidc' }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'failed'; readonly code: AuthFailure };

/** Progress for whoever started something, by id; nobody listening is fine. */
export type NotifyEffect =
  | {
      readonly type: 'notify.request';
      readonly requestId: RequestId;
      readonly progress: RequestProgress;
    }
  | {
      readonly type: 'notify.pairing';
      readonly pairingId: PairingId;
      readonly workspaceId: WorkspaceId;
      readonly progress: PairingProgress;
    }
  | { readonly type: 'notify.auth'; readonly progress: AuthProgress };
