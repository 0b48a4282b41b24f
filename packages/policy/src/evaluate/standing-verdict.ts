import type { AirlockAction } from '@airlock/protocol';
import type { StandingPolicy } from '../standing/model.js';
import { approves } from './approving.js';
import type { ReadAction } from './command-words.js';
import { denies } from './denying.js';

/** The standing policy that decides, or null: of those that apply the one of the highest precedence (DND-080). */
export function decidingPolicy(
  standing: readonly StandingPolicy[],
  effect: StandingPolicy['effect'],
  read: ReadAction,
): StandingPolicy | null {
  const applies = effect === 'deny' ? denies : approves;
  let deciding: StandingPolicy | null = null;
  for (const policy of standing) {
    if (policy.effect !== effect || !applies(policy, read)) continue;
    if (deciding === null || outranks(policy, deciding, read.action)) deciding = policy;
  }
  return deciding;
}

function outranks(one: StandingPolicy, other: StandingPolicy, action: AirlockAction): boolean {
  const [a, b] = [precedence(one, action), precedence(other, action)];
  const at = a.findIndex((value, index) => value !== b[index]);
  return (a[at] ?? 0) > (b[at] ?? 0);
}

/** Action before workspace, then the exact content, then the longest prefix, then the newest. */
function precedence(policy: StandingPolicy, action: AirlockAction): readonly number[] {
  const { scope, selector, createdAt } = policy;
  return [
    scope === 'action' ? 1 : 0,
    selector?.contentSha256 === action.contentSha256 ? 1 : 0,
    selector?.argvPrefix?.length ?? 0,
    createdAt,
  ];
}
