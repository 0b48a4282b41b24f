import { chmodSync, chownSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Arrange, Ground } from '../row.js';
import { impatient, repair } from './daemon.js';
import { both, verdict } from './hook.js';

/** `nobody`, who is somebody else. */
const OTHER_USER = 65534;

const runFolder = ({ site }: Ground) => join(site.airlockHome, 'run');
const socketOf = (ground: Ground) => join(runFolder(ground), 'daemon.sock');

async function takeDaemonAway(ground: Ground): Promise<void> {
  await ground.site.stopDaemon('SIGKILL');
  rmSync(socketOf(ground), { force: true });
}

async function listenOn(path: string, speak: (socket: Socket) => void): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
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

/** Ends a server with all its connections, and brings the daemon back. */
function restoring(ground: Ground, server: Server): () => Promise<void> {
  return async () => {
    server.close();
    rmSync(socketOf(ground), { force: true });
    await repair(ground);
  };
}

type Member = readonly [name: string, value: string];

const OK = '200 OK';

const permits = (permission: string, exit = '0'): readonly Member[] => [
  ['Airlock-Permission', permission],
  ['Airlock-Exit', exit],
];

const ALLOW = permits('allow');

/** A whole HTTP answer; `length` where it is not that of the body. */
function answer(status: string, members: readonly Member[], body: string, length = Buffer.byteLength(body)): string {
  const all: readonly Member[] = [...members, ['Content-Length', String(length)], ['Connection', 'close']];
  return `HTTP/1.1 ${status}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** Answers of something in the daemon's place that are no answer. */
const LIES = {
  'allow with exit 2': answer(OK, permits('allow', '2'), verdict('allow')),
  'allow with status 500': answer('500 No', ALLOW, verdict('allow')),
  'half an allow': answer(OK, permits('maybe'), verdict('allow').slice(0, -3)),
  'allow and is cut off': answer(OK, ALLOW, verdict('allow'), 4000),
  'allow without a body': answer(OK, ALLOW, ''),
  'allow with a NUL in it': answer(OK, ALLOW, verdict('allow').replace('"r"', '"r\0"')),
  'allow with another input': answer(OK, ALLOW, verdict('allow', { updatedInput: { command: 'true' } })),
  'allow for another event': answer(OK, ALLOW, verdict('allow').replace('PreToolUse', 'PostToolUse')),
  'allow in two lines': answer(OK, ALLOW, `${verdict('allow')}\n${verdict('allow')}`),
  'allow and deny': answer(OK, [...ALLOW, ...permits('deny', '2')], verdict('allow')),
  'deny with the body of allow': answer(OK, permits('deny'), verdict('allow')),
  'pass with the body of allow': answer(OK, permits('pass'), verdict('allow')),
  'look elsewhere': answer('302 Found', [...ALLOW, ['Location', 'http://localhost/v1/status']], verdict('allow')),
  garbage: 'allow\n',
  nothing: '',
} as const;

export type Lie = keyof typeof LIES;
export const ALL_LIES = Object.keys(LIES) as readonly Lie[];

/** Something of the same user listens in the daemon's place. */
export function daemonSays(lie: Lie): Arrange {
  return inPlaceOfTheDaemon((socket) => socket.end(LIES[lie]));
}

/** It goes on and on: a header without end. */
export const daemonNeverEnds: Arrange = inPlaceOfTheDaemon((socket) => {
  const more = 'x'.repeat(65_536);
  const pour = () => {
    while (socket.writable && socket.write(more));
  };
  socket.on('drain', pour).write(`HTTP/1.1 200 OK\r\nAirlock-Permission: allow\r\nX: `);
  pour();
});

function inPlaceOfTheDaemon(speak: (socket: Socket) => void): Arrange {
  return both(impatient, async (ground) => {
    await takeDaemonAway(ground);
    let wasSpokenTo = false;
    const server = await listenOn(socketOf(ground), (socket) => {
      wasSpokenTo = true;
      speak(socket);
    });
    return { restore: restoring(ground, server), happened: () => wasSpokenTo };
  });
}

const allows = (socket: Socket) => socket.end(answer(OK, ALLOW, verdict('allow')));

/** One that allows listens where the daemon should, and what a hook checks before it connects is not as it should be. */
function squatted(damage: (ground: Ground) => void, undo: (ground: Ground) => void = () => undefined): Arrange {
  return async (ground) => {
    await takeDaemonAway(ground);
    const server = await listenOn(socketOf(ground), allows);
    damage(ground);
    return {
      restore: async () => {
        undo(ground);
        await restoring(ground, server)();
      },
    };
  };
}

export const socketIsOpen = squatted((ground) => chmodSync(socketOf(ground), 0o666));
export const socketIsOfAnother = squatted((ground) => chownSync(socketOf(ground), OTHER_USER, OTHER_USER));
export const folderIsOpen = squatted(
  (ground) => chmodSync(runFolder(ground), 0o777),
  (ground) => chmodSync(runFolder(ground), 0o700),
);
export const folderIsOfAnother = squatted(
  (ground) => chownSync(runFolder(ground), OTHER_USER, OTHER_USER),
  (ground) => chownSync(runFolder(ground), process.getuid?.() ?? 0, process.getgid?.() ?? 0),
);

export const socketIsAFile: Arrange = async (ground) => {
  await takeDaemonAway(ground);
  writeFileSync(socketOf(ground), 'allow');
  return { restore: () => repair(ground) };
};

export const socketIsALink: Arrange = async (ground) => {
  await takeDaemonAway(ground);
  const server = await listenOn(join(ground.aside, 's'), allows);
  symlinkSync(join(ground.aside, 's'), socketOf(ground));
  return { restore: restoring(ground, server) };
};

/** The socket cannot be reached by its owner. Root reaches everything, so the folder is away. */
export const socketIsAway: Arrange = async (ground) => {
  const [run, away] = [runFolder(ground), join(ground.site.airlockHome, 'away')];
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
