import type { GitStatus } from '@airlock/adapter-git';
import type { Cli } from '../../cli/context.js';
import { readCoded } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { isInstalled, lookAtGit } from '../git/status.js';
import type { Finding, Layer } from './layer.js';

/** Problems of a hook itself; the others are about what is around it. */
const HOOK_PROBLEMS = new Set([
  'not_installed',
  'hook_missing',
  'hook_replaced',
  'hook_changed',
  'hook_outdated',
  'program_missing',
]);

function found(problems: GitStatus['problems'], none: string): Finding {
  const [first, ...rest] = problems;
  if (first === undefined) return { ok: true, detail: none };
  const more = rest.length === 0 ? '' : `, and ${rest.length} more (airlock git status)`;
  return { ok: false, detail: `${first.message}${more}`, fix: first.fix ?? undefined };
}

function hooks(cli: Cli, status: GitStatus): Finding {
  if (!isInstalled(status)) {
    const what =
      status.side === 'server' ? 'nothing judges what is pushed here' : 'nothing asks about commits and pushes';
    return { ok: true, warns: true, detail: `not installed: ${what}`, fix: commandLine(cli, 'git', 'install') };
  }
  const names = status.hooks.map(({ hook }) => hook).join(', ');
  return found(
    status.problems.filter(({ code }) => HOOK_PROBLEMS.has(code)),
    `${names}: every byte as installed`,
  );
}

/** The layers of git for the repository around this folder; none outside of one. */
export async function gitLayers(cli: Cli): Promise<readonly Layer[]> {
  let status: GitStatus;
  try {
    status = await lookAtGit(cli);
  } catch (error) {
    const { code, message, fix } = readCoded(error);
    if (code === 'no_repository' || code === 'git_not_found') return [];
    const look = (): Finding => ({ ok: false, detail: `${code} ${message}`, fix });
    return [{ name: 'git hooks', onFailure: 'unknown: git may run nothing that asks', look }];
  }
  const isServer = status.side === 'server';
  const first: Layer = {
    name: 'git hooks',
    onFailure: isServer
      ? 'a push without the hook is taken unjudged; with the hook, and Airlock broken, every push is refused'
      : 'without a hook git asks nobody; with the hook, and Airlock broken, commits and pushes are refused',
    look: () => hooks(cli, status),
  };
  if (isServer || !isInstalled(status)) return [first];
  return [
    first,
    {
      name: 'git around',
      onFailure: 'commits come onto branches unasked; only a server or CI that verifies receipts refuses them',
      look: () =>
        found(
          status.problems.filter(({ code }) => !HOOK_PROBLEMS.has(code)),
          'nothing is known that goes around the hooks, but whoever runs as you can (git -c core.hooksPath=)',
        ),
    },
  ];
}
