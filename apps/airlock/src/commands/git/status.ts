import { type GitStatus, gitStatus } from '@airlock/adapter-git';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { asTyped } from '../../cli/invocation.js';
import { aligned } from '../../cli/table.js';
import { workspaceFolder } from '../../cli/workspace.js';
import type { JsonFlags } from './flags.js';

/** Looks from the current folder. */
export function lookAtGit(cli: Cli): Promise<GitStatus> {
  return gitStatus({ folder: workspaceFolder(undefined), environment: cli.environment });
}

/** `airlock git status`. */
export async function status(cli: Cli, flags: JsonFlags): Promise<number> {
  const found = await lookAtGit(cli);
  const ok = found.problems.length === 0;
  if (flags.json) printJson(cli, { ok, ...found });
  else for (const line of describe(cli, found)) cli.print(line);
  return ok ? EXIT.ok : EXIT.failed;
}

function describe(
  cli: Cli,
  { side, repository, identity, hooks, managers, trailer, problems }: GitStatus,
): readonly string[] {
  const chained = (path: string | null) => (path === null ? '' : `, after ${path}`);
  return [
    ...aligned([
      ['repository', `${repository}${side === 'server' ? ', bare: pushes are judged here' : ''}`],
      ...(side === 'server' ? [] : [['called', identity ?? 'nothing yet']]),
      ...hooks.map((each) => [each.hook, `${each.state}, ${each.path}${chained(each.chained)}`]),
      ...(managers.length === 0 ? [] : [['managers', managers.join(', ')]]),
      ...(side === 'server' ? [] : [['trailer', trailer ? 'on' : 'off']]),
    ]),
    ...problems.map(
      ({ code, message, fix }) => `PROBLEM  ${code} ${message}${fix === null ? '' : ` (try: ${asTyped(cli, fix)})`}`,
    ),
  ];
}
