export { RUN_EXIT, signalExitCode } from './exit-codes.js';
export { RUN_CODES, RunFailure, type RunCode } from './failure.js';
export { runCommand, type RunOptions, type RunPorts, type RunResult } from './run-command.js';
export {
  type ApproveOptions,
  type ApproveResult,
  approveCommandLine,
} from './approve-command-line.js';
export type { Connection, RunDaemon } from './ask.js';
export { failureLine, sayOnStderr, visible, type Say } from './messages.js';
export { type CommandLineOf, describeCommand, describeCommandLine, type Described } from './describe.js';
