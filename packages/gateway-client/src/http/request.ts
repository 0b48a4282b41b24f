import { type JsonValue, parseMessage } from '@airlock/protocol';

/** One route, ready to be sent. */
export interface ApiRequest<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute path with escaped segments, see {@link path}; `undefined` fails the call. */
  readonly path: string | undefined;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as `application/x-www-form-urlencoded`; OIDC routes only. */
  readonly form?: Readonly<Record<string, string>>;
  /** The one success status of the route. */
  readonly status: number;
  /** Checks and types the success body. Throws what the schema throws. */
  readonly read: (body: JsonValue) => T;
  /** True when sending it twice is the same as sending it once: only such calls are repeated. */
  readonly repeatable: boolean;
  /** False on routes marked `-`: no user credential is sent. */
  readonly authenticated: boolean;
  /** Upper bound of the success body in bytes. */
  readonly maxBytes?: number;
}

/**
 * Escapes the dynamic segments of a path: ``path`/v1/exchanges/${requestId}/wait` ``. `undefined` when a segment is one
 * that a URL would swallow (empty, `.`, `..`, ill-formed): such a call fails with `invalid_identifier`.
 */
export function path(literals: TemplateStringsArray, ...segments: readonly string[]): string | undefined {
  if (!segments.every(isSegment)) return undefined;
  return literals.reduce((built, literal, index) => built + encodeURIComponent(segments[index - 1] ?? '') + literal);
}

function isSegment(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && segment.isWellFormed();
}

/** A body with its content type, or neither. */
export function payload({ body, form }: Pick<ApiRequest<unknown>, 'body' | 'form'>): {
  readonly type?: string;
  readonly text?: string;
} {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', text: queryString(form).slice(1).replaceAll('%20', '+') };
  }
  return body === undefined ? {} : { type: 'application/json', text: JSON.stringify(body) };
}

/** Query string with a leading `?`, or nothing. Absent members are left out. */
export function queryString(query: ApiRequest<unknown>['query']): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Any schema of `@airlock/protocol`. */
export type MessageSchema = Parameters<typeof parseMessage>[0];

/** What a schema gives. */
export type Read<Schema extends MessageSchema> = ReturnType<typeof parseMessage<Schema>>;

/** Reader of a success body by its schema. */
export function bodyOf<Schema extends MessageSchema>(schema: Schema): (body: JsonValue) => Read<Schema> {
  return (body) => parseMessage(schema, body);
}

/** Reader of a 204. */
export function nothing(): undefined {
  return undefined;
}
