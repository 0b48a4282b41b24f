import type { ActionFacts } from '../facts.js';
import type { TargetedAction } from './touches-gate.js';

/** Whether executing an action leaves its session's shell changed, so that the same text may mean something else afterwards. */
export function taintsSession(_action: TargetedAction, _facts: ActionFacts | null): boolean {
  throw new TypeError('not built yet');
}
