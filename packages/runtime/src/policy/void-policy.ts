import type { PolicyRefusal } from '@airlock/policy';
import { RuntimeError } from '../errors.js';

/** Why a signed document is not in force, for the human. */
export type VoidReason =
  | PolicyRefusal
  | 'missing'
  | 'unreadable'
  | 'other_document'
  | 'approver_replaced'
  | 'cannot_loosen';

const WORDS: Readonly<Record<VoidReason, string>> = {
  missing: 'it is missing',
  unreadable: 'its file is damaged',
  other_document: 'another document is in its place',
  approver_replaced: 'another approver signed it than the one that is paired now',
  cannot_loosen: 'the approver that is paired now may not loosen anything',
  plaintext_unreadable: 'what was approved cannot be read',
  wrong_workspace: 'it was signed for another workspace',
  decision_unreadable: 'its approval cannot be read',
  request_mismatch: 'its approval belongs to another request',
  not_approved: 'it was not approved',
  hash_mismatch: 'something else was approved',
  unknown_key: 'another key signed it',
  pipe_signature: 'its signature is wrong',
  harp_missing: 'the canonical decision is missing',
  harp_signature: 'the signature of its canonical decision is wrong',
  harp_mismatch: 'its canonical decision says something else',
  document_unreadable: 'the document cannot be understood',
};

/** The problem that a void document is: nothing is denied for it, everything is asked (LOC-080, LOC-085). */
export function policyVoid(
  reason: VoidReason,
  where: { readonly file?: string; readonly cause?: unknown } = {},
): RuntimeError {
  const why = where.cause instanceof RuntimeError ? where.cause.message : WORDS[reason];
  const message = `the signed policy is not in force and everything is asked: ${why}`;
  return new RuntimeError('policy_void', message, { ...where, fix: 'airlock policy renew' });
}
