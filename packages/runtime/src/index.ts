export { RUNTIME_CODES, RuntimeError, type RuntimeCode } from './errors.js';
export {
  runDaemon,
  startDaemon,
  type CloseReason,
  type RunningDaemon,
  type StartDaemonOptions,
} from './daemon/start.js';
export { resolvePaths, type ResolvePathsOptions, type RuntimePaths } from './paths/paths.js';
export type { HookAnswer, HookCall, HostAdapter } from './socket/host-adapter.js';
