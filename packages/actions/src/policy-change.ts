import type { PolicyChangeContent, PolicyChangeFacts } from './content.js';

/** Makes the content of a `policy.change` action (LOC-080). */
export function policyChangeAction(facts: PolicyChangeFacts): PolicyChangeContent {
  return {
    kind: 'policy.change',
    actionType: 'policy_change',
    commandText: facts.summary,
    description: 'Change of policy',
    policy: facts.policy,
  };
}
