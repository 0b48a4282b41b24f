import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { APPROVERS_FILE, type GitStatus, type HookProgram, installGit } from '@airlock/adapter-git';
import type { StatusAnswer } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { CommandFailure, EXIT, readCoded } from '../../cli/failure.js';
import { asTyped, commandLine } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { approverAround } from './approver.js';
import type { InstallFlags } from './flags.js';

/** What the hooks start: this very program, by absolute paths. */
function hookProgram(cli: Cli): HookProgram {
  const { AIRLOCK_HOME: home = '' } = cli.environment;
  const program = join(dirname(cli.entry), 'git-hook.js');
  if (!existsSync(program)) {
    throw new CommandFailure('program_missing', `${program} is not there: this installation of Airlock is not whole`, {
      fix: 'install Airlock anew',
    });
  }
  return {
    node: realpathSync(process.execPath),
    program,
    command: cli.entry,
    home: home === '' ? null : realpathSync(home),
  };
}

/** `airlock git install`. */
export async function install(cli: Cli, flags: InstallFlags): Promise<number> {
  const { repository, trailer } = flags;
  const done = await installGit({
    folder: workspaceFolder(undefined),
    environment: cli.environment,
    program: hookProgram(cli),
    ...(repository === undefined ? {} : { identity: repository }),
    ...(trailer === undefined ? {} : { trailer }),
  });
  if (flags.json) printJson(cli, { installed: true, ...done });
  else
    for (const line of [...told(done), ...problems(cli, done), ...(await next(cli, done))]) cli.say(`airlock: ${line}`);
  return EXIT.ok;
}

function told({ side, repository, hooks, managers, identity }: GitStatus): readonly string[] {
  const chained = hooks.filter((hook) => hook.chained !== null);
  const names = hooks.map(({ hook }) => hook).join(', ');
  const called = identity === null ? [] : [`approvals call this repository ${identity}`];
  return [
    side === 'server'
      ? `every push to ${repository} is judged now: ${names}`
      : `every commit that a branch of ${repository} gets, and every push, is asked about now: ${names}`,
    ...chained.map(({ hook, chained: path }) => `the ${hook} that was there is kept as ${path ?? ''} and comes first`),
    ...(managers.length === 0
      ? []
      : [`hooks are managed by ${managers.join(', ')} here: look at status after it was run`]),
    ...(side === 'server' ? [] : [...called, NOT_COVERED]),
  ];
}

const NOT_COVERED =
  'not covered: whoever runs as you can go around hooks of a client (git -c core.hooksPath=, files below .git); ' +
  'a server or CI that verifies receipts refuses what came that way';

function problems(cli: Cli, { problems: list }: GitStatus): readonly string[] {
  return list.map(({ message, fix }) => `WARNING: ${message}${fix === null ? '' : ` (try: ${asTyped(cli, fix)})`}`);
}

/** What is missing before anything can be approved. */
async function next(cli: Cli, { side }: GitStatus): Promise<readonly string[]> {
  if (side === 'server') {
    return [
      'next, name the keys that may approve: git config --add airlock.approver KEY, or .airlock/approvers in it; ' +
        'airlock status shows KEY where the approver is paired',
    ];
  }
  let status: StatusAnswer;
  try {
    status = await (await daemon(cli)).status();
  } catch (error) {
    const { code, message, fix } = readCoded(error);
    return [`until then every commit is refused: ${code} ${message} (try: ${asTyped(cli, fix ?? 'airlock doctor')})`];
  }
  const approver = approverAround(status, workspaceFolder(undefined));
  return [
    ...(status.signedIn ? [] : [`next, sign in: ${commandLine(cli, 'sign-in')}`]),
    approver === null
      ? `next, pair your approver in this folder: ${commandLine(cli, 'pair')}`
      : `next, so that others trust what your approver approves, put this line into ${APPROVERS_FILE}: ${approver}`,
    `to see what protects this repository: ${commandLine(cli, 'git', 'status')}`,
  ];
}
