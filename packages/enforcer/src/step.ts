import type { EnforcerConfig } from './model/config.js';
import type { EnforcerEvent } from './model/events.js';
import type { EnforcerPorts } from './model/ports.js';
import type { EnforcerState, StepResult } from './model/state.js';

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
  };
}

/**
 * The engine: what an event does to the state and what is to be done about it. Pure and total: no event in any state
 * throws, and what does not apply changes nothing.
 */
export function step(state: EnforcerState, event: EnforcerEvent, ports?: Partial<EnforcerPorts>): StepResult {
  throw new TypeError(`not written: ${event.type} ${state.lifecycle} ${String(ports)}`);
}
