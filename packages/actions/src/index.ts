export { displayCard } from './card/display-card.js';
export type { ToolCall } from './checks.js';
export type { CardField, CardValue, DisplayCard, PairingView } from './card/model.js';
export { commandAction, INTERPRETERS_EXTENSION, MAX_COMMAND_BYTES } from './command/command-action.js';
export { programName, runsOtherCommands } from './command/programs.js';
export { quoteArgv } from './command/quote.js';
export type {
  ActionContent,
  ActionPlaintext,
  CommandContent,
  CommandFacts,
  FileEditContent,
  FileEditFacts,
  GitCommitContent,
  GitPushContent,
  InterpreterFact,
  McpCallContent,
  McpCallFacts,
  PlaintextContext,
  PolicyChangeContent,
  PolicyChangeFacts,
  ToolContent,
  ToolFacts,
} from './content.js';
export { ActionError, type ActionErrorCode } from './errors.js';
export { fileEditAction } from './file/file-edit-action.js';
export { actionPlaintext } from './plaintext.js';
export { policyChangeAction } from './policy-change.js';
export type { RenderMode } from './render/alphabet.js';
export { RISK_MARKS, type RiskMark } from './render/marks.js';
export { displayLines, type Rendered, render } from './render/render.js';
export { unrender } from './render/unrender.js';
export {
  MCP_EXTENSION,
  MCP_TOOL_CALL,
  mcpBinding,
  mcpServerSha256,
  type McpTarget,
  mcpTarget,
} from './tool/mcp-call.js';
export { mcpCallAction, toolAction } from './tool/tool-action.js';
export {
  APPROVED_BEFORE,
  approvedCommits,
  COMMIT_IDS_EXTENSION,
  gitCommitAction,
  gitPushAction,
  REMOTE_EXTENSION,
} from './git/git-action.js';
export { diffTells, gitDiff } from './git/git-diff.js';
export type {
  ApprovedCommit,
  Blob,
  Blobs,
  GitCommit,
  GitCommitFacts,
  GitPushFacts,
  RawCommit,
  RefUpdate,
  TreeChange,
  TreeEntry,
} from './git/model.js';
export { isObjectId } from './git/object-id.js';
export { readCommit } from './git/raw-commit.js';
export { diffPaths } from './git/read-diff.js';
