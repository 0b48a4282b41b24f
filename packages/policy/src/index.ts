export { HARMLESS_BUILTINS } from './command/shell-words.js';
export { type PolicyChange, type ProposedPolicy, proposePolicy } from './document/change.js';
export { describePolicy } from './document/describe.js';
export { PolicyChangeError, type PolicyChangeErrorCode } from './document/errors.js';
export {
  type LocalRestriction,
  type PatternInForce,
  type PolicyInForce,
  policyInForce,
  STRICTEST_POLICY,
  type ToolInForce,
  toolId,
} from './document/in-force.js';
export {
  checkSignedPolicy,
  POLICY_REFUSALS,
  type PolicyCheck,
  type PolicyRefusal,
  type PolicySigner,
  type SignedPolicyRecord,
} from './document/signed.js';
export { evaluate, type EvaluationInput, failsOpen } from './evaluate/evaluate.js';
export { changedPins, type PinnedCommand, STARTUP_FACT } from './evaluate/pins.js';
export { type ActionFacts, actionFactsSchema, type SimpleCommandFacts, simpleCommandFactsSchema } from './facts.js';
export { explainPattern } from './patterns/explain.js';
export {
  type CommandLine,
  type LexedLine,
  lexCommandLine,
  matchCommandLine,
  type MatchResult,
  matchWords,
  type PatternReading,
  type ReadPattern,
  readPattern,
  readPatternWords,
  type SimpleCommand,
} from './patterns/match.js';
export { type ProgramKind, programKind } from './patterns/programs/program-kind.js';
export { MATCH_REASONS, type MatchReason } from './patterns/reasons.js';
export type { StandingContext, StandingPolicy, StandingState } from './standing/model.js';
export { absorbFailure, absorbPolicies, endPolicy, initialStanding, standingAt } from './standing/standing.js';
export { taintsSession } from './targets/taint.js';
export { type GatePlaces, targetCandidates, type TargetedAction, touchedTargets } from './targets/touches-gate.js';
export { type AllowBasis, ASK_REASONS, type AskReason, type PassBasis, type Verdict } from './verdict.js';
