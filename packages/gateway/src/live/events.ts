/** A pairing that was revoked, and what was stopped with it: the input of the messages that follow the commit. */
export interface RevokedPairing {
  readonly userId: string;
  readonly appId: string;
  readonly pairingId: string;
  readonly enforcerId: string;
  readonly approverId: string;
  /** No other pairing of that (principal, enforcerId) is active: tell the enforcer (PAIR-120). */
  readonly last: boolean;
}

/** An exchange that became Cancelled. */
export interface CancelledExchange {
  readonly userId: string;
  readonly requestId: string;
  readonly approverId: string;
}

/** Result of a revocation inside a store command. */
export interface Revocation {
  readonly pairings: readonly RevokedPairing[];
  readonly exchanges: readonly CancelledExchange[];
}

/** The pending item of section 8 that goes to the approvers (GW-460). */
export interface ConsentNotice {
  readonly consentId: string;
  readonly appId: string;
  readonly appName: string;
  readonly developerName: string;
  readonly kind: string;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
}

/** Messages to open channels. All are hints and never fail (GW-490); call them after the commit. */
export interface LiveEvents {
  /** Sends `exchange.cancelled` to approvers and, where PAIR-120 allows and the approver did it, `pairing.revoked` to enforcers. */
  readonly revoked: (revocation: Revocation, by: 'approver' | 'enforcer' | 'operator', reason: string) => void;
  /** Sends `consent.request` to every approver of the user. */
  readonly consentRequested: (userId: string, notice: ConsentNotice) => void;
}
