import type { ActionFacts, GatePlaces, TargetedAction } from '../../src/index.js';

/** A gate installed for one user, and a repository that somebody works in. */
export const PLACES: GatePlaces = {
  roots: [
    '/home/ada/.config/airlock',
    '/home/ada/.local/state/airlock',
    '/home/ada/.local/share/airlock',
    '/run/user/1000/airlock',
    '/run/user/1000/airlock/daemon.sock',
    '/srv/gate/dist',
  ],
  processIds: [4711],
};
export const CWD = '/home/ada/src/shop';
const SHELL = '/bin/bash';

/** A line that a shell reads. */
export function line(commandText: string): TargetedAction {
  return {
    kind: 'command',
    argv: [SHELL, '-c', commandText],
    commandText,
    shell: SHELL,
    cwd: CWD,
    program: SHELL,
    environment: {},
  };
}

/** A program call without a shell. */
export function call(...argv: string[]): TargetedAction {
  return { kind: 'command', argv, commandText: argv.join(' '), cwd: CWD, program: '/usr/bin/true', environment: {} };
}

/** Facts that say where names lead. */
export function leads(targets: Readonly<Record<string, string>>): ActionFacts {
  return {
    commands: [],
    environmentSha256: '0'.repeat(64) as ActionFacts['environmentSha256'],
    targets: Object.entries(targets).map(([name, path]) => ({ name, paths: [path] })),
    unknownInput: [],
    persistentShell: false,
  };
}
