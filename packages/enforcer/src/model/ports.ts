import type { Verifier } from '@airlock/crypto';

/** Pure functions that a runtime may replace by faster ones that pass the same vectors. */
export interface EnforcerPorts {
  readonly verifier: Verifier;
}
