import type { GatewayFailure, Outcome } from '@airlock/enforcer';

/** A good answer. */
export function ok<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

/** A failed call. */
export function failure(fields: Partial<GatewayFailure> & Pick<GatewayFailure, 'kind'>): Outcome<never> {
  return { ok: false, failure: { code: fields.kind, retryable: false, ...fields } };
}

/** No answer at all. */
export const UNREACHABLE: Outcome<never> = failure({
  kind: 'unreachable',
  code: 'gateway_unreachable',
  retryable: true,
});
/** 401. */
export const UNAUTHORIZED: Outcome<never> = failure({ kind: 'unauthorized', code: 'unauthorized', status: 401 });
/** 404 `NotFound`. */
export const NOT_FOUND: Outcome<never> = failure({ kind: 'rejected', code: 'NotFound', status: 404 });
/** 503 `unavailable`. */
export const UNAVAILABLE: Outcome<never> = failure({
  kind: 'rejected',
  code: 'unavailable',
  status: 503,
  retryable: true,
});

/** 403 with a code. */
export function forbidden(code: string, consentUrl?: string): Outcome<never> {
  return failure({ kind: 'forbidden', code, status: 403, ...(consentUrl === undefined ? {} : { consentUrl }) });
}
