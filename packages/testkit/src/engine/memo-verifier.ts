import { nobleVerifier, type Verifier } from '@airlock/crypto';
import { hexEncode } from '@airlock/protocol';

/** A verifier that remembers: explorations check the same few signatures many thousand times. */
export function memoVerifier(inner: Verifier = nobleVerifier): Verifier {
  const known = new Map<string, boolean>();
  return {
    verify: (signature, message, publicKey) => {
      const key = [signature, message, publicKey].map(hexEncode).join('.');
      const before = known.get(key);
      if (before !== undefined) return before;
      const result = inner.verify(signature, message, publicKey);
      known.set(key, result);
      return result;
    },
  };
}
