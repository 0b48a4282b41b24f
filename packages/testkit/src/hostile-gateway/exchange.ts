import type { IncomingHttpHeaders } from 'node:http';

/** A request as it arrived, body complete. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A response, real or made up. Lengths are recomputed. */
export interface ProxiedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a tamperer answers: a response, silence until the server closes, or a cut connection. */
export type Tampered = ProxiedResponse | 'withhold' | 'cut';

/** Decides about one exchange. `forward` asks the real gateway, as often as it is called. */
export type Tamperer = (
  request: ProxiedRequest,
  forward: (changed?: Partial<ProxiedRequest>) => Promise<ProxiedResponse>,
) => Tampered | Promise<Tampered>;

/** Which requests a tamperer gets. */
export interface TamperedRoute {
  readonly method: string;
  readonly path: RegExp;
}

/** A JSON response. */
export function jsonResponse(status: number, value: unknown): ProxiedResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** A response with its JSON body changed; a body that is not JSON stays. */
export function withJson(response: ProxiedResponse, change: (value: unknown) => unknown): ProxiedResponse {
  if (response.body === '') return response;
  return { ...response, body: JSON.stringify(change(JSON.parse(response.body))) };
}
