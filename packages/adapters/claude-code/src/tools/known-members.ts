/**
 * Members that the tools of Claude Code take in their input, the tools of 2.1.330 and 2.1.197 together. A tool that is
 * not here, or a member that is not here, does something that nobody looked at: a human decides (`unknownInput`).
 */
const MEMBERS: Readonly<Record<string, string>> = {
  Agent: 'description prompt subagent_type model effort run_in_background name team_name mode isolation',
  AskUserQuestion: 'questions answers annotations metadata',
  Bash: 'command timeout description run_in_background dangerouslyDisableSandbox',
  CronCreate: 'cron prompt recurring durable',
  CronDelete: 'id',
  CronList: '',
  Edit: 'file_path old_string new_string replace_all',
  EndConversation: '',
  EnterPlanMode: '',
  EnterWorktree: 'name path',
  ExitPlanMode: 'allowedPrompts',
  ExitWorktree: 'action discard_changes',
  GetGoal: '',
  GetTask: 'taskId',
  Glob: 'pattern path',
  Grep: 'pattern path glob output_mode -B -A -C context -n -i -o type head_limit offset multiline',
  LS: 'path',
  LSP: 'operation filePath line character query',
  ListAgents: 'cursor',
  ListMcpResourcesTool: 'server',
  Monitor: 'description timeout_ms command ws',
  NotebookEdit: 'notebook_path cell_id new_source cell_type edit_mode',
  NotebookRead: 'notebook_path',
  PowerShell: 'command timeout description run_in_background dangerouslyDisableSandbox',
  PushNotification: 'message status',
  Read: 'file_path offset limit pages allow_large',
  ReadMcpResourceDirTool: 'server uri',
  ReadMcpResourceTool: 'server uri',
  ReadNotifications: '',
  RemoteTrigger: 'action trigger_id session_id cursor body',
  ReportFindings: 'level findings',
  ScheduleWakeup: 'delaySeconds reason prompt stop noop',
  SendFile: 'to files message',
  SendMessage: 'to summary message notify_when_idle',
  Skill: 'skill args',
  Task: 'description prompt subagent_type model effort run_in_background name team_name mode isolation',
  TaskCreate: 'subject description activeForm metadata',
  TaskGet: 'taskId',
  TaskList: '',
  TaskOutput: 'task_id block timeout',
  TaskStop: 'task_id shell_id',
  TaskUpdate: 'taskId subject description activeForm status addBlocks addBlockedBy owner metadata',
  TodoWrite: 'todos',
  ToolSearch: 'query max_results',
  WaitForMcpServers: 'servers',
  WebFetch: 'url prompt offset',
  WebSearch: 'query allowed_domains blocked_domains',
  Workflow: 'script name description title args scriptPath resumeFromRunId',
  Write: 'file_path content',
  Yield: '',
};

/** Name under which an unknown tool itself stands in `unknownInput`. */
export const UNKNOWN_TOOL = 'tool';

/** Members of a tool's input that this adapter does not know; {@link UNKNOWN_TOOL} for a tool that it does not know. */
export function unknownMembers(tool: string, input: object): readonly string[] {
  if (!Object.hasOwn(MEMBERS, tool)) return [UNKNOWN_TOOL];
  const known = new Set((MEMBERS[tool] ?? '').split(' '));
  return Object.keys(input).filter((name) => name === '' || !known.has(name));
}
