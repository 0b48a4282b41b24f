import { rules } from '@airlock/conformance';
import { decodePublicKey, enrollmentSignable, verifyEnrollmentSignature, verifyPolicySignature } from '@airlock/crypto';
import { base64Encode, base64UrlDecode, CanonicalizationError, EncodingError, utf8Decode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { engines } from '../engines.js';
import { loadVectors } from './load.js';

const v = loadVectors('gateway-messages');
const approverKey = loadVectors('pairing-response').approver.publicKey;
const publicKey = decodePublicKey(approverKey, 'Ed25519');
const enrollments = v.endpoints.filter((e: any) => e.route === 'POST /v1/approvers').map((e: any) => e.request.body);
const policies = v.messages
  .find((m: any) => m.id === 'dnd.policy.list')
  .value.body.filter((policy: any) => policy.signature !== undefined);

for (const [name, verifier] of engines) {
  const context = { verifier, publicKey };

  describe(rules('DND-050', 'CRYP-160')(`standing policies (${name})`), () => {
    test('the examples verify, and any change of them does not', () => {
      expect(policies.length).toBe(2);
      for (const policy of policies) {
        expect(verifyPolicySignature(context, policy)).toBe(true);
        for (const member of Object.keys(policy)) {
          const { [member]: value, ...rest } = policy;
          expect(verifyPolicySignature(context, rest)).toBe(false);
          if (typeof value === 'string') expect(verifyPolicySignature(context, { ...rest, [member]: `${value}x` })).toBe(false);
        }
        expect(verifyPolicySignature(context, { ...policy, extra: 'x' })).toBe(false);
        expect(verifyPolicySignature(context, { ...policy, signature: null })).toBe(false);
        const padded = base64Encode(base64UrlDecode(policy.signature));
        expect(verifyPolicySignature(context, { ...policy, signature: padded })).toBe(false);
        expect(() => verifyPolicySignature(context, { ...policy, extra: null })).toThrow(CanonicalizationError);
      }
    });
  });

  describe(`enrollments (${name})`, () => {
    test('the examples verify, with a code and without', () => {
      expect(enrollments.map((body: any) => body.enrollmentCode !== undefined)).toEqual([false, true]);
      for (const body of enrollments) {
        expect(verifyEnrollmentSignature(context, body)).toBe(true);
        for (const member of ['enrollmentCode', 'publicKey', 'timestamp', 'signature']) {
          expect(verifyEnrollmentSignature(context, { ...body, [member]: `${body[member] ?? ''}x` })).toBe(false);
        }
      }
    });

    test('a code cannot reach into the next member', () => {
      const parts = { enrollmentCode: 'a|b', publicKey: 'c', timestamp: 'd' };
      expect(() => enrollmentSignable(parts)).toThrow(EncodingError);
      expect(verifyEnrollmentSignature(context, { ...parts, signature: enrollments[0].signature })).toBe(false);
      expect(utf8Decode(enrollmentSignable({ publicKey: 'c', timestamp: 'd' }))).toBe('airlock-enroll-v1||c|d');
    });
  });
}
