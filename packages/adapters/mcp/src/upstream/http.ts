import { checkedAddress, checkedHeaders } from './http/address.js';
import { HttpUpstream } from './http/http-upstream.js';
import { HTTP_LIMITS, type HttpLimits } from './http/limits.js';
import type { Upstream } from './upstream.js';

export interface HttpServer {
  readonly url: string;
  /** Sent with every request; values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Takes what no call's error can say, in one line. */
  readonly report?: (problem: string) => void;
  readonly limits?: HttpLimits;
}

/**
 * Streamable HTTP, sessions and stateless (2025-03-26 … 2026-07-28), without reading more of a message than its headers need.
 * Connects with the first message.
 * @throws RuntimeError `url_invalid`, `url_insecure`, `header_invalid`
 */
export function connectHttpServer({ url, headers, report, limits = HTTP_LIMITS }: HttpServer): Upstream {
  return new HttpUpstream({
    address: checkedAddress(url),
    headers: checkedHeaders(headers),
    limits,
    report: report ?? (() => undefined),
  });
}
