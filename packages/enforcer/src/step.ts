import { composeStep, type Step } from './composition/engine.js';
import type { EnforcerConfig } from './model/config.js';
import type { EnforcerState } from './model/state.js';

/** An engine that knows nothing yet: everything is denied until `engine.start`. */
export function initialState(config: Partial<EnforcerConfig> = {}): EnforcerState {
  return {
    config: { requireVerifiedPairing: false, requireHarpDecision: false, ...config },
    lifecycle: 'starting',
    fault: null,
    auth: {
      name: 'SignedOut',
      consent: 'Unknown',
      generation: 0,
      consentCall: null,
      announced: false,
    },
    pairings: {},
    presence: {},
    exchanges: {},
    orphans: {},
    rejections: [],
    requirements: {},
  };
}

/**
 * The engine: what an event does to the state and what is to be done about it. Pure and total: no event in any state
 * throws, and what does not apply changes nothing.
 */
export const step: Step = composeStep();
