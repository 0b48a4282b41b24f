/** One call of a host as it arrived on `POST /v1/hooks/{host}/{event}` (LOC-040). */
export interface HookCall {
  readonly event: string;
  /** The host's input, byte for byte. */
  readonly input: Uint8Array;
  readonly signal: AbortSignal;
}

/** Ready-made answer: the hook prints `body` and exits with `exit`. */
export interface HookAnswer {
  readonly permission: 'allow' | 'pass' | 'deny';
  readonly exit: number;
  readonly body: string;
}

/** Translates one host's events; it does not decide. Handed to the daemon by the composing app. */
export interface HostAdapter {
  /** Path segment of the route, `[a-z0-9-]{1,32}`. */
  readonly host: string;
  handle(call: HookCall): Promise<HookAnswer>;
}
