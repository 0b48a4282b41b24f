/** Whoever makes a request, resolved from its credentials to exactly one party (AUTH-010). */
export type Principal = EnforcerPrincipal | ApproverPrincipal;

/** An enforcer of `userId`; without `appId` it is first-party. */
export interface EnforcerPrincipal {
  readonly role: 'enforcer';
  readonly userId: string;
  readonly appId?: string;
  /** The personal access token that was presented, when one was. */
  readonly tokenId?: string;
}

/** An approver of `userId`; without `approverId` it acts for the device that the request names (AUTH-070). */
export interface ApproverPrincipal {
  readonly role: 'approver';
  readonly userId: string;
  readonly approverId?: string;
  readonly tokenId?: string;
}

/** Why credentials did not yield a principal. `unavailable` is an outage, never a wrong credential (ERR-050). */
export interface AuthFailure {
  readonly failure: 'unauthorized' | 'invalid_client' | 'rate_limited' | 'unavailable';
  /** For a human: no secrets, nothing from the request. */
  readonly message: string;
}

/** Tells a principal from a failure. */
export function isPrincipal(value: Principal | AuthFailure): value is Principal {
  return 'role' in value;
}

/** Stored form of the app half of an enforcer principal: `''` is first-party. */
export function appKey(principal: EnforcerPrincipal): string {
  return principal.appId ?? '';
}
