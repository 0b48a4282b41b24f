import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { AIRLOCK } from '../../../../../apps/airlock/test/e2e/harness/command.js';
import type { Arrange, Arranged, Ground } from '../row.js';
import { until } from '../../until.js';
import { both, pluginText, verdict } from './hook.js';

const inRun = ({ site }: Ground, name: string) => join(site.airlockHome, 'run', name);
const inState = ({ site }: Ground, name: string) => join(site.airlockHome, 'state', name);

/** How long the human is waited for, where a row ends with that. */
export const APPROVAL_SECONDS = 12;

/** The daemon as it should be, whatever was there before. */
export async function repair({ site }: Ground): Promise<void> {
  await site.stopDaemon('SIGKILL');
  // A killed daemon leaves its socket behind, which would look like the new one's.
  rmSync(join(site.airlockHome, 'run', 'daemon.sock'), { force: true });
  await site.restartDaemon({ AIRLOCK_APPROVAL_SECONDS: String(APPROVAL_SECONDS) });
  await until(() => site.daemonPid() !== undefined);
}

/** The daemon is gone when the host starts. */
export const daemonKilled: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  return { restore: () => repair(ground) };
};

/** And nothing can start it again. */
export const daemonCannotStart: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  rmSync(join(ground.plugin, 'lib', 'daemon.js'));
  return { restore: () => repair(ground) };
};

export const daemonKilledWhileAsked: Arrange = (ground) => {
  const { site } = ground;
  const shown = site.human.seen.length;
  let isKilled = false;
  return {
    answering: () => (isKilled ? { reject: 'too late' } : 'wait'),
    meanwhile: async () => {
      await until(() => site.human.seen.length > shown);
      await site.stopDaemon('SIGKILL');
      isKilled = true;
    },
    restore: () => repair(ground),
  };
};

/** Deadlines of seconds instead of minutes, for what hangs. */
const impatient = both(
  pluginText('hooks/hook.sh', /315/g, '8'),
  pluginText('hooks/hooks.json', /"timeout": 30,/g, '"timeout": 5,'),
  pluginText('hooks/ask.mjs', '320_000', '-5000'),
);

/** The daemon stops doing anything (SIGSTOP) while the human is asked. */
export const daemonStopped: Arrange = both(impatient, async (ground) => {
  const { site } = ground;
  await repair(ground);
  const [pid, shown] = [site.daemonPid() ?? 0, site.human.seen.length];
  if (pid === 0) throw new Error('no daemon');
  return {
    answering: () => 'wait',
    meanwhile: async () => {
      await until(() => site.human.seen.length > shown);
      process.kill(pid, 'SIGSTOP');
    },
    restore: () => {
      process.kill(pid, 'SIGCONT');
    },
  };
});

/** The human stopped the daemon: nobody starts it but the human. */
export const daemonStoppedOnPurpose: Arrange = async (ground) => {
  await ground.site.airlock('daemon', 'stop');
  return {
    restore: async () => {
      await ground.site.airlock('daemon', 'start');
      await repair(ground);
    },
  };
};

async function listenOn(path: string, speak: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('data', () => speak(socket));
  });
  server.once('close', () => {
    for (const socket of sockets) socket.destroy();
  });
  server.listen(path);
  await once(server, 'listening');
  chmodSync(path, 0o600);
  return server;
}

function restoring(ground: Ground, server: Server): Arranged {
  return {
    restore: async () => {
      server.close();
      await repair(ground);
    },
  };
}

