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
export { ensureSecureDirectory } from './files/secure-directory.js';
export { readSecure, removeSecure, replaceDurably } from './files/secure-file.js';
export { openLock, type Lock } from './lock/lock.js';
export { listAudit, showAudit, verifyAudit, type AuditItem, type AuditVerdict } from './audit/read-audit.js';
export { repairStorage, type RepairAnswer } from './state/repair.js';
