/** Tokens as the provider gave them. Save them before using them (AUTH-120). */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** A started device grant. */
export interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** One poll of a device grant. After `slow_down` poll 5 s less often (AUTH-140). */
export type DevicePoll =
  | { readonly status: 'pending' | 'slow_down' | 'expired' | 'denied' }
  | { readonly status: 'granted'; readonly tokens: Tokens };
