import { HARP_VERSION } from '@airlock/protocol';

/** Which origins a browser may read answers from (GW-220). */
export interface CorsRules {
  /** Origin of the approver web app. */
  readonly allowedOrigin: () => string;
  /** Tells whether a public app has this origin on its list. */
  readonly isAppOrigin?: (origin: string) => Promise<boolean>;
}

const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key, X-Client-Id, X-HARP-Version, X-PAT';
const RESPONSE_HEADERS = 'Retry-After, X-HARP-Version';

async function isAllowed(rules: CorsRules, origin: string): Promise<boolean> {
  return origin === rules.allowedOrigin() || (await rules.isAppOrigin?.(origin)) === true;
}

/** Lets the page of an allowed origin read this answer; never `*`. */
export async function withCors(rules: CorsRules, origin: string | undefined, response: Response): Promise<Response> {
  if (origin === undefined || !(await isAllowed(rules, origin))) return response;
  response.headers.set('Access-Control-Allow-Origin', origin);
  response.headers.set('Access-Control-Expose-Headers', RESPONSE_HEADERS);
  response.headers.set('Vary', 'Origin');
  return response;
}

/** The answer to a preflight of an allowed origin; undefined for everybody else. */
export async function preflight(
  rules: CorsRules,
  origin: string | undefined,
  methods: string,
): Promise<Response | undefined> {
  if (origin === undefined || !(await isAllowed(rules, origin))) return undefined;
  const headers = {
    'Access-Control-Allow-Headers': REQUEST_HEADERS,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Max-Age': '600',
    'Cache-Control': 'no-store',
    'X-HARP-Version': HARP_VERSION,
  };
  return await withCors(rules, origin, new Response(null, { status: 204, headers }));
}
