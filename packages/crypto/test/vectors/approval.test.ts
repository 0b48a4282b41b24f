import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { base64UrlDecode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { type ApprovalRefusal, approvalRefusal } from '../../src/approval.js';
import { nobleVerifier } from '../../src/ed25519.js';

const vectors = JSON.parse(
  readFileSync(new URL('../../../testkit/vectors/decision-signature.json', import.meta.url), 'utf8'),
);
const { requestId, artifactHash, repoRef, signer } = vectors.context;
const key = { verifier: nobleVerifier, publicKey: base64UrlDecode(signer.publicKey) };

/** What the reasons of table 17.1 are called for a stored decision; null: state, clocks and journal are not looked at. */
const REASONS: Readonly<Record<string, ApprovalRefusal | null>> = {
  bad_message: 'decision_unreadable',
  request_mismatch: 'request_mismatch',
  not_awaiting: null,
  artifact_expired: null,
  decision_value: 'not_approved',
  unsigned: 'decision_unreadable',
  artifact_hash: 'hash_mismatch',
  unknown_key: 'unknown_key',
  revoked_key: null,
  pipe_signature: 'pipe_signature',
  downgrade: 'harp_missing',
  profile: 'decision_unreadable',
  algorithm: 'harp_mismatch',
  harp_signature: 'harp_signature',
  field_mismatch: 'harp_mismatch',
  repo_ref: 'harp_mismatch',
  scope: 'harp_mismatch',
  local_policy: null,
  replayed: null,
  journal_unavailable: null,
};
/** Vectors whose canonical form is signed and says something else, or has an expiry that is only read. */
const SIGNED: Readonly<Record<string, ApprovalRefusal | null>> = {
  'signed-requestId': 'harp_mismatch',
  'signed-artifactHash': 'harp_mismatch',
  'signed-expired': null,
  'signed-expiry-unreadable': 'harp_mismatch',
};

function expected(vector: any): ApprovalRefusal | null {
  if (vector.envelope.body?.decision === 'reject') return 'not_approved';
  if (vector.expect.result === 'accept') return null;
  const reason = SIGNED[vector.id] === undefined ? REASONS[vector.expect.reason] : SIGNED[vector.id];
  if (reason === undefined) throw new TypeError(`no row for ${vector.expect.reason}`);
  return reason;
}

describe(rules('LOC-080', 'ENF-030')`the decision vectors, read as stored approvals`, () => {
  const all = [vectors.pipe.valid, vectors.pipe.invalid, vectors.harp.valid, vectors.harp.invalid].flat();

  it.each(all.map((vector: any) => [vector.id, vector]))('%s', (_, vector) => {
    const { requireHarpDecision = false, capabilities = [] } = vector.pairing ?? {};
    const context = {
      requestId,
      artifactHash,
      repoRef,
      signerKeyId: signer.signerKeyId,
      key,
      requireHarpDecision: requireHarpDecision || capabilities.includes('harp-decision/1'),
    };
    expect(approvalRefusal(JSON.stringify(vector.envelope), context)).toBe(expected(vector));
  });
});
