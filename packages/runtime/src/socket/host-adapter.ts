/** One call of a host as it arrived on `POST /v1/hooks/{host}/{event}` (LOC-040). */
export interface HookCall {
  readonly event: string;
  /** The host's input, byte for byte. */
  readonly input: Uint8Array;
  /**
   * Environment that the host started the hook with, as the hook tells it (`Airlock-Environment`: base64 of what
   * `env -0` prints); null when it tells none, so that no pattern applies.
   */
  readonly environment: Readonly<Record<string, string>> | null;
  readonly signal: AbortSignal;
}

/** Ready-made answer: the hook prints `body`, says `reason` on its standard error and exits with `exit`. */
export interface HookAnswer {
  readonly permission: 'allow' | 'pass' | 'deny';
  readonly exit: number;
  readonly body: string;
  /** Header `Airlock-Reason`: at most 4,000 characters U+0020..U+007E. */
  readonly reason?: string;
}

/** Nothing is decided yet: 202 and an empty body, for a layer that cannot wait long and asks again. */
export interface HookPending {
  readonly permission: 'pending';
}

/** Translates one host's events; it does not decide. Made by a {@link HostAdapterFactory}. */
export interface HostAdapter {
  /** Path segment of the route, `[a-z0-9-]{1,32}`. */
  readonly host: string;
  handle(call: HookCall): Promise<HookAnswer | HookPending>;
}
