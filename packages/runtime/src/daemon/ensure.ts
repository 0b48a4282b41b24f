import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RuntimeError } from '../errors.js';
import { ensureSecureDirectory } from '../files/secure-directory.js';
import type { RuntimePaths } from '../paths/paths.js';
import { withRestrictions } from '../restrictions/restrictions.js';
import { connectDaemon } from '../socket/connect.js';
import type { DaemonClient } from '../socket/daemon-client.js';
import { checkSocketPath } from '../socket/socket-path.js';

export interface EnsureDaemonOptions {
  readonly paths: RuntimePaths;
  /** Arguments after `process.execPath`, for example `[mainJs, 'daemon', 'run']`. */
  readonly command: readonly string[];
  /** Milliseconds until a started daemon must answer; 15,000 by default. */
  readonly timeoutMs?: number;
  /** True only where the user starts the daemon: this takes back a deliberate stop (LOC-065). */
  readonly resume?: boolean;
  /** Variables the daemon gets besides the cleaned environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const POLL = 25;

/** Another process may have started a daemon a moment before ours found the lock taken. */
const AFTER_EXIT = 2000;

/** Variables that reach the daemon: language, time zone, and the way to the keychain. */
const KEPT = ['LANG', 'LC_ALL', 'TZ', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR'] as const;

/**
 * Connects, starting the daemon when none runs. Rejects with `daemon_stopped` after a deliberate stop and with
 * `daemon_start_failed` when a started daemon does not answer in time.
 */
export async function ensureDaemon(options: EnsureDaemonOptions): Promise<DaemonClient> {
  const { paths } = options;
  checkSocketPath(paths.socket);
  const running = await tryConnect(paths);
  if (running !== null) return running;
  if (options.resume === true) await takeBackStop(paths);
  else await refuseAfterStop(paths);
  ensureSecureDirectory(paths.state);
  ensureSecureDirectory(paths.logDirectory);
  const output = join(paths.logDirectory, 'daemon.start');
  const child = start(options, output);
  try {
    return await waitUntilReady(options, child, output);
  } finally {
    child.unref();
  }
}

async function tryConnect(paths: RuntimePaths): Promise<DaemonClient | null> {
  try {
    return await connectDaemon(paths);
  } catch (cause) {
    if (cause instanceof RuntimeError && cause.code === 'daemon_not_running') return null;
    throw cause;
  }
}

async function refuseAfterStop(paths: RuntimePaths): Promise<void> {
  const stopped = await withRestrictions(paths, (list) => list.stopped);
  if (!stopped) return;
  throw new RuntimeError('daemon_stopped', 'you stopped the daemon; everything is denied until you start it again', {
    fix: 'airlock daemon start',
  });
}

/** A damaged list cannot be added to; the daemon that starts now sees that too and denies everything. */
async function takeBackStop(paths: RuntimePaths): Promise<void> {
  try {
    await withRestrictions(paths, (list) => list.setStopped(false, Date.now()));
  } catch (cause) {
    if (!(cause instanceof RuntimeError) || cause.code !== 'state_corrupt') throw cause;
  }
}

/** The environment of the daemon: nothing of the caller's that could change what it runs or whom it trusts. */
export function daemonEnvironment(
  paths: RuntimePaths,
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = { HOME: userInfo().homedir };
  for (const name of KEPT) {
    const value = given[name];
    if (value !== undefined) environment[name] = value;
  }
  if (paths.home !== null) return { ...environment, AIRLOCK_HOME: paths.home };
  return {
    ...environment,
    XDG_CONFIG_HOME: dirname(paths.config),
    XDG_STATE_HOME: dirname(paths.state),
    XDG_DATA_HOME: dirname(paths.data),
  };
}

function start({ paths, command, environment }: EnsureDaemonOptions, output: string): ChildProcess {
  rmSync(output, { force: true });
  const fd = openSync(output, 'wx', 0o600);
  try {
    const child = spawn(process.execPath, [...command], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', fd, fd],
      env: { ...daemonEnvironment(paths, process.env), ...environment },
    });
    child.on('error', () => undefined);
    return child;
  } finally {
    closeSync(fd);
  }
}

async function waitUntilReady(
  options: EnsureDaemonOptions,
  child: ChildProcess,
  output: string,
): Promise<DaemonClient> {
  const began = performance.now();
  let until = began + (options.timeoutMs ?? 15_000);
  child.once('close', () => {
    until = Math.min(until, performance.now() + AFTER_EXIT);
  });
  while (performance.now() < until) {
    options.signal?.throwIfAborted();
    const client = await tryConnect(options.paths);
    if (client !== null) return client;
    await delay(POLL);
  }
  const said = readFileSync(output, 'utf8').trim().split('\n').slice(-3).join(' ');
  throw new RuntimeError('daemon_start_failed', `the daemon did not start${said === '' ? '' : `: ${said}`}`, {
    file: output,
    fix: 'airlock doctor',
  });
}
