export { type Answering, Human, mentions, type Word } from './human.js';
export { CLAUDE_VERSIONS, type ClaudeVersion, findClaude, installClaude, installedClaude } from './installed-claude.js';
export { modelServer, type ModelServer, type ToolResult } from './model/model-server.js';
export { call, calls, type Conversation, say, type Step, type ToolCall } from './model/script.js';
export {
  claudeEnvironment,
  type ClaudeResult,
  type ClaudeRun,
  PROMPT,
  runClaude,
  type RunningClaude,
  startClaude,
  TINY_MCP,
  TINY_SERVER,
} from './run-claude.js';
export {
  BUILT_PLUGIN,
  claudePath,
  ClaudeSite,
  openSite,
  type PluginKind,
  type Project,
  type SiteOptions,
} from './site.js';
export {
  addServer,
  proxyWords,
  type ReceivedCall,
  receivedCalls,
  REGISTRATIONS,
  registerServers,
  WAIT_FOR_SERVERS,
} from './registered-servers.js';
export {
  isShort,
  type Mode,
  MODES,
  modesUnderTest,
  requiresClaude,
  versionsUnderTest,
} from './selection.js';
export { ClaudeTerminal, KEYS, type TerminalRun } from './terminal.js';
export { until } from './until.js';
