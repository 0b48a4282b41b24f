export { GIT_CODES, type GitCode, GitError } from './errors.js';
export { commitMessage, type GatePorts, type HookExit, prePush, referenceTransaction } from './gate/gate.js';
export {
  gitStatus,
  type GitStatus,
  HOOKS,
  type HookName,
  type HookProgram,
  type HookState,
  installGit,
  type InstallOptions,
  uninstallGit,
} from './install/install.js';
export { REMOTE_RECEIPTS } from './receipts/exchange.js';
export { openReceipts, type Receipts } from './receipts/receipts.js';
export { RECEIPTS_REF } from './receipts/write-notes.js';
export { IDENTITY_VARIABLE, repositoryIdentity } from './repository/identity.js';
export { type Known, openRepository, type RefLine, type Repository } from './repository/repository.js';
export { explainVerdict } from './verify/explain.js';
export { judgePush, type PushVerdict } from './verify/pre-receive.js';
export { approverLine, APPROVERS_FILE } from './verify/approvers-file.js';
export { APPROVER_VARIABLE, type Trust, trustAt } from './verify/trust.js';
export {
  type CommitVerdict,
  VERIFY_REASONS,
  verifyCommits,
  type VerifyPorts,
  type VerifyReason,
} from './verify/verify.js';
