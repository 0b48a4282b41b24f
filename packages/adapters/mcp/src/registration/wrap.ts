export interface WrapOptions {
  /** The client configuration, as the user named it. */
  readonly file: string;
  /** How a wrapped server starts the proxy: program and arguments up to `mcp proxy`. */
  readonly proxy: readonly string[];
}

export interface WrappedServer {
  readonly name: string;
  /** `left`: already so, or nothing that can be wrapped; `reason` says why. */
  readonly result: 'wrapped' | 'unwrapped' | 'left';
  readonly reason?: string;
}

/** Puts every server of a client configuration behind the proxy. Throws `config_invalid`, `config_unreadable`. */
export async function wrapConfig(_options: WrapOptions): Promise<readonly WrappedServer[]> {
  throw new Error('not built yet');
}

/** Puts back exactly what {@link wrapConfig} found. */
export async function unwrapConfig(_options: Pick<WrapOptions, 'file'>): Promise<readonly WrappedServer[]> {
  throw new Error('not built yet');
}
