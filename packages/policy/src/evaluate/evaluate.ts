import type { AirlockAction } from '@airlock/protocol';
import type { PolicyInForce } from '../document/in-force.js';
import type { ActionFacts } from '../facts.js';
import type { StandingPolicy } from '../standing/model.js';
import type { Verdict } from '../verdict.js';

/** Everything a verdict depends on. */
export interface EvaluationInput {
  /** The finished plaintext; its notice `touches-gate` says that a protected target is involved. */
  readonly action: AirlockAction;
  readonly facts: ActionFacts | null;
  readonly policy: PolicyInForce;
  /** What {@link standingAt} gave for the action's workspace and session. */
  readonly standing: readonly StandingPolicy[];
  readonly session: { readonly tainted: boolean };
  /** Real path of the workspace. */
  readonly workspacePath: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What happens to an action before a human is asked. Pure, total, linear in the size of the action. */
export function evaluate(_input: EvaluationInput): Verdict {
  throw new TypeError('not built yet');
}

/** Whether fail mode open may let this action pass (ENF-155), were the gateway unreachable now. */
export function failsOpen(_input: Pick<EvaluationInput, 'action' | 'policy' | 'at'>): boolean {
  throw new TypeError('not built yet');
}
