import { RuntimeError, type StatusAnswer, workspaceAround, type WorkspaceStatus } from '@airlock/runtime/client';
import { hostLines } from './host.js';
import { nothingElse } from './modes.js';
import { type CommandSession, daemonOf } from './session.js';
import { timeWords, visible } from './words.js';

/** `/airlock:status`: whether it works, what may go on without a question here, and what the host leaves open. */
export async function status(session: CommandSession, argument: string): Promise<readonly string[]> {
  nothingElse(argument, 'status');
  let answer: StatusAnswer;
  try {
    answer = await (await daemonOf(session)).status();
  } catch (thrown) {
    if (!(thrown instanceof RuntimeError) || thrown.code !== 'daemon_stopped') throw thrown;
    return [
      'daemon     stopped by command: everything is denied until airlock daemon start, in a terminal',
      ...hostLines(session),
    ];
  }
  const workspace = workspaceAround(answer, session.folder);
  return [
    `daemon     running, pid ${answer.daemon.pid}, presence ${answer.presence}, ${answer.openRequests} open requests`,
    `gateway    ${gatewayWords(answer)}`,
    `workspace  ${visible(workspace?.path ?? session.folder)}`,
    `approver   ${approverWords(workspace)}`,
    ...(workspace === null ? [] : [`policy     ${policyWords(workspace)}`]),
    ...hostLines(session),
    ...answer.problems.map(({ code, message }) => `PROBLEM    ${visible(code)}: ${visible(message)}`),
  ];
}

function gatewayWords({ signedIn, user, gatewayUrl, auth }: StatusAnswer): string {
  const at = gatewayUrl === null ? '' : ` at ${visible(gatewayUrl)}`;
  if (signedIn) return `signed in${user === null ? '' : ` as ${visible(user)}`}${at}`;
  return `not signed in${at} (${visible(auth)}): everything is denied until /airlock:sign-in`;
}

function approverWords(workspace: WorkspaceStatus | null): string {
  if (workspace?.paired !== true) return 'not paired: everything here is denied until /airlock:pair';
  const weak = workspace.capabilities.filter((each) => each === 'same-host' || each === 'unprotected-key');
  const words = [workspace.assurance ?? '?', ...weak].join(', ');
  return `${visible(workspace.signerKeyId ?? '?')} (${words})`;
}

function policyWords({ auto, autoUntil, failMode, failOpenUntil, patterns, policyVersion }: WorkspaceStatus): string {
  const until = (end: number | null) => (end === null ? '' : ` until ${timeWords(end)}`);
  return [
    auto ? `auto on${until(autoUntil)}` : 'auto off',
    failMode === 'open' ? `fail mode open${until(failOpenUntil)}` : 'fail mode closed',
    `${patterns.length} patterns`,
    policyVersion === 0 ? 'nothing signed' : `version ${policyVersion}`,
  ].join(', ');
}
