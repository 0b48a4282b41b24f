export type { DaemonClient, CallOptions } from './socket/daemon-client.js';
export { connectDaemon } from './socket/connect.js';
export { handlePipes } from './socket/handle-pipes.js';
export type { PipeConnection, Pipes } from './socket/pipes.js';
export { type HookPost, postHook } from './socket/post-hook.js';
export { streamPipes } from './socket/stream-pipes.js';
export { type RawHookAnswer, readRawAnswer } from './socket/raw-answer.js';
export { ensureDaemon, type EnsureDaemonOptions } from './daemon/ensure.js';
export { stopDaemon, daemonState, type DaemonState, type StopAnswer, type StopOptions } from './daemon/stop.js';
export { resolvePaths, type ResolvePathsOptions, type RuntimePaths, type SocketPlace } from './paths/paths.js';
export { RuntimeError, type RuntimeCode } from './errors.js';
export type {
  ClaimAnswer,
  ConfirmAnswer,
  DecidedOutcome,
  DecisionsAnswer,
  LocalErrorBody,
  OutcomeAnswer,
  OutcomeBody,
  PairBody,
  PairEvent,
  ReceiptAnswer,
  RequestBody,
  RequestEvent,
  RequestsAnswer,
  SignInBody,
  SignInEvent,
  SignOutAnswer,
  StatusAnswer,
  UnpairAnswer,
  WithdrawAnswer,
  WorkspaceStatus,
} from './socket/api.js';
export type { AuthorizeAnswer, AuthorizeBody, EndpointAnswer, EndpointBody } from './socket/authorize-api.js';
export type {
  Basis,
  ExplainAnswer,
  ExplainBody,
  PolicyAnswer,
  PolicyChangeBody,
  PolicyChangeEvent,
  RestrictionAnswer,
  RestrictionBody,
} from './socket/policy-api.js';
export { workspaceAround } from './workspaces/workspace-around.js';
export { type OfflineCall, offlineVerdict, type OfflineVerdict } from './offline/offline-verdict.js';
export { hookEnvironment } from './socket/hook-environment.js';
export { nodeVerifier } from './engine/node-verifier.js';
export { collectFacts, type FactsSubject } from './facts/collect.js';
export { patternFacts, type PatternPlace } from './facts/pattern-facts.js';
export { FACTS_CODES, FactsError, type FactsCode } from './facts/errors.js';
export { environmentDifferences, type EnvironmentBaseline } from './facts/environment.js';
export { identifyCached } from './facts/identify-cached.js';
export { type DescribedLine, describeShellLine, loginDifferences, type ShellLine } from './facts/shell-line.js';
export { type ForeignFile, openForeign } from './files/foreign-file.js';
export { followLinks } from './facts/targets.js';
export {
  type Executable,
  type ExecutableSearch,
  type Interpreter,
  resolveExecutable,
} from './facts/resolve/executable.js';
export { type FileIdentity, sameStamp, stampOf } from './facts/resolve/file-identity.js';
export type { HookAnswer, HookCall, HookPending, HostAdapter } from './socket/host-adapter.js';
export type { CheckAnswer, CheckedMessage, GatewayCheck } from './host/gateway-check.js';
export type {
  HostAction,
  HostAdapterFactory,
  HostCall,
  HostDesk,
  HostOutcome,
  HostRefusal,
  HostVerdict,
} from './host/host-desk.js';
