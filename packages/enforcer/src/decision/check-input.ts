import type { Verifier } from '@airlock/crypto';
import type { DecisionContext } from './context.js';
import type { Subject } from './subject.js';

/** What a check looks at. */
export interface CheckInput {
  readonly subject: Subject;
  readonly context: DecisionContext;
  readonly verifier: Verifier;
}
