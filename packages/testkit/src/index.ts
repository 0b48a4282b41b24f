export { SIMULATED_START, simulatedClock, type SimulatedClock } from './simulation/clock.js';
export { seededRng, type SeededRng } from './simulation/rng.js';
export { deepFreeze, frozenStep, type StepFunction } from './engine/frozen-step.js';
export { memoVerifier } from './engine/memo-verifier.js';
export { commandRequest, type CommandSpec } from './engine/artifact.js';
export { type DriverOptions, engineDriver, type EngineDriver, type PlainEvent } from './engine/driver.js';
export {
  type DecisionSpec,
  SCRIPTED_CAPABILITIES,
  scriptedApprover,
  type ScriptedApprover,
  type SessionView,
} from './approver/scripted-approver.js';
export { gatewayModel, type GatewayModel, type ModelExchange } from './gateway-model/gateway-model.js';
export {
  failure,
  forbidden,
  NOT_FOUND,
  ok,
  UNAUTHORIZED,
  UNAVAILABLE,
  UNREACHABLE,
} from './gateway-model/outcomes.js';
export { type Explorable, exploreBreadthFirst, type Exploration, type Violation } from './explore/breadth-first.js';
export type { HostileWorldOptions, WorldAction } from './explore/actions.js';
export { hostileWorld } from './explore/hostile-world.js';
export { type HostileCast, type HostileMessage, hostileMessages } from './explore/messages.js';
export { WEAKENED_ENGINES, type WeakenedEngine } from './explore/weakened.js';
export type { World } from './explore/world.js';
export {
  jsonResponse,
  type ProxiedRequest,
  type ProxiedResponse,
  type Tampered,
  type Tamperer,
  type TamperedRoute,
  withJson,
} from './hostile-gateway/exchange.js';
export {
  type HostileGateway,
  type HostileGatewayOptions,
  type SeenExchange,
  startHostileGateway,
} from './hostile-gateway/server.js';
