import type { AirlockAction } from '@airlock/protocol';
import type { PolicyInForce, Verdict } from './strictest.js';

/** What the policy in force says about an action. Without rules that allow anything the human is always asked. */
export function evaluate(_action: AirlockAction, _policy: PolicyInForce): Verdict {
  return { kind: 'ask' };
}
