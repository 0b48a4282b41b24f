/** Flags that every command of `airlock mcp` but `serve` and `proxy` takes. */
export interface JsonFlags {
  readonly json?: true;
}

/** Flags of `airlock mcp proxy`. */
export interface ProxyFlags {
  readonly name?: string;
  readonly url?: string;
  /** `NAME=VARIABLE`: the header's value comes from the environment. */
  readonly headerEnv?: readonly string[];
  readonly timeout: number;
  /** Given: also for clients that take progress. */
  readonly pendingAfter?: number;
}

/** Flags of `airlock mcp endpoint on`. */
export interface EndpointFlags extends JsonFlags {
  readonly port: number;
  readonly workspace?: string;
}
