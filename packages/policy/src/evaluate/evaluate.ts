import type { AirlockAction } from '@airlock/protocol';
import type { PolicyInForce } from '../document/in-force.js';
import type { ActionFacts } from '../facts.js';
import type { StandingPolicy } from '../standing/model.js';
import type { Verdict } from '../verdict.js';
import { ask } from './ask.js';
import { type ReadAction, readAction } from './command-words.js';
import { patternVerdict } from './pattern-verdict.js';
import { readVerdict } from './reading.js';
import { decidingPolicy } from './standing-verdict.js';
import { toolVerdict } from './tool-verdict.js';

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

type Allowance = Extract<Verdict, { readonly kind: 'allow' | 'ask' }>;

/**
 * What happens to an action before a human is asked, in the order of docs/policy.md. Pure, total, linear in the size of
 * the action.
 */
export function evaluate(input: EvaluationInput): Verdict {
  const { action, standing, session } = input;
  const read = readAction(action);
  const denial = decidingPolicy(standing, 'deny', read);
  if (denial !== null) return { kind: 'deny', policyId: denial.policyId };
  if (action.kind === 'policy.change') return ask('policy_change');
  if (touchesGate(action)) return ask('protected_target');
  if (action.kind === 'command' && session.tainted) return ask('tainted_session');
  const allowance = signedAllowance(input, read);
  return allowance.kind === 'allow' ? allowance : (unGated(input) ?? readVerdict(input) ?? allowance);
}

/** Whether fail mode open may let this action pass (ENF-155), were the gateway unreachable now. */
export function failsOpen(input: Pick<EvaluationInput, 'action' | 'policy' | 'at'>): boolean {
  const { action, policy, at } = input;
  const isOpen = policy.failOpenUntil !== null && at < policy.failOpenUntil;
  return isOpen && action.kind !== 'policy.change' && !touchesGate(action);
}

/** A protected target goes to the human, whatever else holds (LOC-090). */
function touchesGate({ notices }: AirlockAction): boolean {
  return notices?.includes('touches-gate') === true;
}

/** A grant, patterns or a tool that cover the action, unless its host says more than anybody here understands. */
function signedAllowance(input: EvaluationInput, read: ReadAction): Allowance {
  const { facts, policy, standing } = input;
  const grant = decidingPolicy(standing, 'approve', read);
  const allowance: Allowance =
    grant === null
      ? signedVerdict(read, facts, policy)
      : { kind: 'allow', basis: { kind: 'grant', policyId: grant.policyId } };
  return allowance.kind === 'allow' ? (changedTool(input) ?? ununderstood(input) ?? allowance) : allowance;
}

function signedVerdict(read: ReadAction, facts: ActionFacts | null, policy: PolicyInForce): Allowance {
  const { action } = read;
  return action.kind === 'mcp-call' ? toolVerdict(action, policy.tools) : patternVerdict(read, facts, policy.patterns);
}

/** A server or tool that is not what was approved last under its name goes to the human. */
function changedTool({ action }: EvaluationInput): Allowance | null {
  return action.notices?.includes('tool-changed') === true ? ask('tool_changed') : null;
}

/** Tool input of which a member is unknown, or of which nobody says whether one is. */
function ununderstood({ action, facts }: EvaluationInput): Allowance | null {
  if (facts === null) return action.inputJson === undefined ? null : ask('no_facts');
  return facts.unknownInput.length === 0 ? null : ask('unknown_input', facts.unknownInput.join(', '));
}

/** Nothing gates this call (LOC-045); never an approval. */
function unGated({ action, policy, workspacePath, at }: EvaluationInput): Verdict | null {
  const { autoUntil, unmanaged, gatesOff } = policy;
  if (autoUntil !== null && at < autoUntil) return { kind: 'pass', basis: { kind: 'auto', until: autoUntil } };
  if (unmanaged.includes(workspacePath)) return { kind: 'pass', basis: { kind: 'unmanaged', path: workspacePath } };
  if (gatesOff.includes(action.source)) return { kind: 'pass', basis: { kind: 'gate-off', gate: action.source } };
  return null;
}
