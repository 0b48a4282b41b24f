import { type GitStatus, gitStatus } from '@airlock/adapter-git';
import { connectDaemon } from '@airlock/runtime/client';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { EXIT, readCoded } from '../../cli/failure.js';
import { asTyped, commandLine } from '../../cli/invocation.js';
import { aligned } from '../../cli/table.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { approverAround } from './approver.js';
import type { JsonFlags } from './flags.js';

/** Looks from the current folder. */
export function lookAtGit(cli: Cli): Promise<GitStatus> {
  return gitStatus({ folder: workspaceFolder(undefined), environment: cli.environment });
}

/** Whether anything of ours is in the repository, whole or not. */
export function isInstalled({ hooks }: GitStatus): boolean {
  return hooks.some(({ state, chained }) => state === 'installed' || state === 'changed' || chained !== null);
}

/** One line about the repository around this folder; none outside of one. */
export async function gitSummary(cli: Cli): Promise<readonly string[]> {
  let found: GitStatus;
  try {
    found = await lookAtGit(cli);
  } catch (error) {
    const { code, message } = readCoded(error);
    return code === 'no_repository' || code === 'git_not_found' ? [] : [`${code} ${message}`];
  }
  const { repository, side, problems } = found;
  if (!isInstalled(found)) {
    return [`nothing asks about commits in ${repository} (try: ${commandLine(cli, 'git', 'install')})`];
  }
  const what =
    side === 'server' ? `pushes to ${repository} are judged` : `commits and pushes in ${repository} are asked about`;
  if (problems.length === 0) return [what];
  return [
    `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${repository} (try: ${commandLine(cli, 'git', 'status')})`,
  ];
}

/** `airlock git status`. */
export async function status(cli: Cli, flags: JsonFlags): Promise<number> {
  const found = await lookAtGit(cli);
  const ok = found.problems.length === 0;
  if (flags.json) printJson(cli, { ok, ...found });
  else for (const line of describe(cli, found, await approverWords(cli, found))) cli.print(line);
  return ok ? EXIT.ok : EXIT.failed;
}

/** Who is asked, as a line of `.airlock/approvers`; a daemon that does not run is not started for it. */
async function approverWords(cli: Cli, { side }: GitStatus): Promise<string | null> {
  if (side === 'server') return null;
  try {
    const status = await (await connectDaemon(pathsOf(cli))).status();
    return approverAround(status, workspaceFolder(undefined)) ?? `none is paired (try: ${commandLine(cli, 'pair')})`;
  } catch (error) {
    const { code } = readCoded(error);
    return `not known, ${code} (try: ${commandLine(cli, 'status')})`;
  }
}

function describe(
  cli: Cli,
  { side, repository, identity, hooks, managers, trailer, problems }: GitStatus,
  approver: string | null,
): readonly string[] {
  const chained = (path: string | null) => (path === null ? '' : `, after ${path}`);
  return [
    ...aligned([
      ['repository', `${repository}${side === 'server' ? ', bare: pushes are judged here' : ''}`],
      ...(side === 'server' ? [] : [['called', identity ?? 'nothing yet']]),
      ...(approver === null ? [] : [['approver', approver]]),
      ...hooks.map((each) => [each.hook, `${each.state}, ${each.path}${chained(each.chained)}`]),
      ...(managers.length === 0 ? [] : [['managers', managers.join(', ')]]),
      ...(side === 'server' ? [] : [['trailer', trailer ? 'on' : 'off']]),
    ]),
    ...problems.map(
      ({ code, message, fix }) => `PROBLEM  ${code} ${message}${fix === null ? '' : ` (try: ${asTyped(cli, fix)})`}`,
    ),
  ];
}
