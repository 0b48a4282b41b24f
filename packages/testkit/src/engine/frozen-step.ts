import { type EnforcerEvent, type EnforcerPorts, type EnforcerState, step, type StepResult } from '@airlock/enforcer';

/** A step like the engine's. */
export type StepFunction = (state: EnforcerState, event: EnforcerEvent, ports?: Partial<EnforcerPorts>) => StepResult;

/** Freezes plain data to its last member. Bytes cannot be frozen, so they are refused: the engine's state has none. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) throw new TypeError('bytes in data that should be plain');
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}

/** Wraps a step so that any change of its input fails: strict-mode code throws on a write to frozen data. */
export function frozenStep(inner: StepFunction = step): StepFunction {
  return (state, event, ports) => deepFreeze(inner(deepFreeze(state), deepFreeze(event), ports));
}