const answer = (status: string, headers: readonly string[], body: string) =>
  `HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;

/** Answers of something in the daemon's place that are no answer. */
const LIES = {
  'allow with exit 2': answer('200 OK', ['Airlock-Permission: allow', 'Airlock-Exit: 2'], verdict('allow')),
  'allow with 500': answer('500 No', ['Airlock-Permission: allow', 'Airlock-Exit: 0'], verdict('allow')),
  'half an allow': answer('200 OK', ['Airlock-Permission: maybe', 'Airlock-Exit: 0'], verdict('allow').slice(0, -3)),
  garbage: 'allow\n',
  nothing: '',
} as const;

/** Something of the same user listens in the daemon's place. */
export function daemonSays(lie: keyof typeof LIES): Arrange {
  return both(impatient, async (ground) => {
    await ground.site.stopDaemon('SIGKILL');
    rmSync(inRun(ground, 'daemon.sock'), { force: true });
    return restoring(ground, await listenOn(inRun(ground, 'daemon.sock'), (socket) => socket.end(LIES[lie])));
  });
}

const allows = (socket: Socket) =>
  socket.end(answer('200 OK', ['Airlock-Permission: allow', 'Airlock-Exit: 0'], verdict('allow')));

export const socketIsAFile: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  rmSync(inRun(ground, 'daemon.sock'), { force: true });
  writeFileSync(inRun(ground, 'daemon.sock'), 'allow');
  return {
    restore: async () => {
      rmSync(inRun(ground, 'daemon.sock'), { force: true });
      await repair(ground);
    },
  };
};

export const socketIsALink: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  rmSync(inRun(ground, 'daemon.sock'), { force: true });
  const server = await listenOn(join(ground.aside, 's'), allows);
  symlinkSync(join(ground.aside, 's'), inRun(ground, 'daemon.sock'));
  return {
    restore: async () => {
      server.close();
      rmSync(inRun(ground, 'daemon.sock'), { force: true });
      await repair(ground);
    },
  };
};

/** A socket that anybody may use says allow. */
export const socketIsOpen: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  rmSync(inRun(ground, 'daemon.sock'), { force: true });
  const server = await listenOn(inRun(ground, 'daemon.sock'), allows);
  chmodSync(inRun(ground, 'daemon.sock'), 0o666);
  return restoring(ground, server);
};

/** The folder of the socket can be written by everybody; what listens there says allow. */
export const folderIsOpen: Arrange = async (ground) => {
  const arranged = (await socketIsOpen(ground)) ?? {};
  chmodSync(inRun(ground, 'daemon.sock'), 0o600);
  chmodSync(join(ground.site.airlockHome, 'run'), 0o777);
  return {
    restore: async () => {
      chmodSync(join(ground.site.airlockHome, 'run'), 0o700);
      await arranged.restore?.();
    },
  };
};

/** The socket cannot be reached by its owner. Root reaches everything, so the folder is away. */
export const socketIsAway: Arrange = async (ground) => {
  const [run, away] = [join(ground.site.airlockHome, 'run'), join(ground.site.airlockHome, 'away')];
  await ground.site.stopDaemon('SIGKILL');
  renameSync(run, away);
  writeFileSync(run, '');
  return {
    restore: async () => {
      rmSync(run);
      renameSync(away, run);
      await repair(ground);
    },
  };
};

/** A file of the state is damaged while no daemon runs; the human would approve everything. */
export function stateDamaged(name: string, damage: (path: string) => void): Arrange {
  return async (ground) => {
    const [state, kept] = [join(ground.site.airlockHome, 'state'), join(ground.aside, 'state')];
    await ground.site.stopDaemon('SIGKILL');
    if (!existsSync(inState(ground, name))) throw new Error(`there is no ${name}`);
    cpSync(state, kept, { recursive: true });
    damage(inState(ground, name));
    return {
      answering: () => 'approve',
      restore: async () => {
        await ground.site.stopDaemon('SIGKILL');
        rmSync(state, { recursive: true });
        cpSync(kept, state, { recursive: true });
        chmodSync(state, 0o700);
        await repair(ground);
      },
    };
  };
}

export const garbage = (path: string) => writeFileSync(path, '\0{"not": what it was');
export const emptied = (path: string) => writeFileSync(path, '');
export const removed = (path: string) => rmSync(path);
export const openToAll = (path: string) => chmodSync(path, 0o666);

/** The disk under the state is full before anything is asked; the human approves. */
export const diskFull: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  const [state, kept] = [join(ground.site.airlockHome, 'state'), join(ground.aside, 'state')];
  const script = [
    'set -e',
    `cp -a '${state}' '${kept}'`,
    `mount -t tmpfs -o size=1m,mode=700 tmpfs '${state}'`,
    `cp -a '${kept}/.' '${state}'`,
    `dd if=/dev/zero of='${state}/fill' bs=1k >/dev/null 2>&1 || true`,
    'exec "$@"',
  ].join('\n');
  const words = [
    '-m',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
    'sh',
    process.execPath,
    AIRLOCK,
    'daemon',
    'run',
  ];
  const env = { PATH: '/usr/bin:/bin', HOME: ground.site.airlockHome, AIRLOCK_HOME: ground.site.airlockHome };
  const daemon = spawn('unshare', words, { cwd: '/', env, stdio: 'ignore' });
  await until(() => daemon.exitCode !== null || ground.site.daemonPid() === daemon.pid);
  return { answering: () => 'approve', restore: () => repair(ground) };
};
