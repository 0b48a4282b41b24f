import { nobleVerifier } from '@airlock/crypto';
import { verifyDecision } from '../decision/verify.js';
import type { EnforcerEvent } from '../model/events.js';
import type { EnforcerPorts } from '../model/ports.js';
import type { EnforcerState, StepResult } from '../model/state.js';
import type { EngineParts } from './draft.js';
import { reconcile } from './reconcile.js';
import { route } from './route.js';

/** A step function over an engine's parts. */
export type Step = (state: EnforcerState, event: EnforcerEvent, ports?: Partial<EnforcerPorts>) => StepResult;

/** Composes the machines into a step. Parts other than the shipped ones exist for tests only. */
export function composeStep(parts: Partial<EngineParts> = {}): Step {
  const base: EngineParts = { verifier: nobleVerifier, verifyDecision, ...parts };
  return (state, event, ports) => {
    const draft = route({ state, effects: [], parts: { ...base, verifier: ports?.verifier ?? base.verifier } }, event);
    const { state: next, effects } = reconcile(state, draft, event);
    return { state: next, effects };
  };
}
