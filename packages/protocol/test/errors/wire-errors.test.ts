import { rules } from '@airlock/conformance';
import {
  CONSENT_CODES,
  consentErrorSchema,
  errorEnvelopeSchema,
  HARP_CODES,
  isConsentCode,
  isWireCode,
  parseErrorBody,
  VERIFICATION_STEPS,
  WIRE_ERRORS,
} from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from '../vectors.js';

const v = loadVectors('gateway-messages');

describe(rules('ERR-030', 'ERR-060')`table 5.1`, () => {
  test('is these literals and no others', () => {
    const rows = Object.entries(WIRE_ERRORS).map(([code, { status, retryable }]) => `${status} ${code} ${retryable}`);
    expect(rows).toEqual([
      '400 invalid_json false',
      '400 invalid_request false',
      '401 unauthorized false',
      '401 invalid_client false',
      '403 forbidden false',
      '403 pairing_revoked false',
      '403 workspace_limit_exceeded false',
      '403 app_consent_required false',
      '403 app_consent_pending false',
      '403 app_consent_denied false',
      '404 NotFound false',
      '404 pairing_code_invalid false',
      '405 method_not_allowed false',
      '413 payload_too_large false',
      '415 unsupported_media_type false',
      '409 AlreadyExistsConflict false',
      '409 AlreadyDecidedConflict false',
      '409 already_resolved false',
      '409 pairing_already_completed false',
      '422 no_approver false',
      '422 artifact_expired false',
      '422 HARP_ERR_HASH_MISMATCH false',
      '422 HARP_ERR_SIGNATURE_INVALID false',
      '422 HARP_ERR_UNSUPPORTED false',
      '426 unsupported_version false',
      '429 rate_limited true',
      '429 quota_exceeded true',
      '500 internal_error true',
      '503 unavailable true',
      '503 enforcer_offline true',
    ]);
  });

  test('names of the language are no codes', () => {
    for (const name of ['constructor', '__proto__', 'toString', '', 404, null]) expect(isWireCode(name)).toBe(false);
  });
});

describe(rules('ERR-010', 'ERR-020')`error bodies`, () => {
  test.each(cases(v.errors))('%s', (_id, c) => {
    const code = c.body.code ?? c.body.error;
    expect(WIRE_ERRORS[code as keyof typeof WIRE_ERRORS].status).toBe(c.status);
    const schema = isConsentCode(code) ? consentErrorSchema : errorEnvelopeSchema;
    expect(schema.parse(c.body)).toEqual(c.body);
    const parsed = parseErrorBody(c.status, c.body);
    expect(parsed).toMatchObject({ status: c.status, code, message: c.body.message });
    expect(parsed.retryable).toBe(c.body.retryable ?? false);
    expect(parsed.consent !== undefined).toBe(isConsentCode(code));
  });

  test('every code has an example', () => {
    const codes = v.errors.map((c: any) => c.body.code ?? c.body.error);
    expect(new Set(codes)).toEqual(new Set(Object.keys(WIRE_ERRORS)));
    expect(CONSENT_CODES.every(isConsentCode)).toBe(true);
  });

  test.each([
    [401, { error: 'invalid_grant' }, 'unknown', false],
    [500, undefined, 'unknown', true],
    [503, 'text', 'unknown', true],
    [429, { code: 7, body: [] }, 'unknown', true],
    [404, { error: 'NotFound' }, 'NotFound', false],
    [409, { body: { code: 'already_resolved', details: { state: 'Expired' } } }, 'already_resolved', false],
    [400, { code: 'constructor' }, 'unknown', false],
  ])('%i %j is read as %s', (status, body: any, code, retryable) => {
    expect(parseErrorBody(status, body)).toMatchObject({ code, retryable });
  });

  test('the text of a gateway is bounded', () => {
    expect(parseErrorBody(400, { message: 'x'.repeat(5000) }).message).toHaveLength(300);
  });
});

test('table 17.1 is these literals', () => {
  expect(VERIFICATION_STEPS.map(({ step, code, reason }) => `${step} ${code} ${reason}`)).toEqual([
    '1 HARP_ERR_TRANSPORT bad_message',
    '2 HARP_ERR_REPLAY request_mismatch',
    '3 HARP_ERR_REPLAY not_awaiting',
    '4 HARP_ERR_EXPIRED artifact_expired',
    '5 HARP_ERR_UNSUPPORTED decision_value',
    '6 HARP_ERR_SIGNATURE_INVALID unsigned',
    '7 HARP_ERR_HASH_MISMATCH artifact_hash',
    '8 HARP_ERR_SIGNATURE_INVALID unknown_key',
    '9 HARP_ERR_SIGNATURE_INVALID revoked_key',
    '10 HARP_ERR_SIGNATURE_INVALID pipe_signature',
    '11 HARP_ERR_SIGNATURE_INVALID downgrade',
    '12 HARP_ERR_CANONICALIZATION profile',
    '13 HARP_ERR_UNSUPPORTED algorithm',
    '14 HARP_ERR_SIGNATURE_INVALID harp_signature',
    '15 HARP_ERR_REPLAY request_mismatch',
    '16 HARP_ERR_HASH_MISMATCH artifact_hash',
    '17 HARP_ERR_SIGNATURE_INVALID field_mismatch',
    '18 HARP_ERR_SCOPE repo_ref',
    '19 HARP_ERR_EXPIRED decision_expired',
    '20 HARP_ERR_SCOPE scope',
    '21 HARP_ERR_POLICY_DENY local_policy',
    '22 HARP_ERR_REPLAY replayed',
    '23 HARP_ERR_REPLAY journal_unavailable',
  ]);
  expect(new Set(VERIFICATION_STEPS.map(({ code }) => code)).size).toBe(HARP_CODES.length);
});
