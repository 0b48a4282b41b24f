import { type VerifyContext, verifyHarpSignature, verifyPipeSignature } from '@airlock/crypto';
import { base64UrlDecode } from '@airlock/protocol';
import type { CheckInput } from './check-input.js';

const KEY_BYTES = 32;

function under({ context, verifier }: CheckInput): VerifyContext {
  return { verifier, publicKey: base64UrlDecode(context.signer.publicKey, KEY_BYTES) };
}

/** Step 10: the pipe form over exactly the received texts, under the pairing's key. */
export function pipeSignatureHolds(input: CheckInput): boolean {
  const { artifactHash, decision, nonce, signature } = input.subject.body;
  if (typeof artifactHash !== 'string' || typeof decision !== 'string') return false;
  if (typeof nonce !== 'string' || typeof signature !== 'string') return false;
  return verifyPipeSignature(under(input), { artifactHash, decision, nonce, signature });
}

/** Step 14: the canonical form over the received object without its signature, under the same key. */
export function harpSignatureHolds(input: CheckInput): boolean {
  const { harp } = input.subject;
  if (harp === 'absent' || harp === 'malformed') return false;
  return verifyHarpSignature(under(input), { signature: harp.form.signature }, harp.signable);
}
