import { parseHexSha256, type HexSha256, type PolicyDocument } from '@airlock/protocol';

/** The policy an enforcer works under, with the two members that every artifact carries (section 11). */
export interface PolicyInForce {
  /** 0 without a signed document. */
  readonly version: number;
  /** SHA-256 of the canonical document; of `{}` without one. */
  readonly sha256: HexSha256;
  /** The signed document; absent in the strictest policy. */
  readonly document?: PolicyDocument;
}

/** What happens to an action before a human is asked. */
export type Verdict = { readonly kind: 'ask' };

/** Everything is asked. In force without a document, and whenever one is missing, unsigned, altered or unreadable (LOC-080). */
export const STRICTEST_POLICY: PolicyInForce = {
  version: 0,
  sha256: parseHexSha256('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'),
};
