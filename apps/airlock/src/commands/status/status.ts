import { approverLine } from '@airlock/adapter-git';
import type { StatusAnswer, WorkspaceStatus } from '@airlock/runtime/client';
import { RuntimeError } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { asTyped, commandLine } from '../../cli/invocation.js';
import { gitSummary } from '../git/status.js';
import { timeWords } from '../policy/time-words.js';

/** The frozen shape of `status --json`; what the daemon says beyond it is added. */
function shape(answer: StatusAnswer) {
  return {
    signedIn: answer.signedIn,
    gatewayUrl: answer.gatewayUrl,
    user: answer.user,
    workspaces: answer.workspaces,
    daemon: { running: answer.daemon.running, pid: answer.daemon.pid },
    secrets: answer.secrets,
    method: answer.method,
    consent: answer.consent,
    presence: answer.presence,
    openRequests: answer.openRequests,
    problems: answer.problems,
  };
}

const STOPPED = {
  signedIn: false,
  gatewayUrl: null,
  user: null,
  workspaces: [],
  daemon: { running: false, pid: null },
  secrets: 'file',
  problems: [],
};

/** What may skip the question, and until when. */
export function policyWords(workspace: WorkspaceStatus): string {
  const until = (end: number | null) => (end === null ? '' : ` until ${timeWords(end)}`);
  const count = workspace.patterns.length;
  return [
    workspace.auto ? `auto on${until(workspace.autoUntil)}` : 'auto off',
    workspace.failMode === 'open' ? `fail mode open${until(workspace.failOpenUntil)}` : 'fail mode closed',
    `${count} ${count === 1 ? 'pattern' : 'patterns'}`,
    workspace.policyVersion === 0 ? 'no signed policy' : `policy version ${workspace.policyVersion}`,
  ].join(', ');
}

function workspaceLines(workspace: WorkspaceStatus): readonly string[] {
  const approver = workspace.paired
    ? `paired with ${workspace.signerKeyId ?? '?'} (${workspace.assurance ?? '?'}${workspace.capabilities.includes('unprotected-key') ? ', unprotected-key' : ''}${workspace.capabilities.includes('same-host') ? ', same-host' : ''})`
    : `${workspace.state}: everything is denied`;
  const key =
    workspace.signerPublicKey === null ? [] : [`    key of the approver: ${approverLine(workspace.signerPublicKey)}`];
  const recovery = workspace.recoveryUsedAt === null ? [] : ['    the recovery code was used for this pairing'];
  return [`  ${workspace.path}`, `    ${approver}`, ...key, `    ${policyWords(workspace)}`, ...recovery];
}

function describe(cli: Cli, answer: StatusAnswer): readonly string[] {
  const user = answer.user === null ? '' : ` as ${answer.user}`;
  const signedIn = answer.signedIn
    ? `signed in${user} at ${answer.gatewayUrl ?? '?'} (${answer.auth})`
    : 'signed out: everything is denied';
  return [
    `daemon     running, pid ${answer.daemon.pid}, presence ${answer.presence}`,
    `gateway    ${signedIn}`,
    `secrets    ${answer.secrets === 'keychain' ? 'in the keychain of the system' : 'in files that only you can read'}`,
    `workspaces ${answer.workspaces.length === 0 ? 'none' : ''}`.trimEnd(),
    ...answer.workspaces.flatMap(workspaceLines),
    ...answer.problems.map(
      (each) =>
        `PROBLEM    ${each.code} ${each.message}${each.fix === undefined ? '' : ` (try: ${asTyped(cli, each.fix)})`}`,
    ),
  ];
}

/** `airlock status`. */
export async function status(cli: Cli, flags: { readonly json?: true }): Promise<number> {
  let answer: StatusAnswer;
  try {
    answer = await (await daemon(cli)).status();
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'daemon_stopped') throw error;
    if (flags.json) printJson(cli, STOPPED);
    else
      cli.print(
        `daemon     stopped by command: everything is denied (start it: ${commandLine(cli, 'daemon', 'start')})`,
      );
    return 0;
  }
  if (flags.json) {
    printJson(cli, shape(answer));
    return 0;
  }
  const git = (await gitSummary(cli)).map((line) => `git        ${line}`);
  for (const line of [...describe(cli, answer), ...git]) cli.print(line);
  return 0;
}
