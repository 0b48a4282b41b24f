import type { Upstream } from './upstream.js';

export interface HttpServer {
  readonly url: string;
  /** Sent with every request; values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Streamable HTTP, sessions and stateless (2025-03-26 … 2026-07-28), without reading more of a message than its headers need. */
export function connectHttpServer(_server: HttpServer): Upstream {
  throw new Error('not built yet');
}
